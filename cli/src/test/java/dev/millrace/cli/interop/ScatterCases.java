package dev.millrace.cli.interop;

import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.Map;
import java.util.TreeMap;

/** Recorded cases of changes to some rows of a variable. */
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
