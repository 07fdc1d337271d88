package dev.millrace.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.autodiff.Gradients.Unconnected;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.Variable;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients through branches and loops against central differences in float64: first derivatives,
 * and second ones as derivatives of the first.
 */
class ControlFlowGradientTest {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-6;

  /** Builds a scalar from a [3, 2] matrix x and a [2, 2] matrix w. */
  @FunctionalInterface
  interface Build {
    Tensor build(Ops tf, Tensor x, Tensor w);
  }

  private static Tensor sum(Tensor t) {
    return t.square().reduceSum();
  }

  /** Six steps of a small recurrent net over the rows of {@code xs}, outputs and last state. */
  private static List<Tensor> recurrent(Ops tf, Tensor xs, Tensor w, boolean stop) {
    Tensor n = tf.shapeTensor(xs).get(0);
    TensorArray in = tf.tensorArray(DataType.FLOAT64, n).unstack(xs);
    TensorArray out = tf.tensorArray(DataType.FLOAT64, n);
    Tensor state = tf.zeros(DataType.FLOAT64, 2);
    List<Object> start = List.of(tf.constant(0), state, out);
    List<Object> last =
        tf.whileLoop(
            (List<Object> v) -> ((Tensor) v.get(0)).less(n),
            v -> {
              Tensor i = (Tensor) v.get(0);
              Tensor h = (Tensor) v.get(1);
              Tensor a = in.read(i).add(tf.reduceSum(h.expandDims(1).mul(w), 0)).tanh();
              Tensor next = stop ? tf.stopGradient(a) : a;
              return List.of(i.add(1), next, ((TensorArray) v.get(2)).write(i, a));
            },
            start);
    return List.of(((TensorArray) last.get(2)).stack(), (Tensor) last.get(1));
  }

  private static final Map<String, Build> CASES = new LinkedHashMap<>();

