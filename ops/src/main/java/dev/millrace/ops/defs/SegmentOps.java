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
    picked(r, "Sum", "T: realnumbertype");
    for (String op : new String[] {"Mean", "SqrtN"}) {
      picked(r, op, "T: {float, double}");
      r.add(
          OpDef.named("SparseSegment" + op + "Grad")
              .inputs("grad: T", "indices: Tidx", "segment_ids: int32", "output_dim0: int32")
              .outputs("output: T")
              .attrs("T: {float, double}", "Tidx: {int32, int64} = int32")
              .valueInputs(3)
              .shape(SegmentOps::pickedGradShape));
    }
  }

  /** Reductions of rows that are picked first. */
  private static void picked(OpRegistry r, String op, String types) {
    String[] inputs = {"data: T", "indices: Tidx", "segment_ids: int32"};
    String[] attrs = {types, "Tidx: {int32, int64} = int32"};
    r.add(
        OpDef.named("SparseSegment" + op)
            .inputs(inputs)
            .outputs("output: T")
            .attrs(attrs)
            .valueInputs(2)
            .shape(SegmentOps::pickedShape));
    r.add(
        OpDef.named("SparseSegment" + op + "WithNumSegments")
            .inputs(inputs)
            .inputs("num_segments: Tnumsegments")
            .outputs("output: T")
            .attrs(attrs)
            .attrs("Tnumsegments: {int32, int64} = int32")
            .valueInputs(3)
            .shape(SegmentOps::pickedShape));
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

  private static void pickedShape(ShapeContext c) {
    Shape data = c.inputOfRankAtLeast(0, 1);
    requireIdForEachIndex(c);
    long rows = Shape.UNKNOWN;
    if (c.inputCount() > 3) {
      Long n = Shapes.scalarInt(c, 3, "the number of segments");
      rows = requireCount(n, "the number of segments");
    } else {
      long[] ids = Shapes.allInts(c, 2);
      if (ids != null) {
        rows = ids.length == 0 ? 0 : Math.max(Shape.UNKNOWN, ids[ids.length - 1] + 1);
      }
    }
    c.output(0, Shape.vector(rows).concat(data.hasRank() ? data.sliceFrom(1) : data));
  }

  private static void pickedGradShape(ShapeContext c) {
    Shape grad = c.inputOfRankAtLeast(0, 1);
    requireIdForEachIndex(c);
    long rows = requireCount(Shapes.scalarInt(c, 3, "output_dim0"), "output_dim0");
    c.output(0, Shape.vector(rows).concat(grad.hasRank() ? grad.sliceFrom(1) : grad));
  }

  private static void requireIdForEachIndex(ShapeContext c) {
    long n = c.inputOfRank(1, 1).dim(0);
    Shapes.mergeDims(n, c.inputOfRank(2, 1).dim(0), "the numbers of indices and segment ids");
  }

  private static long requireCount(Long n, String what) {
    if (n != null && n < 0) {
      throw new InvalidArgumentException(what + " must not be negative, but is " + n);
    }
    return n == null ? Shape.UNKNOWN : n;
  }

  static void unsortedShape(ShapeContext c) {
    Shape data = c.input(0);
    Shape ids = c.input(1);
    requireRows(data, ids);
    Long rows = Shapes.scalarInt(c, 2, "the number of segments");
    long count = requireCount(rows, "the number of segments");
    if (!data.hasRank() || !ids.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    c.output(0, Shape.vector(count).concat(data.sliceFrom(ids.rank())));
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
