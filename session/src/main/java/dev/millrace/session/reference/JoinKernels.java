package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** Several tensors made one along an axis, and one made several. */
final class JoinKernels {
  private JoinKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Concat", c -> concat(c, c.input(0), 1));
    k.add("ConcatV2", c -> concat(c, c.input(c.inputCount() - 1), 0));
    k.add("ConcatOffset", JoinKernels::concatOffset);
    k.add("Pack", JoinKernels::pack);
    k.add("Unpack", JoinKernels::unpack);
    k.add("Split", JoinKernels::split);
    k.add("SplitV", JoinKernels::splitV);
  }

  private static void concat(KernelContext c, TensorValue axisInput, int first) {
    List<TensorValue> values = new ArrayList<>();
    for (int i = 0; i < c.inputCount() - 1; i++) {
      values.add(c.input(first + i));
    }
    TensorValue axis = Dims.requireScalar(axisInput, "the axis");
    Shape s = values.get(0).shape();
    int a = Dims.axis(axis.getLong(0), s.rank());
    long total = 0;
    for (int i = 0; i < values.size(); i++) {
      Shape other = values.get(i).shape();
      if (other.rank() != s.rank() || !other.withDim(a, 0).equals(s.withDim(a, 0))) {
        throw new InvalidArgumentException(
            "all dimensions but "
                + a
                + " must be equal: input 0 is of shape "
                + s
                + ", input "
                + i
                + " of shape "
                + other);
      }
      total += other.dim(a);
    }
    c.output(0, join(values, s.withDim(a, total), a));
  }

  /** Lays the values one after the other along {@code axis} of {@code shape}. */
  private static TensorValue join(List<TensorValue> values, Shape shape, int axis) {
    DataType t = values.get(0).dtype();
    Result r = new Result(t, shape);
    int outer = Dims.count(shape.dims(), 0, axis);
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (TensorValue v : values) {
        int n = v.size() / outer;
        r.copy(at, v, o * n, n);
        at += n;
      }
    }
    return r.value();
  }

  /** For each of several shapes, where that part begins in their concatenation. */
  private static void concatOffset(KernelContext c) {
    TensorValue first = Dims.requireRank(c.input(1), 1, "shape 0");
    int rank = first.size();
    int axis = Dims.axis(Dims.requireScalar(c.input(0), "concat_dim").getLong(0), rank);
    long offset = 0;
    for (int i = 0; i < c.inputCount() - 1; i++) {
      TensorValue s = Dims.requireRank(c.input(i + 1), 1, "shape " + i);
      if (s.size() != rank) {
        throw new InvalidArgumentException(
            "shape " + i + " is " + s + ", which has not the rank of shape 0, " + first);
      }
      for (int d = 0; d < rank; d++) {
        if (d != axis && s.getLong(d) != first.getLong(d)) {
          throw new InvalidArgumentException(
              "all dimensions but "
                  + axis
                  + " must be equal: shape 0 is "
                  + first
                  + ", shape "
                  + i
                  + " is "
                  + s);
        }
      }
      long[] begin = new long[rank];
      begin[axis] = offset;
      c.output(i, Dims.vector(first.dtype(), begin));
      offset += s.getLong(axis);
    }
  }

  private static void pack(KernelContext c) {
    Shape s = c.input(0).shape();
    int axis = Dims.axis(c.attrs().getInt("axis"), s.rank() + 1);
    List<TensorValue> values = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      if (!c.input(i).shape().equals(s)) {
        throw new InvalidArgumentException(
            "all shapes must be equal: input 0 is of shape "
                + s
                + ", input "
                + i
                + " of shape "
                + c.input(i).shape());
      }
      values.add(c.input(i));
    }
    Shape to = s.slice(0, axis).concat(Shape.vector(values.size())).concat(s.sliceFrom(axis));
    c.output(0, join(values, to, axis));
  }

  private static void unpack(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    int axis = Dims.axis(c.attrs().getInt("axis"), s.rank());
    long num = c.attrs().getInt("num");
    if (s.dim(axis) != num) {
      throw new InvalidArgumentException(
          "dimension " + axis + " of shape " + s + " does not give " + num + " parts");
    }
    Shape part = s.slice(0, axis).concat(s.sliceFrom(axis + 1));
    for (int i = 0; i < num; i++) {
      c.output(i, part(x, axis, i, 1).reshape(part));
    }
  }

  private static void split(KernelContext c) {
    TensorValue x = c.input(1);
    Shape s = x.shape();
    if (s.rank() == 0) {
      throw new InvalidArgumentException("a scalar cannot be split");
    }
    int axis = Dims.axis(Dims.requireScalar(c.input(0), "split_dim").getLong(0), s.rank());
    long n = c.attrs().getInt("num_split");
    if (n <= 0 || s.dim(axis) % n != 0) {
      throw new InvalidArgumentException(
          "dimension " + axis + " of shape " + s + " cannot be split into " + n + " equal parts");
    }
    long size = s.dim(axis) / n;
    for (int i = 0; i < n; i++) {
      c.output(i, part(x, axis, i * size, size));
    }
  }

  /** One size may be -1: it takes what the others leave. */
  private static void splitV(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    if (s.rank() == 0) {
      throw new InvalidArgumentException("a scalar cannot be split");
    }
    int axis = Dims.axis(Dims.scalar(c.input(2), "split_dim"), s.rank());
    long[] sizes = Dims.requireRank(c.input(1), 1, "size_splits").toLongs();
    if (sizes.length != c.attrs().getInt("num_split")) {
      throw new InvalidArgumentException(
          "size_splits " + c.input(1) + " must have " + c.attrs().getInt("num_split") + " values");
    }
    long known = 0;
    int open = -1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1 && open < 0) {
        open = i;
      } else if (sizes[i] < 0) {
        throw new InvalidArgumentException(
            "size_splits " + c.input(1) + " must not be negative, but for one -1");
      } else {
        known += sizes[i];
      }
    }
    if (open >= 0 ? known > s.dim(axis) : known != s.dim(axis)) {
      throw new InvalidArgumentException(
          "the sizes " + c.input(1) + " do not add up to dimension " + axis + " of shape " + s);
    }
    if (open >= 0) {
      sizes[open] = s.dim(axis) - known;
    }
    long from = 0;
    for (int i = 0; i < sizes.length; i++) {
      c.output(i, part(x, axis, from, sizes[i]));
      from += sizes[i];
    }
  }

  /** {@code size} slices along {@code axis} beginning at {@code from}. */
  private static TensorValue part(TensorValue x, int axis, long from, long size) {
    Shape s = x.shape();
    int outer = Dims.count(s.dims(), 0, axis);
    int inner = Dims.count(s.dims(), axis + 1, s.rank());
    int n = (int) size * inner;
    Result r = new Result(x.dtype(), s.withDim(axis, size));
    for (int o = 0; o < outer && n > 0; o++) {
      r.copy(o * n, x, (int) ((o * s.dim(axis) + from) * inner), n);
    }
    return r.value();
  }
}
