package dev.millrace.cli.interop;

import static dev.millrace.cli.interop.CaseList.as;
import static dev.millrace.cli.interop.CaseList.producedBy;
import static dev.millrace.cli.loops.LoopGraph.attr;

import dev.millrace.cli.loops.LoopGraph;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;
import java.util.function.Consumer;

/** Cases of op types that graphs of TensorFlow 0.8 to 0.12 are made of, in graphs of that age. */
final class OldOpCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final int TF_0_8 = 8;
  private static final int TF_0_11 = 12;
  private static final int TF_0_12 = 15;

  private static final TensorValue SQUARE =
      TensorValue.of(new float[][][] {{{4, 1}, {1, 3}}, {{2, -0.5f}, {-0.5f, 5}}});
  private static final TensorValue WIDE =
      TensorValue.of(new float[][][] {{{1, 2, 3}, {4, 5, 6}}, {{0, -1, 2}, {3, 0.5f, -2}}});
  private static final TensorValue RIGHT =
      TensorValue.of(new float[][][] {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}});

  private final CaseList cases;

  private OldOpCases(CaseList cases) {
    this.cases = cases;
  }

  static void addTo(CaseList cases) {
    OldOpCases c = new OldOpCases(cases);
    c.batched();
    c.arrays("");
    c.arrays("V2");
    c.inALoop("");
    c.inALoop("V2");
    c.packed();
    c.bits();
  }

  private void op(int age, String type, String variant, List<TensorValue> in, Object... attrs) {
    StateGraph g = new StateGraph();
    List<String> inputs = in.stream().map(v -> g.input(v.toJava())).toList();
    String op = g.node(type, inputs, attrs);
    g.output(op);
    cases.add(type, variant, producedBy(age, g.graphDef()));
  }

  private void batched() {
    for (DataType t : new DataType[] {F32, DataType.FLOAT64}) {
      String v = t == F32 ? "f32" : "f64";
      TensorValue a = as(t, SQUARE);
      TensorValue b = as(t, RIGHT);
      TensorValue w = as(t, WIDE);
      op(TF_0_11, "BatchMatrixDeterminant", v, List.of(a));
      op(TF_0_11, "BatchMatrixInverse", v, List.of(a), "adjoint", true);
      op(TF_0_11, "BatchMatrixSolve", v, List.of(a, b));
      op(TF_0_11, "BatchMatrixTriangularSolve", v, List.of(a, b), "lower", false);
      op(TF_0_11, "BatchCholesky", v, List.of(a));
      op(TF_0_11, "BatchCholeskyGrad", v, List.of(as(t, lower()), b));
      op(TF_0_11, "BatchMatrixDiagPart", v, List.of(a));
      op(TF_0_11, "BatchMatrixDiag", v, List.of(as(t, TensorValue.of(new float[][] {{1, 2}}))));
      op(
          TF_0_11,
          "BatchMatrixSetDiag",
          v,
          List.of(a, as(t, TensorValue.of(new float[][] {{9, 8}, {7, 6}}))));
      op(TF_0_11, "BatchSvd", v, List.of(w), "compute_uv", false);
      op(TF_0_11, "BatchSelfAdjointEigV2", v, List.of(a), "compute_v", false);
    }
    StateGraph g = new StateGraph();
    String x = g.input(WIDE.toJava());
    String l2 = g.constant(0.5);
    g.output(g.node("BatchMatrixSolveLs", List.of(x, g.input(RIGHT.toJava()), l2)));
    cases.add("BatchMatrixSolveLs", "f32", producedBy(TF_0_11, g.graphDef()));
    g = new StateGraph();
    x = g.input(WIDE.toJava());
    g.output(g.node("BatchMatrixBandPart", List.of(x, g.constant(1L), g.constant(0L))));
    cases.add("BatchMatrixBandPart", "f32", producedBy(TF_0_11, g.graphDef()));
    for (String type : new String[] {"SelfAdjointEig", "BatchSelfAdjointEig"}) {
      g = new StateGraph();
      TensorValue in =
          type.startsWith("B") ? SQUARE : TensorValue.of(new float[][] {{4, 1}, {1, 3}});
      String e = g.node(type, List.of(g.input(in.toJava())));
      g.output(g.node("Abs", List.of(e))); // a vector may point either way
      cases.add(type, "f32", producedBy(TF_0_8, g.graphDef()));
    }
  }

  private static TensorValue lower() {
    return TensorValue.of(new float[][][] {{{2, 0}, {0.5f, 1.5f}}, {{1, 0}, {-0.25f, 2}}});
  }

  private void array(String type, String variant, int age, Consumer<StateGraph> build) {
    StateGraph g = new StateGraph();
    build.accept(g);
    cases.add(type, variant, producedBy(age, g.graphDef()));
  }

  private static String made(StateGraph g, String v, int size, boolean dynamic) {
    return g.step(
        "TensorArray" + v,
        List.of(g.constant(size)),
        "dtype",
        F32,
        "dynamic_size",
        dynamic,
        "clear_after_read",
        false);
  }

  private void arrays(String v) {
    int age = TF_0_12;
    array(
        "TensorArray" + v,
        "written_and_read",
        age,
        g -> {
          String a = made(g, v, 3, true);
          String flow = g.constant(0f);
          for (int i = 3; i >= 0; i--) {
            String x = g.input(new float[] {i, i + 0.5f});
            flow = g.step("TensorArrayWrite" + v, List.of(a, g.constant(i), x, flow));
          }
          g.output(g.step("TensorArrayRead" + v, List.of(a, g.constant(2), flow), "dtype", F32));
          g.output(g.step("TensorArraySize" + v, List.of(a, flow)));
          String some = g.constant(new int[] {3, 0});
          g.output(g.step("TensorArrayGather" + v, List.of(a, some, flow), "dtype", F32));
          String all = g.step("TensorArrayConcat" + v, List.of(a, flow), "dtype", F32);
          g.output(all);
          g.output(all + ":1");
        });
    array(
        "TensorArrayScatter" + v,
        "and_gradient",
        age,
        g -> {
          String a = made(g, v, 3, false);
          String x = g.input(new float[][] {{1, 2}, {3, 4}, {5, 6}});
          String order = g.constant(new int[] {2, 0, 1});
          String flow = g.step("TensorArrayScatter" + v, List.of(a, order, x, g.constant(0f)));
          String d = g.step("TensorArrayGrad" + v, List.of(a, flow), "source", "gradients");
          String same = g.step("TensorArrayGrad" + v, List.of(a, flow), "source", "gradients");
          String f = flow;
          for (int i = 0; i < 3; i++) {
            String dx = g.input(new float[] {10 * i, 1});
            f = g.step("TensorArrayWrite" + v, List.of(d, g.constant(i), dx, f));
          }
          String again = g.input(new float[] {0.25f, 0.5f});
          f = g.step("TensorArrayWrite" + v, List.of(same, g.constant(1), again, f));
          g.output(g.step("TensorArrayGather" + v, List.of(d, order, f), "dtype", F32));
          g.step("TensorArrayClose" + v, List.of(d));
        });
    array(
        "TensorArraySplit" + v,
        "rows",
        age,
        g -> {
          String a = made(g, v, 2, false);
          String x = g.input(new float[][] {{1, 2}, {3, 4}, {5, 6}});
          String lengths = g.constant(new long[] {2, 1});
          String flow = g.step("TensorArraySplit" + v, List.of(a, x, lengths, g.constant(0f)));
          g.output(g.step("TensorArrayRead" + v, List.of(a, g.constant(1), flow), "dtype", F32));
          g.output(g.step("TensorArrayRead" + v, List.of(a, g.constant(0), flow), "dtype", F32));
        });
  }

  /** As dynamic_rnn of TensorFlow 0.12 reads its inputs and writes its outputs in a loop. */
  private void inALoop(String v) {
    LoopGraph g = new LoopGraph();
    String x = g.input(new float[][] {{1, 2}, {3, 4}, {5, 6}});
    String size = g.constant(3);
    String in =
        g.node("TensorArray" + v, "TensorArray" + v, size).putAttr("dtype", attr(F32)).getName();
    String out =
        g.node("TensorArray" + v, "TensorArray" + v, size).putAttr("dtype", attr(F32)).getName();
    String all = g.constant(new int[] {0, 1, 2});
    String filled = g.op("TensorArrayScatter" + v, in, all, x, g.constant(0f));
    LoopGraph.Loop l =
        g.loop("while", g.constant(0), g.constant(0f), g.constant(new float[] {0.5f, 0.25f}));
    l.whileLess(0, 3);
    String from = entered(g, v, in);
    String to = entered(g, v, out);
    String read =
        g.op("TensorArrayRead" + v, "dtype", attr(F32), from, l.body(0), l.invariant(filled));
    String state = g.op("Add", g.op("Mul", l.body(2), read), read);
    l.count(0, 1);
    l.next(1, g.op("TensorArrayWrite" + v, to, l.body(0), state, l.body(1)));
    l.next(2, state);
    String flow = l.exit(1);
    g.output(g.op("TensorArrayGather" + v, "dtype", attr(F32), out, all, flow));
    g.output(l.exit(2));
    cases.add("TensorArray" + v, "in_a_loop", producedBy(TF_0_12, g.graphDef()));
  }

  private static String entered(LoopGraph g, String v, String handle) {
    String type = v.isEmpty() ? "RefEnter" : "Enter"; // the first ones are references
    return g.node("while/" + type, type, handle)
        .putAttr("frame_name", attr("while"))
        .putAttr("is_constant", attr(true))
        .getName();
  }

  private void packed() {
    array(
        "TensorArrayPack",
        "and_unpack",
        TF_0_12,
        g -> {
          String a = made(g, "", 3, false);
          String x = g.input(new float[][] {{1, 2}, {3, 4}, {5, 6}});
          String flow = g.step("TensorArrayUnpack", List.of(a, x, g.constant(0f)));
          g.output(g.step("TensorArrayRead", List.of(a, g.constant(1), flow), "dtype", F32));
          g.output(g.step("TensorArrayPack", List.of(a, flow), "dtype", F32));
        });
  }

  private void bits() {
    TensorValue x = TensorValue.of(new float[] {1, -2.5f, Float.NaN, 1e-40f});
    cases.op("Bitcast", "same_size", b -> b.attr("type", DataType.INT32), x);
    cases.op("Bitcast", "to_smaller", b -> b.attr("type", DataType.UINT8), x);
    TensorValue pairs = TensorValue.of(new int[][] {{1, 2}, {-3, 4}, {0, 7}});
    cases.op("Bitcast", "to_larger", b -> b.attr("type", DataType.INT64), pairs);
    TensorValue none = TensorValue.zeros(DataType.INT32, Shape.of(0, 2));
    cases.op("Bitcast", "of_nothing", b -> b.attr("type", DataType.FLOAT64), none);
  }
}
