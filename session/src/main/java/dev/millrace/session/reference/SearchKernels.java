package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where elements are, and which there are: the shape of the result depends on values. */
final class SearchKernels {
  private SearchKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Where", SearchKernels::where);
    k.add("Unique", SearchKernels::unique);
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

  /** The different values of a vector in the order in which they first appear. */
  private static void unique(KernelContext c) {
    TensorValue x = Dims.requireRank(c.input(0), 1, "x");
    Map<Object, Integer> seen = new HashMap<>();
    int[] firstAt = new int[x.size()];
    long[] which = new long[x.size()];
    int n = 0;
    for (int i = 0; i < x.size(); i++) {
      Integer old = seen.putIfAbsent(key(c, x, i), n);
      if (old == null) {
        firstAt[n] = i;
        which[i] = n++;
      } else {
        which[i] = old;
      }
    }
    Result y = new Result(x.dtype(), Shape.vector(n));
    for (int i = 0; i < n; i++) {
      y.copy(i, x, firstAt[i]);
    }
    c.output(0, y.value());
    c.output(1, Dims.vector(c.attrs().getType("out_idx"), which));
  }

  /** What is equal for equal elements. NaN equals nothing; -0.0 equals 0.0. */
  private static Object key(KernelContext c, TensorValue x, int i) {
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
