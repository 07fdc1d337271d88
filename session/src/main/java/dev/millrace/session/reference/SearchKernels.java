package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where elements are, and which there are: the shape of the result depends on values. */
final class SearchKernels {
  private SearchKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Where", SearchKernels::where);
    k.add("Unique", c -> uniqueOfVector(c, false));
    k.add("UniqueWithCounts", c -> uniqueOfVector(c, true));
    k.add("UniqueV2", c -> uniqueAlongAxis(c, false));
    k.add("UniqueWithCountsV2", c -> uniqueAlongAxis(c, true));
  }

  /** The coordinates of all elements that are true or not zero, a row each, in order. */
  private static void where(KernelContext c) {
    TensorValue x = c.input(0);
    DataType t = x.dtype();
    Shape s = x.shape();
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      boolean there;
      if (t.isFloating()) {
        there = x.getDouble(i) != 0;
      } else if (t.isInteger() || t == DataType.BOOL) {
        there = x.getLong(i) != 0;
      } else {
        throw Elementwise.unsupported(c, t);
      }
      if (there) {
        found.add(i);
      }
    }
    int rank = s.rank();
    long[] rows = new long[found.size() * rank];
    for (int n = 0; n < found.size(); n++) {
      int i = found.get(n);
      for (int d = rank - 1; d >= 0; d--) {
        rows[n * rank + d] = i % s.dim(d);
        i /= (int) s.dim(d);
      }
    }
    c.output(0, TensorValue.wrap(DataType.INT64, Shape.matrix(found.size(), rank), rows));
  }

  /** The axis is a vector of one number, or empty for a vector. */
  private static void uniqueAlongAxis(KernelContext c, boolean counts) {
    TensorValue axis = Dims.requireRank(c.input(1), 1, "axis");
    if (axis.size() > 1) {
      throw new InvalidArgumentException("axis must be one number or none, not " + axis.size());
    }
    if (axis.size() == 0) {
      uniqueOfVector(c, counts);
    } else {
      unique(c, Dims.axis(axis.getLong(0), c.input(0).shape().rank()), counts);
    }
  }

  private static void uniqueOfVector(KernelContext c, boolean counts) {
    Dims.requireRank(c.input(0), 1, "x");
    unique(c, 0, counts);
  }

  /**
   * The different slices along an axis in the order in which they first appear, which of them each
   * slice is, and how many there are of each.
   */
  private static void unique(KernelContext c, int axis, boolean counts) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    int outer = Dims.count(s.dims(), 0, axis);
    int size = (int) s.dim(axis);
    int inner = Dims.count(s.dims(), axis + 1, s.rank());
    Map<Object, Integer> seen = new HashMap<>();
    int[] firstAt = new int[size];
    long[] which = new long[size];
    long[] count = new long[size];
    int n = 0;
    for (int i = 0; i < size; i++) {
      List<Object> slice = new ArrayList<>();
      for (int o = 0; o < outer; o++) {
        for (int k = 0; k < inner; k++) {
          slice.add(key(c, x, (o * size + i) * inner + k));
        }
      }
      Integer old = seen.putIfAbsent(slice, n);
      if (old == null) {
        firstAt[n] = i;
        which[i] = n++;
      } else {
        which[i] = old;
      }
      count[(int) which[i]]++;
    }
    Result y =
        new Result(
            x.dtype(), s.slice(0, axis).concat(Shape.vector(n)).concat(s.sliceFrom(axis + 1)));
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < n; i++) {
        y.copy((o * n + i) * inner, x, (o * size + firstAt[i]) * inner, inner);
      }
    }
    c.output(0, y.value());
    DataType t = c.attrs().getType("out_idx");
    c.output(1, Dims.vector(t, which));
    if (counts) {
      c.output(2, Dims.vector(t, Arrays.copyOf(count, n)));
    }
  }

  /** What is equal for equal elements. NaN equals nothing; -0.0 equals 0.0. */
  static Object key(KernelContext c, TensorValue x, int i) {
    DataType t = x.dtype();
    if (t.isFloating()) {
      double v = x.getDouble(i);
      return Double.isNaN(v) ? new Object() : (Object) (v == 0 ? 0.0 : v);
    }
    if (t == DataType.STRING) {
      return ByteBuffer.wrap(x.strings()[i]);
    }
    if (t.isInteger() || t == DataType.BOOL) {
      return x.getLong(i);
    }
    throw Elementwise.unsupported(c, t);
  }
}
