package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Shapes as values, and the same elements in another shape. */
final class ShapeKernels {
  private ShapeKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Shape", ShapeKernels::shapes);
    k.add("ShapeN", ShapeKernels::shapes);
    k.add("Rank", c -> c.output(0, TensorValue.of(c.input(0).shape().rank())));
    k.add("Size", ShapeKernels::size);
    k.add("Reshape", ShapeKernels::reshape);
    k.add("ExpandDims", ShapeKernels::expandDims);
    k.add("Squeeze", ShapeKernels::squeeze);
    k.add("BroadcastArgs", ShapeKernels::broadcastArgs);
    k.add("BroadcastGradientArgs", ShapeKernels::broadcastGradientArgs);
  }

  private static void shapes(KernelContext c) {
    DataType t = c.attrs().getType("out_type");
    for (int i = 0; i < c.inputCount(); i++) {
      long[] dims = c.input(i).shape().dims();
      for (long d : dims) {
        requireFits(d, t);
      }
      c.output(i, Dims.vector(t, dims));
    }
  }

  private static void size(KernelContext c) {
    DataType t = c.attrs().getType("out_type");
    c.output(0, Dims.numbers(t, Shape.scalar(), c.input(0).size()));
  }

  private static void requireFits(long d, DataType t) {
    if (t == DataType.INT32 && d > Integer.MAX_VALUE) {
      throw new InvalidArgumentException(
          "the dimension " + d + " does not fit int32; ask for out_type int64");
    }
  }

  /**
   * One dimension may be -1: it takes what the others leave. Beside a 0 that is what the others
   * would leave of the value's dimensions above 0: [0,3] becomes [0,3] by [0,-1].
   */
  private static void reshape(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue to = Dims.requireRank(c.input(1), 1, "shape");
    long[] dims = to.toLongs();
    int open = -1;
    boolean hasZero = false;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == -1) {
        if (open >= 0) {
          throw new InvalidArgumentException(
              "only one dimension may be -1; both " + open + " and " + i + " are");
        }
        open = i;
      } else if (dims[i] < 0) {
        throw new InvalidArgumentException("dimension " + i + " is negative: " + dims[i]);
      } else if (dims[i] == 0) {
        hasZero = true;
      } else {
        known = Math.multiplyExact(known, dims[i]);
      }
    }
    if (open >= 0) {
      dims[open] = hasZero ? nonZeroCount(x.shape()) / known : x.size() / known;
    }
    Shape s = Shape.of(dims);
    if (s.numElements() != x.size()) {
      throw new InvalidArgumentException(
          "a value of shape "
              + x.shape()
              + " has "
              + x.size()
              + " elements and cannot be reshaped to "
              + to);
    }
    c.output(0, x.reshape(s));
  }

  /** The product of the dimensions that are not 0. */
  private static long nonZeroCount(Shape s) {
    long n = 1;
    for (long d : s.dims()) {
      n = d == 0 ? n : Math.multiplyExact(n, d);
    }
    return n;
  }

  private static void expandDims(KernelContext c) {
    TensorValue x = c.input(0);
    if (c.input(1).size() != 1) {
      throw new InvalidArgumentException(
          "dim must be one number, not of shape " + c.input(1).shape());
    }
    int rank = x.shape().rank();
    int axis = Dims.axis(c.input(1).getLong(0), rank + 1);
    Shape s = x.shape().slice(0, axis).concat(Shape.vector(1)).concat(x.shape().sliceFrom(axis));
    c.output(0, x.reshape(s));
  }

  /** Removes the dimensions named, which must be 1, or all that are 1 where none is named. */
  private static void squeeze(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    long[] named = c.attrs().getInts("squeeze_dims");
    boolean[] gone = new boolean[s.rank()];
    for (long d : named) {
      int axis = Dims.axis(d, s.rank());
      if (s.dim(axis) != 1) {
        throw new InvalidArgumentException(
            "dimension "
                + axis
                + " of "
                + s
                + " cannot be squeezed: it is "
                + s.dim(axis)
                + ", not 1");
      }
      gone[axis] = true;
    }
    List<Long> kept = new ArrayList<>();
    for (int i = 0; i < s.rank(); i++) {
      if (named.length == 0 ? s.dim(i) != 1 : !gone[i]) {
        kept.add(s.dim(i));
      }
    }
    c.output(0, x.reshape(Shape.of(kept.stream().mapToLong(d -> d).toArray())));
  }

  private static void broadcastArgs(KernelContext c) {
    Shape x = Dims.shape(Dims.requireRank(c.input(0), 1, "s0"), "s0");
    Shape y = Dims.shape(Dims.requireRank(c.input(1), 1, "s1"), "s1");
    c.output(0, Dims.vector(c.input(0).dtype(), x.broadcast(y).dims()));
  }

  /**
   * The axes along which the gradient of either operand of a broadcasting op is to be summed: those
   * where the operand has size 1 or no axis at all, even if the other one has size 1 as well. None
   * for equal shapes.
   */
  private static void broadcastGradientArgs(KernelContext c) {
    Shape x = Dims.shape(Dims.requireRank(c.input(0), 1, "s0"), "s0");
    Shape y = Dims.shape(Dims.requireRank(c.input(1), 1, "s1"), "s1");
    DataType t = c.input(0).dtype();
    if (x.equals(y)) {
      c.output(0, Dims.vector(t));
      c.output(1, Dims.vector(t));
      return;
    }
    int rank = x.broadcast(y).rank();
    c.output(0, Dims.vector(t, axesOfOne(x, rank)));
    c.output(1, Dims.vector(t, axesOfOne(y, rank)));
  }

  private static long[] axesOfOne(Shape of, int rank) {
    int missing = rank - of.rank();
    return IntStream.range(0, rank)
        .filter(i -> i < missing || of.dim(i - missing) == 1)
        .asLongStream()
        .toArray();
  }
}
