package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.Map;
import java.util.TreeMap;

/** Recorded cases of segment reductions, and of which different elements there are. */
final class SegmentCases {
  private static final TensorValue X =
      TensorValue.of(
          new float[][] {{-2.5f, -1, 0.5f}, {0, 0.5f, 3.25f}, {4, -0.25f, 1}, {1.5f, -3, 0.75f}});
  private static final TensorValue INTS =
      TensorValue.of(new int[][] {{7, -2}, {3, 3}, {-5, 4}, {6, 1}});

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private SegmentCases() {
    segments();
    picked();
    unique();
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new SegmentCases().cases;
  }

  private void op(String type, String variant, TensorValue... inputs) {
    cases.put(type + "__" + variant, new CaseGraph(inputs).op(type, b -> b));
  }

  private void segments() {
    TensorValue gap = TensorValue.ofInts(0, 0, 2, 2);
    for (String how : new String[] {"Sum", "Mean", "Prod", "Min", "Max"}) {
      String type = "Segment" + how;
      op(type, "gap_f32", X, gap);
      op(type, "gap_i32", INTS, TensorValue.ofLongs(1, 1, 1, 4));
      op(type, "empty", TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 3)), TensorValue.ofInts());
    }
    TensorValue mixed = TensorValue.ofInts(3, -1, 0, 3);
    for (String how : new String[] {"Sum", "Prod", "Min", "Max"}) {
      String type = "UnsortedSegment" + how;
      op(type, "gap_f32", X, mixed, TensorValue.of(5));
      op(type, "gap_i32", INTS, TensorValue.ofLongs(1, 0, 1, -7), TensorValue.of(3L));
      op(
          type,
          "matrix_of_ids",
          X,
          TensorValue.of(new int[][] {{0, 1, 0}, {2, 2, -1}, {0, 1, 1}, {0, 0, 0}}),
          TensorValue.of(4));
    }
  }

  private void picked() {
    TensorValue indices = TensorValue.ofInts(3, 0, 3, 1);
    TensorValue ids = TensorValue.ofInts(0, 0, 0, 2);
    for (String how : new String[] {"Sum", "Mean", "SqrtN"}) {
      String type = "SparseSegment" + how;
      op(type, "gap", X, indices, ids);
      op(type + "WithNumSegments", "more", X, indices, ids, TensorValue.of(5));
      op(
          type + "WithNumSegments",
          "none",
          X,
          TensorValue.ofInts(),
          TensorValue.ofInts(),
          TensorValue.of(2));
      if (!how.equals("Sum")) {
        op(type + "Grad", "f32", X, indices, ids, TensorValue.of(6));
      }
    }
    op("SparseSegmentSum", "i32", INTS, TensorValue.ofInts(3, 0, 2, 1), ids);
    TensorValue numbers = TensorValue.of(new int[][] {{1, 1, 5}, {0, 2, 1}});
    op("Bincount", "counts", numbers, TensorValue.of(4), TensorValue.ofInts());
    op(
        "Bincount",
        "weights",
        numbers,
        TensorValue.of(7),
        TensorValue.of(new double[][] {{0.5, 2, 3}, {4, -1, 0.25}}));
  }

  private void unique() {
    TensorValue x = TensorValue.of(new float[] {3, 1, 3, 0, 1, 3});
    TensorValue rows = TensorValue.of(new int[][] {{1, 2, 1}, {3, 4, 3}, {1, 2, 1}, {1, 2, 0}});
    op("UniqueWithCounts", "f32", x);
    cases.put(
        "UniqueWithCounts__i64out",
        new CaseGraph(TensorValue.ofLongs(5, 5, -1))
            .op("UniqueWithCounts", b -> b.attr("out_idx", DataType.INT64)));
    for (String type : new String[] {"UniqueV2", "UniqueWithCountsV2"}) {
      op(type, "no_axis", x, TensorValue.ofInts());
      op(type, "axis0", rows, TensorValue.ofLongs(0));
      op(type, "axis1", rows, TensorValue.ofInts(-1));
    }
  }
}
