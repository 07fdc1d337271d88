package dev.millrace.cli.interop;

import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Graphs of branches and loops, in the form that {@link TensorFlowJudge} runs, and their results.
 */
final class ControlFlowGraphs {
  /**
   * A graph.
   *
   * @param want the data of {@code out/0}, {@code out/1}, …
   */
  record Case(Ops tf, List<Object> want) {}

  /** The variables of the loops. */
  record State(Tensor i, Tensor x) {}

  record Arrays(Tensor i, TensorArray squares, TensorArray rows) {}

  private final Map<String, Case> cases = new LinkedHashMap<>();

  static Map<String, Case> all() {
    ControlFlowGraphs g = new ControlFlowGraphs();
    g.branches();
    g.loops();
    g.arrays();
    g.maps();
    g.state();
    g.gradientsInside();
    return g.cases;
  }

  private void add(String name, Function<Ops, List<Tensor>> make, Object... want) {
    Ops tf = Ops.of(new Graph());
    List<Tensor> out = make.apply(tf);
    for (int i = 0; i < out.size(); i++) {
      out.get(i).as("out/" + i);
    }
    cases.put(name, new Case(tf, List.of(want)));
  }

  private static float[] floats(float... x) {
    return x;
  }

  private static int[] ints(int... x) {
    return x;
  }

  private void branches() {
    for (boolean p : new boolean[] {true, false}) {
      add(
          "cond_" + p,
          tf -> {
            Tensor x = tf.constant(floats(1, 2, 3));
            Tensor y = tf.constant(floats(10, 20, 30));
            return List.of(tf.cond(tf.constant(p), () -> x.add(y), () -> x.sub(1)));
          },
          p ? floats(11, 22, 33) : floats(0, 1, 2));
      add(
          "cond_structures_" + p,
          tf -> {
            Tensor x = tf.constant(floats(1, 2, 3));
            State s =
                tf.cond(
                    tf.constant(p),
                    () -> new State(tf.constant(7), x),
                    () -> new State(tf.constant(8), x.slice(new int[] {1}, new int[] {2})));
            Map<String, Tensor> m =
                tf.cond(
                    tf.constant(p),
                    () -> new TreeMap<>(Map.of("a", x.neg(), "b", x)),
                    () -> new TreeMap<>(Map.of("a", x, "b", x.neg())));
            return List.of(s.i(), s.x(), m.get("a"));
          },
          ints(p ? 7 : 8),
          p ? floats(1, 2, 3) : floats(2, 3),
          p ? floats(-1, -2, -3) : floats(1, 2, 3));
    }
    for (int i = -1; i < 4; i++) {
      int n = i;
      add(
          "switch_case_" + (i + 1),
          tf -> {
            Tensor x = tf.constant(floats(1, 2));
            Tensor index = tf.constant(n);
            Tensor a = tf.switchCase(index, List.of(() -> x, () -> x.mul(10), () -> x.mul(100)));
            Tensor b = tf.switchCase(index, List.of(() -> x, () -> x.mul(10)), () -> x.neg());
            return List.of(a, b);
          },
          n == 0 ? floats(1, 2) : n == 1 ? floats(10, 20) : floats(100, 200),
          n == 0 ? floats(1, 2) : n == 1 ? floats(10, 20) : floats(-1, -2));
      add(
          "case_" + (i + 1),
          tf -> {
            Tensor x = tf.constant(n);
            return List.of(
                tf.caseOf(
                    List.of(
                        tf.when(x.less(0), () -> tf.constant(5)),
                        tf.when(x.equal(1), () -> x.mul(100)),
                        tf.when(x.greater(2), () -> x.mul(1000))),
                    () -> x,
                    true));
          },
          ints(n < 0 ? 5 : n == 1 ? 100 : n > 2 ? n * 1000 : n));
    }
    add(
        "cond_nested",
        tf -> {
          Tensor x = tf.constant(floats(1, 2, 3));
          Tensor inner =
              tf.cond(
                  tf.constant(true),
                  () ->
                      tf.cond(x.reduceSum().greater(5), () -> x.mul(2).add(x.reduceMax()), () -> x),
                  () -> x.neg());
          return List.of(inner);
        },
        floats(5, 7, 9));
  }

