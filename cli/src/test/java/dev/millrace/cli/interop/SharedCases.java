package dev.millrace.cli.interop;

import static dev.millrace.cli.interop.StateGraph.shapes;
import static dev.millrace.cli.interop.StateGraph.types;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Cases of accumulators, mutexes, session tensors, staging areas and barriers. */
final class SharedCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType I64 = DataType.INT64;

  private final CaseList cases;

  private SharedCases(CaseList cases) {
    this.cases = cases;
  }

  static void addTo(CaseList cases) {
    SharedCases s = new SharedCases(cases);
    for (String reduction : new String[] {"MEAN", "SUM"}) {
      s.accumulator("", reduction);
      s.accumulator("Resource", reduction);
      s.sparse(reduction);
    }
    s.mutex();
    s.sessionTensors();
    s.staging();
    s.barrier();
  }

  private void add(String type, String variant, Consumer<StateGraph> build) {
    StateGraph g = new StateGraph();
    build.accept(g);
    cases.add(type, variant, g.graphDef());
  }

  private void accumulator(String p, String reduction) {
    add(
        p + "ConditionalAccumulator",
        reduction.toLowerCase(Locale.ROOT),
        g -> {
          String a =
              g.node(
                  p + "ConditionalAccumulator",
                  List.of(),
                  "dtype",
                  F32,
                  "shape",
                  Shape.of(2),
                  "reduction_type",
                  reduction);
          g.step(p + "AccumulatorSetGlobalStep", List.of(a, g.constant(3L)));
          float[][] gradients = {{1, 2}, {100, 100}, {3, 5}, {4, -4}};
          long[] steps = {3, 2, 4, 3};
          for (int i = 0; i < steps.length; i++) {
            g.step(
                p + "AccumulatorApplyGradient",
                List.of(a, g.constant(steps[i]), g.input(gradients[i])),
                "dtype",
                F32);
            g.output(g.step(p + "AccumulatorNumAccumulated", List.of(a)));
          }
          g.output(g.step(p + "AccumulatorTakeGradient", List.of(a, g.constant(2)), "dtype", F32));
          g.step(
              p + "AccumulatorApplyGradient",
              List.of(a, g.constant(3L), g.input(new float[] {9, 9})),
              "dtype",
              F32);
          g.output(g.step(p + "AccumulatorNumAccumulated", List.of(a)));
        });
  }

  private void sparse(String reduction) {
    add(
        "SparseConditionalAccumulator",
        reduction.toLowerCase(Locale.ROOT),
        g -> {
          String a =
              g.node(
                  "SparseConditionalAccumulator",
                  List.of(),
                  "dtype",
                  F32,
                  "shape",
                  Shape.of(-1, 2),
                  "reduction_type",
                  reduction);
          long[][] indices = {{0, 3}, {1, 3, 5}};
          float[][][] rows = {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}, {9, 10}}};
          for (int i = 0; i < indices.length; i++) {
            g.step(
                "SparseAccumulatorApplyGradient",
                List.of(
                    a,
                    g.constant(0L),
                    g.input(indices[i]),
                    g.input(rows[i]),
                    g.constant(new long[] {6, 2})),
                "dtype",
                F32,
                "has_known_shape",
                true);
          }
          g.output(g.step("AccumulatorNumAccumulated", List.of(a)));
          String taken =
              g.step("SparseAccumulatorTakeGradient", List.of(a, g.constant(1)), "dtype", F32);
          g.output(taken);
          g.output(taken + ":1");
          g.output(taken + ":2");
        });
  }

  private void mutex() {
    add(
        "MutexLock",
        "taken_and_given_back",
        g -> {
          String m = g.node("MutexV2", List.of());
          String lock = g.step("MutexLock", List.of(m));
          g.step("ConsumeMutexLock", List.of(lock));
          g.outputsAfterAll();
        });
  }

  private void sessionTensors() {
    add(
        "GetSessionHandle",
        "of_a_tensor",
        g -> g.outputBytes(g.node("GetSessionHandle", List.of(g.input(new float[] {1, 2})))));
    add(
        "GetSessionHandleV2",
        "of_a_tensor",
        g -> {
          g.step("GetSessionHandleV2", List.of(g.input(new float[] {1, 2})));
          g.outputsAfterAll();
        });
  }

  private void staging() {
    add(
        "Stage",
        "looked_at_and_taken",
        g -> {
          Object[] area = {"dtypes", types(F32, I64), "shared_name", "area", "capacity", 3};
          for (int i = 0; i < 3; i++) {
            g.step("Stage", List.of(g.input(new float[] {i, -i}), g.input(10L * i)), area);
          }
          g.output(g.step("StageSize", List.of(), area));
          String peek = g.step("StagePeek", List.of(g.constant(1)), area);
          g.output(peek);
          g.output(peek + ":1");
          String take = g.step("Unstage", List.of(), area);
          g.output(take);
          g.output(take + ":1");
          g.output(g.step("StageSize", List.of(), area));
          g.step("StageClear", List.of(), area);
          g.output(g.step("StageSize", List.of(), area));
        });
  }

  private void barrier() {
    add(
        "Barrier",
        "tuples_by_key",
        g -> {
          String b =
              g.node(
                  "Barrier",
                  List.of(),
                  "component_types",
                  types(F32, I64),
                  "shapes",
                  shapes(Shape.of(2), Shape.scalar()));
          g.step(
              "BarrierInsertMany",
              List.of(
                  b,
                  g.constant(new String[] {"a", "b", "c"}),
                  g.input(new float[][] {{1, 2}, {3, 4}, {5, 6}})),
              "T",
              F32,
              "component_index",
              0);
          g.output(g.step("BarrierIncompleteSize", List.of(b)));
          g.step(
              "BarrierInsertMany",
              List.of(b, g.constant(new String[] {"c", "a"}), g.input(new long[] {30, 10})),
              "T",
              I64,
              "component_index",
              1);
          g.output(g.step("BarrierReadySize", List.of(b)));
          g.output(g.step("BarrierIncompleteSize", List.of(b)));
          String take =
              g.step(
                  "BarrierTakeMany", List.of(b, g.constant(2)), "component_types", types(F32, I64));
          g.output(take);
          g.outputBytes(take + ":1");
          g.output(take + ":2");
          g.output(take + ":3");
          g.step("BarrierClose", List.of(b));
          g.step(
              "BarrierInsertMany",
              List.of(b, g.constant(new String[] {"b"}), g.input(new long[] {20})),
              "T",
              I64,
              "component_index",
              1);
          String rest =
              g.step(
                  "BarrierTakeMany",
                  List.of(b, g.constant(5)),
                  "component_types",
                  types(F32, I64),
                  "allow_small_batch",
                  true);
          g.output(rest + ":2");
          g.output(rest + ":3");
        });
  }
}
