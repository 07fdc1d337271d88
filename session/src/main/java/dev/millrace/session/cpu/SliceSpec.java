package dev.millrace.session.cpu;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.FusedRole;
import dev.millrace.session.kernel.NodeSpec;
import java.util.Arrays;
import java.util.List;

/** What a Slice or StridedSlice with constant limits takes: where it begins, and its steps. */
final class SliceSpec {
  private final long[] dims;
  private final long[] steps;
  private final long base;

  private SliceSpec(long[] dims, long[] steps, long base) {
    this.dims = dims;
    this.steps = steps;
    this.base = base;
  }

  /** The elements that are taken, into a dense result. */
  StridedCopy copy(int elementSize) {
    return StridedCopy.of(dims, steps, StridedCopy.dense(dims), base, 0, elementSize);
  }

  /**
   * The same as a range of one dimension of the whole; null if other dimensions are cut, or none,
   * or elements left out in between.
   *
   * @param to the shape of the result
   */
  FusedRole part(Shape from, Shape to) {
    if (to.rank() != from.rank() || !Arrays.equals(dims, to.dims())) {
      return null;
    }
    long[] own = StridedCopy.dense(from.dims());
    int axis = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != from.dim(i)) {
        if (axis >= 0) {
          return null;
        }
        axis = i;
      }
      if (dims[i] > 1 && steps[i] != own[i]) {
        return null;
      }
    }
    return axis < 0 ? null : FusedRole.part(axis, 0, List.of(base / own[axis]));
  }

  /** Of a Slice; null where the limits are not constant or do not fit, for the reference kernel. */
  static SliceSpec ofSlice(NodeSpec node) {
    Shape s = node.inputShape(0);
    TensorValue begin = node.constant(1);
    int rank = s.rank();
    if (begin == null || begin.size() != rank || node.outputShape(0).rank() != rank) {
      return null;
    }
    long[] dims = node.outputShape(0).dims();
    long[] strides = StridedCopy.dense(s.dims());
    long base = 0;
    for (int i = 0; i < rank; i++) {
      long from = begin.getLong(i);
      if (from < 0 || from + dims[i] > s.dim(i)) {
        return null;
      }
      base += from * strides[i];
    }
    return new SliceSpec(dims, strides, base);
  }

  /** Of a StridedSlice; null likewise. The masks are explained at TensorFlow's op. */
  static SliceSpec ofStrided(NodeSpec node) {
    TensorValue begin = node.constant(1);
    TensorValue end = node.constant(2);
    TensorValue stride = node.constant(3);
    if (begin == null || end == null || stride == null) {
      return null;
    }
    Walk w = new Walk(node.inputShape(0), begin, end, stride, node.attrs());
    SliceSpec spec = w.walk() ? w.spec() : null;
    // Nothing is risked: what does not come to the inferred shape is left to the reference kernel.
    return spec != null && Shape.of(w.kept()).equals(node.outputShape(0)) ? spec : null;
  }

  /** Goes through the entries of a strided slice and the dimensions that they stand for. */
  private static final class Walk {
    private final Shape of;
    private final long[] strides;
    private final TensorValue begin;
    private final TensorValue end;
    private final TensorValue stride;
    private final Attrs attrs;
    private final long[] dims;
    private final long[] steps;
    private final long[] kept;
    private int d;
    private int results;
    private long base;

    Walk(Shape of, TensorValue begin, TensorValue end, TensorValue stride, Attrs attrs) {
      this.of = of;
      this.strides = StridedCopy.dense(of.dims());
      this.begin = begin;
      this.end = end;
      this.stride = stride;
      this.attrs = attrs;
      this.dims = new long[of.rank()];
      this.steps = new long[of.rank()];
      this.kept = new long[of.rank() + stride.size()];
    }

    private boolean bit(String mask, int i) {
      return (attrs.getInt(mask) >> i & 1) != 0;
    }

    /** False if the entries do not fit the shape. */
    boolean walk() {
      int entries = stride.size();
      if (begin.size() != entries || end.size() != entries || entries >= Integer.SIZE) {
        return false;
      }
      for (int i = 0; i < entries; i++) {
        if (bit("ellipsis_mask", i)) {
          int later = 0; // dimensions that the entries behind need
          for (int k = i + 1; k < entries; k++) {
            later += bit("new_axis_mask", k) ? 0 : 1;
          }
          while (d < of.rank() - later) {
            take(0, of.dim(d), 1, true);
          }
        } else if (bit("new_axis_mask", i)) {
          kept[results++] = 1;
        } else if (d >= of.rank() || stride.getLong(i) == 0 || !entry(i)) {
          return false;
        }
      }
      while (d < of.rank()) {
        take(0, of.dim(d), 1, true);
      }
      return true;
    }

    private boolean entry(int i) {
      long size = of.dim(d);
      long step = stride.getLong(i);
      long from = begin.getLong(i);
      if (bit("shrink_axis_mask", i)) {
        long index = from < 0 ? from + size : from;
        if (index < 0 || index >= size || step < 0) {
          return false;
        }
        take(index, 1, 1, false);
        return true;
      }
      boolean forward = step > 0;
      long first = bit("begin_mask", i) ? (forward ? 0 : size - 1) : clamp(from, size, forward);
      long last = bit("end_mask", i) ? (forward ? size : -1) : clamp(end.getLong(i), size, forward);
      long distance = forward ? last - first : first - last;
      long n = distance <= 0 ? 0 : (distance - 1) / Math.abs(step) + 1;
      take(first, n, n > 1 ? step : 1, true);
      return true;
    }

    private static long clamp(long limit, long size, boolean forward) {
      long x = limit < 0 ? limit + size : limit;
      return forward ? Math.max(0, Math.min(size, x)) : Math.max(-1, Math.min(size - 1, x));
    }

    private void take(long from, long n, long step, boolean keep) {
      base += n == 0 ? 0 : from * strides[d];
      dims[d] = n;
      steps[d] = step * strides[d];
      if (keep) {
        kept[results++] = n;
      }
      d++;
    }

    SliceSpec spec() {
      return new SliceSpec(dims, steps, base);
    }

    /** The shape of the result. */
    long[] kept() {
      return Arrays.copyOf(kept, results);
    }
  }
}
