package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Builds a graph in the form of the conformance cases: one operation on fed values. */
final class CaseGraph {
  private final Graph graph = new Graph();
  private final List<Output> inputs = new ArrayList<>();

  /**
   * A graph with a placeholder {@code in/k}, of the value's rank, and a constant {@code feed/k} for
   * each value.
   */
  CaseGraph(TensorValue... values) {
    for (TensorValue v : values) {
      int k = inputs.size();
      constant("feed/" + k, v);
      inputs.add(
          graph
              .opBuilder("Placeholder", "in/" + k)
              .attr("dtype", v.dtype())
              .attr("shape", Shape.ofRank(v.shape().rank()))
              .build()
              .output(0));
    }
  }

  Graph graph() {
    return graph;
  }

  Output input(int k) {
    return inputs.get(k);
  }

  Output constant(String name, TensorValue v) {
    return graph
        .opBuilder("Const", name)
        .attr("dtype", v.dtype())
        .attr("value", v)
        .build()
        .output(0);
  }

  /** Adds {@code type} on all inputs and an {@code out/k} for each of its outputs. */
  GraphDef op(String type, UnaryOperator<OpBuilder> attrs) {
    OpBuilder b = graph.opBuilder(type, "op");
    inputs.forEach(b::input);
    return outputs(attrs.apply(b).build());
  }

  /** Adds {@code type} on the list of all inputs. */
  GraphDef listOp(String type, UnaryOperator<OpBuilder> attrs) {
    return outputs(attrs.apply(graph.opBuilder(type, "op").inputList(inputs)).build());
  }

  /** Adds an {@code out/k} for each output of {@code op}. */
  GraphDef outputs(Operation op) {
    for (int k = 0; k < op.numOutputs(); k++) {
      graph.opBuilder("Identity", "out/" + k).input(op.output(k)).build();
    }
    return graph.toGraphDef();
  }

  /** The graph with a constant {@code want/k} for each value. */
  static GraphDef withWants(GraphDef def, List<TensorValue> wants, float tolerance) {
    Graph g = new Graph();
    g.importGraphDef(def);
    for (int k = 0; k < wants.size(); k++) {
      TensorValue v = wants.get(k);
      g.opBuilder("Const", "want/" + k).attr("dtype", v.dtype()).attr("value", v).build();
    }
    g.opBuilder("Const", "tolerance")
        .attr("dtype", DataType.FLOAT32)
        .attr("value", TensorValue.of(tolerance))
        .build();
    return g.toGraphDef();
  }
}