  static {
    CASES.put("cond, true", (tf, x, w) -> choice(tf, x, w, true));
    CASES.put("cond, false", (tf, x, w) -> choice(tf, x, w, false));
    CASES.put(
        "cond, a branch that ignores x",
        (tf, x, w) ->
            tf.cond(tf.reduceSum(x).greater(0), () -> sum(w), () -> sum(x.matmul(w).sigmoid())));
    CASES.put(
        "cond in cond",
        (tf, x, w) ->
            tf.cond(
                tf.constant(true),
                () ->
                    tf.cond(tf.reduceSum(w).greater(100), () -> x.exp(), () -> x.mul(x).matmul(w))
                        .sin()
                        .reduceSum(),
                () -> sum(x)));
    CASES.put(
        "switchCase",
        (tf, x, w) ->
            sum(
                tf.switchCase(
                    tf.constant(1),
                    List.of(() -> x.exp(), () -> x.matmul(w).tanh(), () -> x.neg()))));
    CASES.put(
        "while, a captured matrix",
        (tf, x, w) ->
            sum(
                tf.whileLoop(
                        v -> v.get(0).less(4),
                        v -> List.of(v.get(0).add(1), v.get(1).matmul(w).tanh()),
                        List.of(tf.constant(0), x))
                    .get(1)));
    CASES.put(
        "while, as long as a value is small",
        (tf, x, w) ->
            sum(
                tf.whileLoop(
                        v -> tf.reduceSum(v.get(0)).less(9),
                        v -> List.of(v.get(0).mul(1.3).add(tf.reduceMax(w.square()))),
                        List.of(x))
                    .get(0)));
    CASES.put(
        "while, no step",
        (tf, x, w) ->
            sum(
                tf.whileLoop(
                        v -> v.get(0).less(0),
                        v -> List.of(v.get(0).add(1), v.get(1).matmul(w)),
                        List.of(tf.constant(0), x))
                    .get(1)));
    CASES.put(
        "while, variables that change places",
        (tf, x, w) ->
            sum(
                tf.whileLoop(
                        v -> v.get(0).less(3),
                        v -> List.of(v.get(0).add(1), v.get(2), v.get(1).mul(v.get(2)).sin()),
                        List.of(tf.constant(0), x, x.matmul(w)))
                    .get(1)));
    CASES.put(
        "while, the counter used",
        (tf, x, w) ->
            sum(
                tf.whileLoop(
                        v -> v.get(0).less(5),
                        v ->
                            List.of(
                                v.get(0).add(1),
                                v.get(1)
                                    .mul(v.get(0).cast(DataType.FLOAT64).mul(0.3).cos())
                                    .add(x)),
                        List.of(tf.constant(0), x))
                    .get(1)));
    CASES.put(
        "while, a limit of steps",
        (tf, x, w) ->
            sum(
                tf.whileLoop(
                        v -> tf.constant(true),
                        v -> List.of(v.get(0).matmul(w).sin()),
                        List.of(x),
                        new LoopOptions().maximumIterations(3))
                    .get(0)));
    CASES.put(
        "while in while",
        (tf, x, w) ->
            sum(
                tf.whileLoop(
                        v -> v.get(0).less(3),
                        v ->
                            List.of(
                                v.get(0).add(1),
                                tf.whileLoop(
                                        u -> u.get(0).less(v.get(0).add(1)),
                                        u ->
                                            List.of(
                                                u.get(0).add(1),
                                                u.get(1).matmul(w).tanh().add(v.get(1))),
                                        List.of(tf.constant(0), v.get(1)))
                                    .get(1)),
                        List.of(tf.constant(0), x))
                    .get(1)));
    CASES.put(
        "cond in while",
        (tf, x, w) ->
            sum(
                tf.whileLoop(
                        v -> v.get(0).less(4),
                        v ->
                            List.of(
                                v.get(0).add(1),
                                tf.cond(
                                    v.get(0).mod(2).equal(0),
                                    () -> v.get(1).matmul(w).tanh(),
                                    () -> v.get(1).mul(v.get(1)))),
                        List.of(tf.constant(0), x))
                    .get(1)));
    CASES.put(
        "while in cond",
        (tf, x, w) ->
            sum(
                tf.cond(
                    tf.constant(true),
                    () ->
                        tf.whileLoop(
                                v -> v.get(0).less(3),
                                v -> List.of(v.get(0).add(1), v.get(1).matmul(w).tanh()),
                                List.of(tf.constant(0), x))
                            .get(1),
                    () -> x)));
    CASES.put("recurrent, all outputs", (tf, x, w) -> sum(recurrent(tf, x, w, false).get(0)));
    CASES.put("recurrent, last state", (tf, x, w) -> sum(recurrent(tf, x, w, false).get(1)));
    CASES.put("mapFn", (tf, x, w) -> sum(tf.mapFn((Tensor r) -> r.mul(r).sub(w), x)));
    CASES.put(
        "scan",
        (tf, x, w) ->
            sum(
                tf.scan(
                    (Tensor a, Tensor r) -> a.mul(r).add(tf.reduceSum(w, 0)).sin(),
                    x,
                    tf.ones(DataType.FLOAT64, 2))));
    CASES.put(
        "foldl",
        (tf, x, w) -> sum(tf.foldl((Tensor a, Tensor r) -> a.mul(r).sin(), x, w.gather(0))));
    CASES.put(
        "a variable read in the loop",
        (tf, x, w) -> {
          Variable v =
              tf.variable(
                  "v", tf.constant(new double[][] {{0.3, -0.2}, {0.5, 0.1}}, DataType.FLOAT64));
          return sum(
              tf.whileLoop(
                      u -> u.get(0).less(3),
                      u -> List.of(u.get(0).add(1), u.get(1).matmul(v.readValue()).add(x).tanh()),
                      List.of(tf.constant(0), x))
                  .get(1));
        });
  }

  private static Tensor choice(Ops tf, Tensor x, Tensor w, boolean which) {
    return sum(
        tf.cond(
            tf.constant(which),
            () -> x.matmul(w).tanh(),
            () -> x.exp().mul(tf.reduceSum(w.square()))));
  }

  static Stream<Arguments> cases() {
    return CASES.keySet().stream()
        .flatMap(
            name ->
                Stream.of(true, false)
                    .flatMap(
                        known ->
                            Stream.of("plan", "reference")
                                .map(mode -> Arguments.of(name, known, mode))));
  }

