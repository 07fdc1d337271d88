package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Reductions over rows that belong to numbered segments. */
final class SegmentKernels {
  private SegmentKernels() {}

  static void register(ReferenceKernels k) {
    k.add("SegmentSum", c -> sorted(c, Merge.ADD, false));
    k.add("SegmentMean", c -> sorted(c, Merge.ADD, true));
    k.add("SegmentProd", c -> sorted(c, Merge.MUL, false));
    k.add("SegmentMin", c -> sorted(c, Merge.MIN, false));
    k.add("SegmentMax", c -> sorted(c, Merge.MAX, false));
    PickedSegments.register(k);
    k.add("UnsortedSegmentSum", c -> unsorted(c, Merge.ADD));
    k.add("UnsortedSegmentProd", c -> unsorted(c, Merge.MUL));
    k.add("UnsortedSegmentMin", c -> unsorted(c, Merge.MIN));
    k.add("UnsortedSegmentMax", c -> unsorted(c, Merge.MAX));
  }

  /**
   * Ids that do not fall, and as many segments as the last one says. A segment without rows is 1
   * for a product, else 0.
   */
  private static void sorted(KernelContext c, Merge how, boolean mean) {
    TensorValue data = c.input(0);
    TensorValue ids = Dims.requireRank(c.input(1), 1, "segment_ids");
    DataType t = data.dtype();
    requireKind(c, how, t);
    Shape s = data.shape();
    if (s.rank() == 0 || s.dim(0) != ids.size()) {
      throw new InvalidArgumentException(
          "there must be one segment id for each row of the data " + s + ", not " + ids.size());
    }
    int size = Dims.count(s.dims(), 1, s.rank());
    long segments = checkSorted(ids);
    Shape to = Shape.vector(segments).concat(s.sliceFrom(1));
    Accumulator rows = filled(t, to, how == Merge.MUL ? 1 : 0);
    int begin = 0;
    for (int i = 0; i < ids.size(); i++) {
      int at = (int) ids.getLong(i) * size;
      boolean first = i == 0 || ids.getLong(i) != ids.getLong(i - 1);
      begin = first ? i : begin;
      for (int k = 0; k < size; k++) {
        rows.merge(first ? Merge.UPDATE : how, at + k, data, i * size + k);
      }
      boolean last = i + 1 == ids.size() || ids.getLong(i) != ids.getLong(i + 1);
      if (mean && last) {
        rows.divide(at, size, i + 1 - begin);
      }
    }
    c.output(0, rows.value());
  }

  /** The number of segments. */
  static long checkSorted(TensorValue ids) {
    for (int i = 0; i < ids.size(); i++) {
      long id = ids.getLong(i);
      if (id < 0) {
        throw new InvalidArgumentException(
            "segment_ids[" + i + "] = " + id + ": segments are counted from 0");
      }
      if (i > 0 && id < ids.getLong(i - 1)) {
        throw new InvalidArgumentException(
            "segment ids must not fall, but segment_ids["
                + i
                + "] = "
                + id
                + " comes after "
                + ids.getLong(i - 1)
                + "; UnsortedSegment ops take them in any order");
      }
    }
    return ids.size() == 0 ? 0 : ids.getLong(ids.size() - 1) + 1;
  }

  /**
   * Ids in any order, and as many segments as are asked for. Rows with a negative id are left out;
   * a segment without rows has the value that changes nothing, for an extreme the most distant
   * number there is.
   */
  private static void unsorted(KernelContext c, Merge how) {
    TensorValue data = c.input(0);
    TensorValue ids = c.input(1);
    DataType t = data.dtype();
    requireKind(c, how, t);
    Shape s = data.shape();
    int rank = ids.shape().rank();
    if (rank > s.rank() || !s.slice(0, rank).equals(ids.shape())) {
      throw new InvalidArgumentException(
          "data of shape " + s + " must begin with the shape of its segment ids, " + ids.shape());
    }
    long segments = Dims.requireScalar(c.input(2), "num_segments").getLong(0);
    if (segments < 0) {
      throw new InvalidArgumentException("num_segments must not be negative, but is " + segments);
    }
    int size = Dims.count(s.dims(), rank, s.rank());
    Accumulator rows = begin(t, Shape.vector(segments).concat(s.sliceFrom(rank)), how);
    for (int i = 0; i < ids.size(); i++) {
      long id = ids.getLong(i);
      if (id >= segments) {
        throw new InvalidArgumentException(
            "segment_ids"
                + Rows.place(ids.shape(), i)
                + " = "
                + id
                + " is not below the number of segments, "
                + segments);
      }
      for (int k = 0; id >= 0 && k < size; k++) {
        rows.merge(how, (int) id * size + k, data, i * size + k);
      }
    }
    c.output(0, rows.value());
  }

  private static void requireKind(KernelContext c, Merge how, DataType t) {
    if (!how.takes(t)) {
      throw Elementwise.unsupported(c, t);
    }
  }

  private static Accumulator filled(DataType t, Shape shape, int x) {
    if (t.isComplex()) {
      return Accumulator.filled(t, shape, new Complex(x, 0));
    }
    return t.isFloating()
        ? Accumulator.filled(t, shape, (double) x)
        : Accumulator.filled(t, shape, (long) x);
  }

  private static Accumulator begin(DataType t, Shape shape, Merge how) {
    if (how != Merge.MIN && how != Merge.MAX) {
      return filled(t, shape, how == Merge.MUL ? 1 : 0);
    }
    boolean least = how == Merge.MAX;
    return t.isFloating()
        ? Accumulator.filled(t, shape, least ? -largest(t) : largest(t))
        : Accumulator.filled(
            t, shape, least ? IntegerArithmetic.lowest(t) : IntegerArithmetic.highest(t));
  }

  /** The largest finite number of a floating-point type. */
  private static double largest(DataType t) {
    return switch (t) {
      case FLOAT16 -> 65504;
      case BFLOAT16 -> 0x1.FEp127;
      case FLOAT32 -> Float.MAX_VALUE;
      case FLOAT64 -> Double.MAX_VALUE;
      default -> throw new InternalException(t + " is no floating-point type");
    };
  }
}
