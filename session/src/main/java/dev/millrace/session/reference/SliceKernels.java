package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Parts of a tensor. */
final class SliceKernels {
  private SliceKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Slice", SliceKernels::slice);
    k.add("StridedSlice", SliceKernels::stridedSlice);
    k.add("StridedSliceGrad", SliceKernels::stridedSliceGrad);
  }

  /** A size of -1 takes all that is left. */
  private static void slice(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue begin = c.input(1);
    TensorValue size = c.input(2);
    Shape s = x.shape();
    int rank = s.rank();
    if (begin.shape().rank() != 1
        || size.shape().rank() != 1
        || begin.size() != rank
        || size.size() != rank) {
      throw new InvalidArgumentException(
          "begin and size must be vectors with one number for each dimension of shape "
              + s
              + "; their shapes are "
              + begin.shape()
              + " and "
              + size.shape());
    }
    int[] strides = Dims.strides(s);
    int[][] tables = new int[rank][];
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      long from = begin.getLong(i);
      long n = size.getLong(i) == -1 ? s.dim(i) - from : size.getLong(i);
      if (from < 0 || n < 0 || from > s.dim(i) || n > s.dim(i) - from) {
        throw new InvalidArgumentException(
            "begin["
                + i
                + "] = "
                + from
                + " and size["
                + i
                + "] = "
                + size.getLong(i)
                + " are outside dimension "
                + i
                + " of shape "
                + s);
      }
      dims[i] = n;
      tables[i] = Positions.table(n, strides[i], (int) from * strides[i]);
    }
    c.output(0, Elements.pick(x, Shape.of(dims), Positions.sums(tables)));
  }

  private static void stridedSlice(KernelContext c) {
    TensorValue x = c.input(0);
    StridedSpec spec = new StridedSpec(x.shape(), c.input(1), c.input(2), c.input(3), c.attrs());
    c.output(0, Elements.pick(x, spec.shape, spec.at));
  }

  /** Zeros of the sliced shape, with {@code dy} where the slice was. */
  private static void stridedSliceGrad(KernelContext c) {
    Shape of = Dims.shape(Dims.requireRank(c.input(0), 1, "shape"), "shape");
    StridedSpec spec = new StridedSpec(of, c.input(1), c.input(2), c.input(3), c.attrs());
    TensorValue dy = c.input(4);
    if (!dy.shape().equals(spec.shape)) {
      throw new InvalidArgumentException(
          "dy is of shape " + dy.shape() + "; the slice is of shape " + spec.shape);
    }
    Object data = TensorValue.newStorage(dy.dtype(), Dims.count(of));
    Elements.place(dy, data, spec.at);
    c.output(0, TensorValue.wrap(dy.dtype(), of, data));
  }
}
