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
  private static final String TOLERANCE = "tolerance";

  private final Graph graph = new Graph();
  private final List<Output> inputs = new ArrayList<>();

  /**
   * A graph with a placeholder {@code in/k}, of the value's rank, and a constant {@code feed/k} for
   * each value. Those of dtypes that TensorFlow's Java does not know are fed as wider ones, and
   * cast.
   */
  CaseGraph(TensorValue... values) {
    for (TensorValue v : values) {
      int k = inputs.size();
      TensorValue fed = widened(v);
      constant("feed/" + k, fed);
      Output in =
          graph
              .opBuilder("Placeholder", "in/" + k)
              .attr("dtype", fed.dtype())
              .attr("shape", Shape.ofRank(v.shape().rank()))
              .build()
              .output(0);
      inputs.add(cast(in, v.dtype()));
    }
  }

  /** The dtype in which a tensor goes to TensorFlow's Java and comes from it. */
  private static DataType readable(DataType t) {
    return switch (t) {
      case FLOAT16, BFLOAT16 -> DataType.FLOAT32;
      case INT8, INT16, UINT16 -> DataType.INT32;
      case UINT32, UINT64 -> DataType.INT64;
      default -> t;
    };
  }

  private static TensorValue widened(TensorValue v) {
    return switch (readable(v.dtype())) {
      case FLOAT32 -> TensorValue.wrap(DataType.FLOAT32, v.shape(), v.toFloats());
      case INT32 -> TensorValue.wrap(DataType.INT32, v.shape(), v.toInts());
      case INT64 -> TensorValue.wrap(DataType.INT64, v.shape(), v.toLongs());
      default -> v;
    };
  }

  private Output cast(Output x, DataType to) {
    return x.dtype() == to
        ? x
        : graph.opBuilder("Cast", "cast").input(x).attr("DstT", to).build().output(0);
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
    return outputs(op.outputs());
  }

  /** Adds an {@code out/k} for each of these. */
  GraphDef outputs(List<Output> xs) {
    for (int k = 0; k < xs.size(); k++) {
      Output x = cast(xs.get(k), readable(xs.get(k).dtype()));
      graph.opBuilder("Identity", "out/" + k).input(x).build();
    }
    return graph.toGraphDef();
  }

  /** The results are compared with this tolerance instead of the usual one. */
  CaseGraph tolerance(float t) {
    constant(TOLERANCE, TensorValue.of(t));
    return this;
  }

  /**
   * The graph with a constant {@code want/k} for each value.
   *
   * @param tolerance where the graph has none of its own
   */
  static GraphDef withWants(GraphDef def, List<TensorValue> wants, float tolerance) {
    Graph g = new Graph();
    g.importGraphDef(def);
    for (int k = 0; k < wants.size(); k++) {
      TensorValue v = wants.get(k);
      g.opBuilder("Const", "want/" + k).attr("dtype", v.dtype()).attr("value", v).build();
    }
    if (g.operations().stream().noneMatch(op -> op.name().equals(TOLERANCE))) {
      g.opBuilder("Const", TOLERANCE)
          .attr("dtype", DataType.FLOAT32)
          .attr("value", TensorValue.of(tolerance))
          .build();
    }
    return g.toGraphDef();
  }
}
