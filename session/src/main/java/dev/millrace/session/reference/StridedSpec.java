package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code x[begin:end:stride, ...]} takes from a value of a certain shape: the masks of
 * StridedSlice resolved.
 *
 * <p>Bit {@code i} of a mask is about entry {@code i} of begin, end and strides. An entry that the
 * ellipsis mask names stands for as many whole dimensions as are left; a new-axis entry adds a
 * dimension of 1; a shrink-axis entry takes one index and drops the dimension. The begin and end
 * masks leave out a limit. Limits count from the end when negative and are clamped; an index is
 * not.
 */
final class StridedSpec {
  /** The shape of the slice. */
  final Shape shape;

  /** The position in the sliced value of each element of the slice. */
  final int[] at;

  private final Shape of;
  private final List<int[]> tables = new ArrayList<>();
  private final List<Long> dims = new ArrayList<>();
  private final int[] strides;
  private int axesAdded; // tables that stand for no dimension of the sliced value

  /**
   * @param of the shape of the value that is sliced
   * @throws InvalidArgumentException if the entries do not fit the shape, a stride is 0, or an
   *     index is out of range
   */
  StridedSpec(Shape of, TensorValue begin, TensorValue end, TensorValue stride, Attrs attrs) {
    this.of = of;
    strides = Dims.strides(of);
    int entries = stride.size();
    if (begin.shape().rank() != 1
        || end.shape().rank() != 1
        || stride.shape().rank() != 1
        || begin.size() != entries
        || end.size() != entries
        || entries >= Integer.SIZE) {
      throw new InvalidArgumentException(
          "begin, end and strides must be vectors of one length below 32; their shapes are "
              + begin.shape()
              + ", "
              + end.shape()
              + " and "
              + stride.shape());
    }
    long beginMask = attrs.getInt("begin_mask");
    long endMask = attrs.getInt("end_mask");
    long ellipsisMask = attrs.getInt("ellipsis_mask");
    long newAxisMask = attrs.getInt("new_axis_mask");
    long shrinkMask = attrs.getInt("shrink_axis_mask");
    if (Long.bitCount(ellipsisMask) > 1) {
      throw new InvalidArgumentException(
          "only one ellipsis is possible; the mask " + ellipsisMask + " names several");
    }
    for (int i = 0; i < entries; i++) {
      if (bit(ellipsisMask, i)) {
        // New axes after the ellipsis take up entries, but no dimensions.
        int laterAxes = Long.bitCount(newAxisMask & (-1L << (i + 1)) & ((1L << entries) - 1));
        int until = Math.min(of.rank(), of.rank() - (entries - i) + 1 + laterAxes);
        while (tables.size() - axesAdded < until) {
          takeWhole();
        }
      } else if (bit(newAxisMask, i)) {
        tables.add(new int[] {0});
        dims.add(1L);
        axesAdded++;
      } else {
        int d = tables.size() - axesAdded;
        if (d >= of.rank()) {
          throw new InvalidArgumentException(
              "entry " + i + " has no dimension left to slice: the shape is " + of);
        }
        if (stride.getLong(i) == 0) {
          throw new InvalidArgumentException("strides[" + i + "] must not be 0");
        }
        if (bit(shrinkMask, i)) {
          takeIndex(d, begin.getLong(i), stride.getLong(i));
        } else {
          Long from = bit(beginMask, i) ? null : begin.getLong(i);
          Long to = bit(endMask, i) ? null : end.getLong(i);
          takeRange(d, from, to, stride.getLong(i));
        }
      }
    }
    while (tables.size() - axesAdded < of.rank()) {
      takeWhole();
    }
    shape = Shape.of(dims.stream().mapToLong(d -> d).toArray());
    at = Positions.sums(tables.toArray(int[][]::new));
  }

  private static boolean bit(long mask, int i) {
    return (mask >> i & 1) != 0;
  }

  private void takeWhole() {
    int d = tables.size() - axesAdded;
    tables.add(Positions.table(of.dim(d), strides[d]));
    dims.add(of.dim(d));
  }

  private void takeIndex(int d, long index, long stride) {
    if (stride < 0) {
      throw new InvalidArgumentException(
          "the stride of an index must be positive; for dimension " + d + " it is " + stride);
    }
    long size = of.dim(d);
    long i = index < 0 ? index + size : index;
    if (i < 0 || i >= size) {
      throw new InvalidArgumentException(
          "index " + index + " is out of bounds of dimension " + d + " of shape " + of);
    }
    tables.add(new int[] {(int) i * strides[d]});
  }

  private void takeRange(int d, Long begin, Long end, long stride) {
    long size = of.dim(d);
    boolean forward = stride > 0;
    long from = begin == null ? (forward ? 0 : size - 1) : clamp(begin, size, forward);
    long to = end == null ? (forward ? size : -1) : clamp(end, size, forward);
    long distance = forward ? to - from : from - to;
    long n = distance <= 0 ? 0 : (distance - 1) / Math.abs(stride) + 1;
    // With n of at most 1 the stride is not used, and may be any number.
    tables.add(Positions.table(n, n > 1 ? (int) stride * strides[d] : 0, (int) from * strides[d]));
    dims.add(n);
  }

  private static long clamp(long limit, long size, boolean forward) {
    long x = limit < 0 ? limit + size : limit;
    return forward ? Math.max(0, Math.min(size, x)) : Math.max(-1, Math.min(size - 1, x));
  }
}
