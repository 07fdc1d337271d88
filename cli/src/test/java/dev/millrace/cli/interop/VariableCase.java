package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds a conformance case about variables: they are given values by {@code init}, changed by
 * {@code step}, and then all fetched.
 */
final class VariableCase {
  private final CaseGraph graph;
  private final List<Output> variables = new ArrayList<>();
  private final List<Operation> assigns = new ArrayList<>();

  /** A case with a fed placeholder for each value. */
  VariableCase(TensorValue... feeds) {
    graph = new CaseGraph(feeds);
  }

  CaseGraph graph() {
    return graph;
  }

  OpBuilder op(String type, String name) {
    return graph.graph().opBuilder(type, name);
  }

  /** The handle of a new variable. */
  Output variable(String name, TensorValue initial) {
    Output handle =
        op("VarHandleOp", name)
            .attr("shared_name", name) // without it, TensorFlow 1.15 has all share one variable
            .attr("dtype", initial.dtype())
            .attr("shape", initial.shape())
            .build()
            .output(0);
    variables.add(handle);
    assigns.add(
        op("AssignVariableOp", "assign_" + name)
            .input(handle)
            .input(graph.constant("initial_" + name, initial))
            .build());
    return handle;
  }

  /** The case in which {@code change} is run that many times. */
  GraphDef steps(Operation change, int count) {
    OpBuilder init = op("NoOp", "init");
    assigns.forEach(init::controlInput);
    init.build();
    op("NoOp", "step").controlInput(change).build();
    graph.constant("step_count", TensorValue.of(count));
    for (int k = 0; k < variables.size(); k++) {
      Output value =
          op("ReadVariableOp", "read_" + k)
              .input(variables.get(k))
              .attr("dtype", dtype(variables.get(k)))
              .build()
              .output(0);
      op("Identity", "out/" + k).input(value).build();
    }
    return graph.graph().toGraphDef();
  }

  private static DataType dtype(Output handle) {
    return handle.op().attrs().getType("dtype");
  }
}
