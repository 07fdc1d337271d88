package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.List;
import java.util.function.UnaryOperator;

/** Recorded cases of taking tensors apart by numbers and putting them together by places. */
final class PartitionCases {
  private static final TensorValue X =
      TensorValue.of(new float[][] {{-2.5f, -1}, {0, 0.5f}, {4, -0.25f}, {1.5f, -3}});

  private PartitionCases() {}

  static void addTo(CaseList cases) {
    UnaryOperator<OpBuilder> three = b -> b.attr("num_partitions", 3);
    TensorValue parts = TensorValue.ofInts(2, 0, 2, 2);
    cases.op("DynamicPartition", "f32", three, X, parts);
    cases.op("DynamicPartition", "f64", three, CaseList.as(DataType.FLOAT64, X), parts);
    cases.op("DynamicPartition", "i64", three, TensorValue.ofLongs(1, 2, 3, 4), parts);
    cases.op(
        "DynamicPartition",
        "bool",
        three,
        TensorValue.of(new boolean[] {true, false, true, true}),
        parts);
    cases.op(
        "DynamicPartition",
        "matrix",
        three,
        X,
        TensorValue.of(new int[][] {{0, 1}, {1, 2}, {2, 0}, {1, 1}}));
    cases.op("DynamicPartition", "scalar", three, TensorValue.ofFloats(7, 8), TensorValue.of(1));
    cases.op(
        "DynamicPartition",
        "empty",
        three,
        TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 2)),
        TensorValue.ofInts());
    cases.add("ParallelDynamicStitch", "f32", stitch(X, TensorValue.of(new float[] {9, 10})));
    cases.add(
        "ParallelDynamicStitch",
        "i64",
        stitch(
            CaseList.as(DataType.INT64, X),
            CaseList.as(DataType.INT64, TensorValue.ofInts(9, 10))));
  }

  /** Four rows and one more. */
  private static GraphDef stitch(TensorValue rows, TensorValue row) {
    CaseGraph c = new CaseGraph(TensorValue.ofInts(4, 0, 3, 1), TensorValue.of(2), rows, row);
    Graph g = c.graph();
    return c.outputs(
        g.opBuilder("ParallelDynamicStitch", "op")
            .inputList(List.of(c.input(0), c.input(1)))
            .inputList(List.of(c.input(2), c.input(3)))
            .build());
  }
}
