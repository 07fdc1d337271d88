package dev.millrace.cli.interop;

import static dev.millrace.cli.interop.StateGraph.shapes;
import static dev.millrace.cli.interop.StateGraph.types;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;
import java.util.function.Consumer;

/** Cases of queues, by resources and by names. */
final class QueueCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType I64 = DataType.INT64;
  private static final String TYPES = "component_types";
  private static final String SHAPES = "shapes";

  private final CaseList cases;

  private QueueCases(CaseList cases) {
    this.cases = cases;
  }

  static void addTo(CaseList cases) {
    QueueCases q = new QueueCases(cases);
    for (String v : new String[] {"", "V2"}) {
      q.inOrder(v);
      q.closing(v);
      q.random(v, 2, 87654321, 5);
      q.padding(v);
      q.priorities(v);
    }
    q.random("V2", 0, 1, 0);
    q.together();
    q.unordered();
    q.fake();
  }

  private void add(String type, String variant, Consumer<StateGraph> build) {
    StateGraph g = new StateGraph();
    build.accept(g);
    cases.add(type, variant, g.graphDef());
  }

  private static String vector(StateGraph g, String v, int capacity) {
    return g.node(
        "FIFOQueue" + v,
        List.of(),
        TYPES,
        types(F32, I64),
        SHAPES,
        shapes(Shape.of(2), Shape.scalar()),
        "capacity",
        capacity);
  }

  private void inOrder(String v) {
    add(
        "FIFOQueue" + v,
        "two_components",
        g -> {
          String q = vector(g, v, 10);
          g.step(
              "QueueEnqueue" + v,
              List.of(q, g.input(new float[] {1, 2}), g.input(7L)),
              "Tcomponents",
              types(F32, I64));
          g.step(
              "QueueEnqueueMany" + v,
              List.of(
                  q,
                  g.input(new float[][] {{3, 4}, {5, 6}, {7, 8}}),
                  g.input(new long[] {8, 9, 10})),
              "Tcomponents",
              types(F32, I64));
          g.output(g.step("QueueSize" + v, List.of(q)));
          String d = g.step("QueueDequeue" + v, List.of(q), TYPES, types(F32, I64));
          g.output(d);
          g.output(d + ":1");
          String many =
              g.step("QueueDequeueMany" + v, List.of(q, g.constant(2)), TYPES, types(F32, I64));
          g.output(many);
          g.output(many + ":1");
          g.output(g.step("QueueSize" + v, List.of(q)));
          g.output(g.step("QueueIsClosed" + v, List.of(q)));
          g.step("QueueClose" + v, List.of(q));
          g.output(g.step("QueueIsClosed" + v, List.of(q)));
          String none =
              g.step("QueueDequeueMany" + v, List.of(q, g.constant(0)), TYPES, types(F32, I64));
          g.output(none);
          g.output(none + ":1");
        });
  }

  private void closing(String v) {
    add(
        "QueueDequeueUpTo" + v,
        "of_a_closed_queue",
        g -> {
          String q = vector(g, v, -1);
          g.step(
              "QueueEnqueueMany" + v,
              List.of(
                  q,
                  g.input(new float[][] {{3, 4}, {5, 6}, {7, 8}}),
                  g.input(new long[] {8, 9, 10})),
              "Tcomponents",
              types(F32, I64));
          g.step("QueueClose" + v, List.of(q), "cancel_pending_enqueues", true);
          for (int n : new int[] {1, 5}) {
            String d =
                g.step("QueueDequeueUpTo" + v, List.of(q, g.constant(n)), TYPES, types(F32, I64));
            g.output(d);
            g.output(d + ":1");
          }
        });
  }

  private void random(String v, int minimum, int seed, int seed2) {
    add(
        "RandomShuffleQueue" + v,
        "seeds_" + seed + "_" + seed2,
        g -> {
          String q =
              g.node(
                  "RandomShuffleQueue" + v,
                  List.of(),
                  TYPES,
                  types(I64),
                  SHAPES,
                  shapes(Shape.scalar()),
                  "min_after_dequeue",
                  minimum,
                  "capacity",
                  30,
                  "seed",
                  seed,
                  "seed2",
                  seed2);
          long[] all = new long[20];
          for (int i = 0; i < all.length; i++) {
            all[i] = i;
          }
          g.step("QueueEnqueueMany" + v, List.of(q, g.input(all)), "Tcomponents", types(I64));
          g.output(g.step("QueueDequeue" + v, List.of(q), TYPES, types(I64)));
          g.output(g.step("QueueDequeueMany" + v, List.of(q, g.constant(9)), TYPES, types(I64)));
          g.step("QueueClose" + v, List.of(q));
          g.output(g.step("QueueDequeueMany" + v, List.of(q, g.constant(10)), TYPES, types(I64)));
        });
  }

  private void padding(String v) {
    add(
        "PaddingFIFOQueue" + v,
        "rows_of_many_lengths",
        g -> {
          String q =
              g.node(
                  "PaddingFIFOQueue" + v,
                  List.of(),
                  TYPES,
                  types(F32, I64),
                  SHAPES,
                  shapes(Shape.of(-1, -1), Shape.of(-1)));
          float[][][] matrices = {{{1, 2}, {3, 4}}, {{5}}, {{6, 7, 8}}};
          long[][] vectors = {{1}, {}, {2, 3, 4}};
          for (int i = 0; i < matrices.length; i++) {
            g.step(
                "QueueEnqueue" + v,
                List.of(
                    q,
                    g.input(matrices[i]),
                    i == 1 ? g.constant(TensorValue.ofLongs()) : g.input(vectors[i])),
                "Tcomponents",
                types(F32, I64));
          }
          String d =
              g.step("QueueDequeueMany" + v, List.of(q, g.constant(3)), TYPES, types(F32, I64));
          g.output(d);
          g.output(d + ":1");
        });
  }

  private void priorities(String v) {
    add(
        "PriorityQueue" + v,
        "least_first",
        g -> {
          String q =
              g.node(
                  "PriorityQueue" + v, List.of(), TYPES, types(F32), SHAPES, shapes(Shape.of(1)));
          g.step(
              "QueueEnqueueMany" + v,
              List.of(
                  q,
                  g.input(new long[] {5, -3, 9, 0}),
                  g.input(new float[][] {{50}, {-30}, {90}, {0}})),
              "Tcomponents",
              types(I64, F32));
          String one = g.step("QueueDequeue" + v, List.of(q), TYPES, types(I64, F32));
          g.output(one);
          g.output(one + ":1");
          String d =
              g.step("QueueDequeueMany" + v, List.of(q, g.constant(3)), TYPES, types(I64, F32));
          g.output(d);
          g.output(d + ":1");
        });
  }

  /** Dequeues more than the queue holds, while what fills it runs in the same run. */
  private void together() {
    add(
        "QueueEnqueueManyV2",
        "while_the_same_run_dequeues",
        g -> {
          String q =
              g.node(
                  "FIFOQueueV2",
                  List.of(),
                  TYPES,
                  types(F32),
                  SHAPES,
                  shapes(Shape.scalar()),
                  "capacity",
                  2);
          String d = g.node("QueueDequeueManyV2", List.of(q, g.constant(5)), TYPES, types(F32));
          g.output(g.node("Mul", List.of(d, g.input(10f))));
          g.step(
              "QueueEnqueueManyV2",
              List.of(q, g.node("Neg", List.of(g.input(new float[] {1, 2, 3, 4, 5, 6})))),
              "Tcomponents",
              types(F32));
          g.outputsAfterAll();
        });
  }

  /** Elements of different shapes, one by one. */
  private void unordered() {
    add(
        "QueueDequeueV2",
        "without_shapes",
        g -> {
          String q = g.node("FIFOQueueV2", List.of(), TYPES, types(F32));
          g.step(
              "QueueEnqueueV2",
              List.of(q, g.input(new float[] {1, 2, 3})),
              "Tcomponents",
              types(F32));
          g.step(
              "QueueEnqueueV2",
              List.of(q, g.input(new float[][] {{4}, {5}})),
              "Tcomponents",
              types(F32));
          g.output(g.step("QueueDequeueV2", List.of(q), TYPES, types(F32)));
          g.output(g.step("QueueDequeueV2", List.of(q), TYPES, types(F32)));
        });
  }

  private void fake() {
    add(
        "FakeQueue",
        "size",
        g -> {
          String q = g.node("FIFOQueueV2", List.of(), TYPES, types(F32), "shared_name", "shared");
          g.step("QueueEnqueueV2", List.of(q, g.input(3f)), "Tcomponents", types(F32));
          g.output(g.step("QueueSize", List.of(g.node("FakeQueue", List.of(q)))));
        });
  }
}
