package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Reductions over rows that belong to numbered segments. */
final class SegmentOps {
  private SegmentOps() {}

  static void register(OpRegistry r) {
    for (String op : new String[] {"Sum", "Mean", "Prod"}) {
      sorted(r, op, "T: numbertype");
    }
    for (String op : new String[] {"Min", "Max"}) {
      sorted(r, op, "T: realnumbertype");
      unsorted(r, op, "T: realnumbertype");
    }
    for (String op : new String[] {"Sum", "Prod"}) {
      unsorted(r, op, "T: numbertype");
    }
  }

  private static void sorted(OpRegistry r, String op, String types) {
    r.add(
        OpDef.named("Segment" + op)
            .inputs("data: T", "segment_ids: Tindices")
            .outputs("output: T")
            .attrs(types, "Tindices: {int32, int64}")
            .valueInputs(1)
            .shape(SegmentOps::sortedShape));
  }

  private static void unsorted(OpRegistry r, String op, String types) {
    r.add(
        OpDef.named("UnsortedSegment" + op)
            .inputs("data: T", "segment_ids: Tindices", "num_segments: Tnumsegments")
            .outputs("output: T")
            .attrs(types, "Tindices: {int32, int64}", "Tnumsegments: {int32, int64} = int32")
            .valueInputs(2)
            .shape(SegmentOps::unsortedShape));
  }

  /** There is a row for each segment up to the last one. */
  private static void sortedShape(ShapeContext c) {
    Shape data = c.inputOfRankAtLeast(0, 1);
    Shape ids = c.inputOfRank(1, 1);
    requireRows(data, ids);
    long[] known = Shapes.allInts(c, 1);
    long rows = known == null ? Shape.UNKNOWN : known.length == 0 ? 0 : known[known.length - 1] + 1;
    c.output(
        0,
        Shape.vector(rows < 0 ? Shape.UNKNOWN : rows)
            .concat(data.hasRank() ? data.sliceFrom(1) : data));
  }

  private static void unsortedShape(ShapeContext c) {
    Shape data = c.input(0);
    Shape ids = c.input(1);
    requireRows(data, ids);
    Long rows = Shapes.scalarInt(c, 2, "the number of segments");
    if (rows != null && rows < 0) {
      throw new InvalidArgumentException(
          "the number of segments must not be negative, but is " + rows);
    }
    if (!data.hasRank() || !ids.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    c.output(
        0, Shape.vector(rows == null ? Shape.UNKNOWN : rows).concat(data.sliceFrom(ids.rank())));
  }

  /** Every index of {@code ids} is one of {@code data}, too. */
  private static void requireRows(Shape data, Shape ids) {
    if (data.hasRank()
        && ids.hasRank()
        && (ids.rank() > data.rank() || !data.slice(0, ids.rank()).isCompatibleWith(ids))) {
      throw new InvalidArgumentException(
          "the data must have the shape of the segment ids first, but is "
              + data
              + " for ids "
              + ids);
    }
  }
}