  private void loops() {
    add(
        "while_one",
        tf -> List.of(tf.whileLoop(i -> i.less(10), i -> i.add(3), tf.constant(0))),
        ints(12));
    add(
        "while_none",
        tf -> List.of(tf.whileLoop(i -> i.less(0), i -> i.add(3), tf.constant(4))),
        ints(4));
    add(
        "while_two",
        tf -> tf.whileLoop((i, s) -> i.less(5), (i, s) -> List.of(i.add(1), s.add(i)), 0, 0),
        ints(5),
        ints(10));
    add(
        "while_captures",
        tf -> {
          Tensor w = tf.constant(new float[][] {{0, 1}, {1, 1}});
          Tensor limit = tf.constant(100f);
          State s =
              tf.whileLoop(
                  v -> v.x().reduceSum().less(limit),
                  v -> new State(v.i().add(1), w.matmul(v.x())),
                  new State(tf.constant(0), tf.constant(new float[][] {{1}, {1}})));
          return List.of(s.i(), s.x());
        },
        ints(9),
        floats(55, 89));
    add(
        "while_limited",
        tf -> {
          LoopOptions o = new LoopOptions().maximumIterations(4).parallelIterations(1);
          return List.of(
              tf.whileLoop(i -> true, i -> i.mul(2), tf.constant(1), o),
              tf.whileLoop(i -> i.less(5), i -> i.mul(2), tf.constant(1), o.backProp(false)));
        },
        ints(16),
        ints(8));
    add(
        "while_grows",
        tf -> {
          State s =
              tf.whileLoop(
                  v -> v.i().less(3),
                  v -> new State(v.i().add(1), tf.concat(0, v.x(), v.x().add(1))),
                  new State(tf.constant(0), tf.constant(floats(1))),
                  new LoopOptions().shapeInvariants(List.of(Shape.scalar(), Shape.vector(-1))));
          return List.of(s.x());
        },
        floats(1, 2, 2, 3, 2, 3, 3, 4));
    add(
        "while_nested",
        tf ->
            tf.whileLoop(
                (i, sum) -> i.less(4),
                (i, sum) ->
                    List.of(
                        i.add(1),
                        tf.whileLoop(
                                (j, s) -> j.less(i),
                                (j, s) ->
                                    List.of(
                                        j.add(1),
                                        tf.cond(j.equal(1), () -> s.add(100), () -> s.add(j))),
                                0,
                                sum)
                            .get(1)),
                0,
                0),
        ints(4),
        ints(0 + 0 + 100 + 100 + 2));
  }

