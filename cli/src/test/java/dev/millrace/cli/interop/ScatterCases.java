package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Recorded cases of changes to some rows, slices or parts of variables and of copies. */
final class ScatterCases {
  private static final String[] CHANGES = {"Update", "Add", "Sub", "Mul", "Div", "Min", "Max"};

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private ScatterCases() {
    TensorValue table = TensorValue.of(new float[][] {{1, -2}, {3, 4.5f}, {-0.5f, 6}, {7, 8}});
    TensorValue ints = TensorValue.of(new int[][] {{10, -21}, {33, 45}, {-5, 60}, {70, 80}});
    for (String change : CHANGES) {
      String type = "ResourceScatter" + change;
      add(
          type,
          "rows_twice",
          table,
          TensorValue.ofInts(2, 0, 2),
          TensorValue.of(new float[][] {{0.5f, 3}, {-2, 5}, {4, -1}}));
      add(type, "scalar", table, TensorValue.ofLongs(1, 3), TensorValue.of(2.5f));
      add(
          type,
          "matrix_of_indices",
          ints,
          TensorValue.of(new int[][] {{0, 3}, {1, 3}}),
          TensorValue.of(new int[][][] {{{2, 3}, {4, 5}}, {{-6, 7}, {8, -9}}}));
    }
    slices(table, ints);
    parts(table);
  }

  private void slices(TensorValue table, TensorValue ints) {
    TensorValue rows = TensorValue.of(new int[][] {{2}, {0}, {2}});
    TensorValue updates = TensorValue.of(new float[][] {{0.5f, 3}, {-2, 5}, {4, -1}});
    TensorValue elements = TensorValue.of(new long[][] {{3, 1}, {0, 0}, {3, 1}});
    TensorValue numbers = TensorValue.ofInts(7, -8, 9);
    for (String change : new String[] {"Update", "Add", "Sub"}) {
      add("ResourceScatterNd" + change, "rows_twice", table, rows, updates);
      add("ResourceScatterNd" + change, "elements_i32", ints, elements, numbers);
      op("TensorScatter" + change, "rows_twice", table, rows, updates);
      op("TensorScatter" + change, "elements_i32", ints, elements, numbers);
    }
    op("ScatterNdNonAliasingAdd", "rows_twice", table, rows, updates);
    op("ScatterNdNonAliasingAdd", "elements_i32", ints, elements, numbers);
    cases.put(
        "DynamicPartition__rows",
        new CaseGraph(table, TensorValue.ofInts(2, 0, 2, 2))
            .op("DynamicPartition", b -> b.attr("num_partitions", 4)));
    cases.put("ParallelDynamicStitch__two", stitched());
  }

  /** Slices by begin, end and stride, and counters. */
  private void parts(TensorValue table) {
    VariableCase c = new VariableCase(TensorValue.of(new float[][] {{10}, {20}}));
    Output handle = c.variable("table", table);
    cases.put(
        "ResourceStridedSliceAssign__recorded_column",
        c.steps(
            c.op("ResourceStridedSliceAssign", "op")
                .input(handle)
                .input(c.graph().constant("begin", TensorValue.ofInts(-1, 1)))
                .input(c.graph().constant("end", TensorValue.ofInts(0, 0)))
                .input(c.graph().constant("strides", TensorValue.ofInts(-2, 1)))
                .input(c.graph().input(0))
                .attr("end_mask", 3)
                .build(),
            1));
    VariableCase counter = new VariableCase();
    Output count = counter.variable("count", TensorValue.of(5L));
    cases.put(
        "ResourceCountUpTo__recorded_i64",
        counter.steps(
            counter
                .op("ResourceCountUpTo", "op")
                .input(count)
                .attr("limit", 9)
                .attr("T", DataType.INT64)
                .build(),
            4));
  }

  private static GraphDef stitched() {
    CaseGraph c =
        new CaseGraph(
            TensorValue.ofInts(3, 0),
            TensorValue.of(1),
            TensorValue.of(new float[][] {{1, 2}, {3, 4}}),
            TensorValue.ofFloats(5, 6));
    return c.outputs(
        c.graph()
            .opBuilder("ParallelDynamicStitch", "op")
            .inputList(List.of(c.input(0), c.input(1)))
            .inputList(List.of(c.input(2), c.input(3)))
            .build());
  }

  private void op(String type, String variant, TensorValue... inputs) {
    cases.put(type + "__recorded_" + variant, new CaseGraph(inputs).op(type, b -> b));
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new ScatterCases().cases;
  }

  private void add(
      String type, String variant, TensorValue table, TensorValue indices, TensorValue updates) {
    VariableCase c = new VariableCase(indices, updates);
    Output handle = c.variable("table", table);
    cases.put(
        type + "__recorded_" + variant,
        c.steps(
            c.op(type, "op")
                .input(handle)
                .input(c.graph().input(0))
                .input(c.graph().input(1))
                .build(),
            2));
  }
}