  @ParameterizedTest(name = "{0}, shapes known: {1}, {2}")
  @MethodSource("cases")
  void gradientsEqualCentralDifferences(String name, boolean known, String mode) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor x = tf.placeholder(DataType.FLOAT64, known ? Shape.of(3, 2) : Shape.of(-1, 2));
    Tensor w = tf.placeholder(DataType.FLOAT64, known ? Shape.of(2, 2) : Shape.of(-1, 2));
    List<Tensor> xs = List.of(x, w);
    Tensor y = CASES.get(name).build(tf, x, w);
    List<Tensor> first = dense(List.of(y), xs);
    Tensor z =
        first
            .get(0)
            .mul(tf.cos(first.get(0)).add(1.5))
            .reduceSum()
            .add(first.get(1).square().reduceSum());
    List<Tensor> second = dense(List.of(z), xs);
    SessionOptions options =
        mode.equals("plan") ? SessionOptions.builder().build() : SessionOptions.reference();
    try (Session session = new Session(graph, options)) {
      session.run(tf.globalVariablesInitializer());
      compare(session, name + ", first", y, xs, first);
      compare(session, name + ", second", z, xs, second);
    }
  }

  private static List<Tensor> dense(List<Tensor> ys, List<Tensor> xs) {
    return Gradients.builder(ys, xs).unconnected(Unconnected.ZERO).build().stream()
        .map(Gradient::dense)
        .toList();
  }

  private static final double[][] AT = {
    {0.5, -0.3, 0.8, 0.2, -0.6, 0.4},
    {0.7, -0.4, 0.3, 0.9}
  };

  private static double[][] at(int input, int element, double by) {
    double[][] r = {AT[0].clone(), AT[1].clone()};
    if (input >= 0) {
      r[input][element] += by;
    }
    return r;
  }

  private static Runner feed(Session s, List<Tensor> xs, double[][] at) {
    return s.feed(xs.get(0), TensorValue.of(at[0]).reshape(Shape.of(3, 2)))
        .feed(xs.get(1), TensorValue.of(at[1]).reshape(Shape.of(2, 2)));
  }

  private static void compare(Session s, String what, Tensor y, List<Tensor> xs, List<Tensor> g) {
    List<double[]> got = new ArrayList<>();
    for (Tensor t : g) {
      got.add(feed(s, xs, at(-1, 0, 0)).fetchValue(t).toDoubles());
    }
    for (int i = 0; i < 2; i++) {
      assertThat(got.get(i)).hasSameSizeAs(AT[i]);
      for (int j = 0; j < AT[i].length; j++) {
        double up = feed(s, xs, at(i, j, STEP)).fetchValue(y).toDoubles()[0];
        double down = feed(s, xs, at(i, j, -STEP)).fetchValue(y).toDoubles()[0];
        double want = (up - down) / (2 * STEP);
        assertThat(Math.abs(got.get(i)[j] - want))
            .as("%s by element %d of input %d: %s, wanted %s", what, j, i, got.get(i)[j], want)
            .isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.abs(want)));
      }
    }
  }

  @Test
  void aLoopKeepsOnlyWhatTheGradientNeeds() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor x = tf.placeholder(DataType.FLOAT64, 3, 2);
    Tensor y =
        tf.whileLoop(
                v -> v.get(0).less(4),
                v -> List.of(v.get(0).add(1), v.get(1).add(x).mul(2)),
                List.of(tf.constant(0), x))
            .get(1);
    int before = y.op().numOutputs();
    Gradients.gradient(y, x);
    assertThat(y.op().numOutputs()).isEqualTo(before);
  }

  @Test
  void stopGradientCutsTheStepsApart() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor x = tf.placeholder(DataType.FLOAT64, 3, 2);
    Tensor w = tf.placeholder(DataType.FLOAT64, 2, 2);
    List<Tensor> xs = List.of(x, w);
    List<Tensor> outputs = new ArrayList<>();
    Tensor h = tf.zeros(DataType.FLOAT64, 2);
    for (int i = 0; i < 3; i++) {
      Tensor a = x.gather(i).add(tf.reduceSum(h.expandDims(1).mul(w), 0)).tanh();
      outputs.add(a);
      h = tf.stopGradient(a);
    }
    List<Tensor> want = dense(List.of(sum(tf.stack(outputs))), xs);
    List<Tensor> got = dense(List.of(sum(recurrent(tf, x, w, true).get(0))), xs);
    try (Session session = new Session(graph)) {
      for (int i = 0; i < 2; i++) {
        double[] g = feed(session, xs, AT).fetchValue(got.get(i)).toDoubles();
        double[] u = feed(session, xs, AT).fetchValue(want.get(i)).toDoubles();
        assertThat(g).usingComparatorWithPrecision(1e-12).containsExactly(u);
      }
    }
  }
}