  private void arrays() {
    add(
        "array_in_loop",
        tf -> {
          Arrays a =
              tf.whileLoop(
                  s -> s.i().less(4),
                  s ->
                      new Arrays(
                          s.i().add(1),
                          s.squares().write(s.i(), s.i().mul(s.i())),
                          s.rows().write(s.i(), tf.fill(List.of(2), s.rows().size()))),
                  new Arrays(
                      tf.constant(0),
                      tf.tensorArray(DataType.INT32, 4),
                      tf.newTensorArray(DataType.INT32).dynamicSize(true).build()));
          return List.of(
              a.squares().stack(),
              a.squares().gather(new int[] {3, 1}),
              a.squares().read(2),
              a.rows().stack(),
              a.rows().concat(),
              a.rows().size());
        },
        ints(0, 1, 4, 9),
        ints(9, 1),
        ints(4),
        ints(0, 0, 1, 1, 2, 2, 3, 3),
        ints(0, 0, 1, 1, 2, 2, 3, 3),
        ints(4));
    add(
        "array_parts",
        tf -> {
          Tensor x = tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}});
          TensorArray a = tf.tensorArray(DataType.FLOAT32, 3).unstack(x);
          TensorArray b =
              tf.newTensorArray(DataType.FLOAT32)
                  .size(3)
                  .inferShape(false)
                  .build()
                  .split(x, new int[] {1, 0, 2});
          TensorArray c =
              tf.newTensorArray(DataType.FLOAT32)
                  .size(4)
                  .elementShape(Shape.of(2))
                  .build()
                  .scatter(new int[] {3, 0, 1}, x);
          return List.of(a.read(1), b.read(2), b.concat(), c.stack(), c.identity().size());
        },
        floats(3, 4),
        floats(3, 4, 5, 6),
        floats(1, 2, 3, 4, 5, 6),
        floats(3, 4, 5, 6, 0, 0, 1, 2),
        ints(4));
    add(
        "array_in_cond",
        tf -> {
          TensorArray a = tf.tensorArray(DataType.FLOAT32, 2).write(0, floats(1, 2));
          TensorArray b =
              tf.cond(
                  tf.constant(true),
                  () -> a.write(1, floats(3, 4)),
                  () -> a.write(1, floats(5, 6)));
          return List.of(b.stack());
        },
        floats(1, 2, 3, 4));
  }

  private void maps() {
    add(
        "map",
        tf -> {
          Tensor x = tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}});
          Tensor squares = tf.mapFn(r -> r.mul(r), x);
          Map<String, Tensor> both =
              tf.mapFn(
                  s -> Map.of("sum", s.x().reduceSum(), "next", s.i().add(1)),
                  new State(tf.constant(ints(7, 8, 9)), x));
          return List.of(squares, both.get("sum"), both.get("next"));
        },
        floats(1, 4, 9, 16, 25, 36),
        floats(3, 7, 11),
        ints(8, 9, 10));
    add(
        "map_nothing",
        tf ->
            List.of(
                tf.<Tensor, Tensor>mapFn(
                    r -> r.mul(2),
                    tf.placeholderWithDefault(tf.zeros(DataType.FLOAT32, 0, 2), Shape.of(-1, 2)))),
        floats());
    add(
        "scan",
        tf -> {
          Tensor x = tf.constant(ints(1, 2, 3, 4));
          return List.of(
              tf.scan((a, e) -> a.add(e), x),
              tf.scan((a, e) -> a.mul(2).add(e), x, tf.constant(1)),
              tf.scan((a, e) -> a.sub(e), x, tf.constant(0), true, new LoopOptions()),
              tf.scan((a, e) -> a.sub(e), x, null, true, new LoopOptions()));
        },
        ints(1, 3, 6, 10),
        ints(3, 8, 19, 42),
        ints(-10, -9, -7, -4),
        ints(-2, -1, 1, 4));
    add(
        "fold",
        tf -> {
          Tensor x = tf.constant(ints(1, 2, 3, 4));
          State pair =
              tf.foldl(
                  (a, e) -> new State(a.i().add(e), a.x().mul(tf.cast(e, DataType.FLOAT32))),
                  x,
                  new State(tf.constant(0), tf.constant(1f)));
          return List.of(
              tf.foldl((a, e) -> a.sub(e), x),
              tf.foldr((a, e) -> a.sub(e), x),
              tf.foldr((a, e) -> a.mul(10).add(e), x, tf.constant(0)),
              pair.i(),
              pair.x());
        },
        ints(-8),
        ints(-2),
        ints(4321),
        ints(10),
        floats(24));
  }

  private void state() {
    add(
        "variables",
        tf -> {
          Variable count = tf.newVariable("count").initialValue(0).trainable(false).build();
          Tensor x = tf.constant(floats(1, 2));
          Operation step =
              tf.cond(
                  count.readValue().less(2), () -> count.assignAdd(1).operation(), () -> tf.noOp());
          Variable[] w = new Variable[1];
          Tensor last =
              tf.whileLoop(
                  h -> h.reduceSum().less(50),
                  h -> {
                    w[0] =
                        tf.getVariable(
                            "w", Initializers.constant(2f), DataType.FLOAT32, Shape.of(2));
                    return h.mul(w[0]);
                  },
                  x);
          Variable copy = tf.variable("copy", w[0].initializedValue().mul(3));
          tf.group("init", tf.globalVariablesInitializer());
          tf.group("step", step);
          tf.constant("step_count", 5);
          return List.of(count.readValue(), last, copy.readValue());
        },
        ints(2),
        floats(32, 64),
        floats(6, 6));
  }

  /** Gradients that a branch or body computes itself. */
  private void gradientsInside() {
    add(
        "gradient_in_loop",
        tf ->
            List.of(
                tf.whileLoop(
                    x -> x.sub(3f).abs().greater(0.01f),
                    x -> x.sub(Gradients.gradient(x.sub(3f).square(), x).mul(0.25f)),
                    tf.constant(2f))),
        floats(2.9921875f));
    add(
        "gradient_in_branch",
        tf -> {
          Variable w = tf.variable("w", floats(1, 2));
          Tensor x = tf.constant(floats(3, 4));
          Tensor p = tf.constant(true);
          tf.group("init", tf.globalVariablesInitializer());
          return List.of(
              tf.cond(p, () -> Gradients.gradient(w.mul(w).mul(x), w), () -> x),
              tf.cond(p, () -> Gradients.gradient(w.mul(w).mul(x), x), () -> x));
        },
        floats(6, 16),
        floats(1, 4));
  }
}
