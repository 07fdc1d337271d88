package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Graphs to differentiate of ops that the conformance cases show only with inputs or outputs by
 * which there is no gradient.
 */
final class GradientGraphs {
  private static final TensorValue X =
      TensorValue.of(new float[][] {{-2.5f, -1, -0.5f}, {0.25f, 0.5f, 3.25f}});
  private static final TensorValue SHARES = TensorValue.of(new float[] {0.2f, 0.5f, 0.8f});

  private final Map<String, GraphDef> all = new LinkedHashMap<>();

  private GradientGraphs() {
    add("Betainc", g -> op(g, "Betainc", constant(g, 2f), constant(g, 1.5f), g.input(0)), SHARES);
    add("Zeta", g -> op(g, "Zeta", constant(g, 2.5f), g.input(0)), SHARES);
    add("Fill", g -> op(g, "Fill", constant(g, new int[] {2, 3}), g.input(0)), TensorValue.of(3f));
    add(
        "PadV2",
        g -> op(g, "PadV2", g.input(0), constant(g, new int[][] {{1, 0}, {0, 2}}), g.input(1)),
        X,
        TensorValue.of(4f));
    add("Reverse", g -> op(g, "Reverse", g.input(0), constant(g, new boolean[] {true, false})), X);
    add(
        "ScatterNd",
        g ->
            op(
                g,
                "ScatterNd",
                constant(g, new int[][] {{3}, {1}}),
                g.input(0),
                constant(g, new int[] {4, 3})),
        X);
    add(
        "PlaceholderWithDefault",
        g ->
            node(g, "PlaceholderWithDefault", g.input(0))
                .attr("shape", Shape.unknown())
                .build()
                .output(0),
        X);
    add("Case", GradientGraphs::chosen, X);
    add("MatrixSolveLs", GradientGraphs::leastSquares, X, X);
    add("BlockLSTMV2", GradientGraphs::lstm, lstmInputs());
  }

  static Map<String, GraphDef> all() {
    return new GradientGraphs().all;
  }

  private void add(String type, Function<CaseGraph, Output> build, TensorValue... inputs) {
    CaseGraph g = new CaseGraph(inputs);
    all.put(type, g.outputs(List.of(build.apply(g))));
  }

  private static Output constant(CaseGraph g, Object value) {
    return Ops.of(g.graph()).constant(value).asOutput();
  }

  private static OpBuilder node(CaseGraph g, String type, Output... inputs) {
    OpBuilder b = g.graph().opBuilder(type, "op");
    for (Output i : inputs) {
      b.input(i);
    }
    return b;
  }

  private static Output op(CaseGraph g, String type, Output... inputs) {
    return node(g, type, inputs).build().output(0);
  }

  private static Output chosen(CaseGraph g) {
    Ops tf = Ops.of(g.graph());
    Tensor x = tf.tensor(g.input(0));
    Tensor index = tf.placeholderWithDefault(tf.constant(1), Shape.scalar());
    List<Supplier<Tensor>> branches = List.of(x::neg, () -> x.square().mul(x), x::exp);
    Tensor y = tf.switchCase(index, branches);
    return y.asOutput();
  }

  /** The gradient depends on the matrix's static shape. */
  private static Output leastSquares(CaseGraph g) {
    Graph graph = g.graph();
    Output matrix =
        graph
            .opBuilder("EnsureShape", "known")
            .input(g.input(0))
            .attr("shape", Shape.of(2, 3))
            .build()
            .output(0);
    Output l2 = Ops.of(graph).constant(0.1, DataType.FLOAT64).asOutput();
    return op(g, "MatrixSolveLs", matrix, g.input(1), l2);
  }

  private static TensorValue wave(long... dims) {
    Shape s = Shape.of(dims);
    float[] f = new float[(int) s.numElements()];
    for (int i = 0; i < f.length; i++) {
      f[i] = (float) Math.sin(1.3 * i + dims.length);
    }
    return TensorValue.wrap(DataType.FLOAT32, s, f);
  }

  /** Three steps, a batch of 2, inputs of 3 and cells of 2. */
  private static TensorValue[] lstmInputs() {
    return new TensorValue[] {
      TensorValue.of(3L),
      wave(3, 2, 3),
      wave(2, 2),
      wave(2, 2),
      wave(5, 8),
      wave(2),
      wave(2),
      wave(2),
      wave(8)
    };
  }

  private static Output lstm(CaseGraph g) {
    OpBuilder b = g.graph().opBuilder("BlockLSTMV2", "op");
    for (int k = 0; k < 9; k++) {
      b.input(g.input(k));
    }
    return b.attr("cell_clip", 0f).build().output(6);
  }
}
