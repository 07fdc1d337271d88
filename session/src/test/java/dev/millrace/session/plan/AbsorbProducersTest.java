package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Optimizers' steps that make their gradients themselves, against the reference kernels. */
class AbsorbProducersTest {
  private static TensorValue random(DataType t, int rows, int columns, Random r) {
    double[] x = r.doubles((long) rows * columns, -1, 1).toArray();
    return TensorValue.of(x, t).reshape(Shape.of(rows, columns));
  }

  private static double largestDifference(double[] x, double[] y) {
    assertThat(x).hasSameSizeAs(y);
    return IntStream.range(0, x.length).mapToDouble(i -> Math.abs(x[i] - y[i])).max().orElse(0);
  }

  private static Operation descend(Ops tf, Variable v, Tensor gradient) {
    OpBuilder b = tf.op("ResourceApplyGradientDescent", null);
    return b.input(v.handle()).input(tf.constant(0.1, v.dtype())).input(gradient).build();
  }

  private static List<double[]> twoSteps(
      SessionOptions options, DataType t, boolean ta, boolean tb, int m, int n, int k) {
    Graph g = new Graph();
    Ops tf = Ops.of(g);
    Random r = new Random(7);
    Tensor a = tf.placeholder(t, ta ? k : m, ta ? m : k);
    Tensor b = tf.placeholder(t, tb ? n : k, tb ? k : n);
    Variable v = tf.variable("v", random(t, m, n, r));
    Operation step = descend(tf, v, a.tanh().matmul(b, ta, tb));
    List<double[]> values = new ArrayList<>();
    try (Session s = new Session(g, options)) {
      s.run(tf.globalVariablesInitializer());
      for (int i = 0; i < 2; i++) {
        s.feed(a, random(t, ta ? k : m, ta ? m : k, r))
            .feed(b, random(t, tb ? n : k, tb ? k : n, r))
            .run(step);
        values.add(s.fetchValue(v).toDoubles());
      }
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, true, 70, 40",
    "FLOAT32, false, 3, 1",
    "FLOAT64, true, 5, 500",
    "FLOAT64, false, 40, 70",
  })
  void gradientsAreScaledInTheStep(DataType t, boolean scalarFirst, int m, int n) {
    Random r = new Random(9);
    Graph g = new Graph();
    Ops tf = Ops.of(g);
    Tensor x = tf.placeholder(t, m, n);
    Tensor scale = tf.placeholder(t);
    Variable v = tf.variable("v", random(t, m, n, r));
    Variable m1 = tf.variable("m1", tf.zeros(t, m, n));
    Tensor gradient = tf.cumsum(x, 0);
    Tensor clipped = scalarFirst ? tf.mul(scale, gradient) : tf.mul(gradient, scale);
    Operation step =
        tf.op("ResourceApplyMomentum", null)
            .input(v.handle())
            .input(m1.handle())
            .input(tf.constant(0.1, t))
            .input(clipped)
            .input(tf.constant(0.9, t))
            .build();
    Operation decay = descend(tf, v, tf.mul(v, scale)); // of the variable itself
    TensorValue fed = random(t, m, n, r);
    TensorValue half = TensorValue.of(new double[] {0.5}, t).reshape(Shape.scalar());
    List<double[]> got = new ArrayList<>();
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(g, o)) {
        s.run(tf.globalVariablesInitializer());
        for (int i = 0; i < 3; i++) {
          s.feed(x, fed).feed(scale, half).run(step);
          s.feed(scale, half).run(decay);
        }
        got.add(s.fetchValue(v).toDoubles());
        if (o.mode() == SessionOptions.Mode.PLAN) {
          String plan = s.feed(x, fed).feed(scale, half).target(step).explain();
          assertThat(plan).contains("(Mul)").doesNotContain("= Mul ");
        }
      }
    }
    assertThat(largestDifference(got.get(0), got.get(1))).isLessThan(1e-5);
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, true, false, 784, 300, 50",
    "FLOAT32, false, true, 200, 260, 3",
    "FLOAT32, true, true, 1500, 257, 7",
    "FLOAT64, true, false, 300, 301, 20",
    "FLOAT64, false, false, 131, 128, 1",
  })
  void stepsAreTheReferenceKernels(DataType t, boolean ta, boolean tb, int m, int n, int k) {
    List<double[]> expected = twoSteps(SessionOptions.reference(), t, ta, tb, m, n, k);
    for (int threads : new int[] {1, 2, 3}) {
      SessionOptions options = SessionOptions.builder().threads(threads).build();
      List<double[]> actual = twoSteps(options, t, ta, tb, m, n, k);
      for (int i = 0; i < 2; i++) {
        assertThat(largestDifference(actual.get(i), expected.get(i))).isLessThan(1e-5);
      }
    }
  }

  /** Two layers, with constants of the plan beside what lies in the arena. */
  private static List<double[]> trained(SessionOptions options) {
    Graph g = new Graph();
    Ops tf = Ops.of(g);
    Random r = new Random(3);
    Tensor x = tf.placeholder(DataType.FLOAT32, -1, 200);
    Variable v = tf.variable("v", random(DataType.FLOAT32, 200, 150, r));
    Variable w = tf.variable("w", random(DataType.FLOAT32, 150, 140, r));
    Tensor h = x.matmul(v).relu();
    Tensor dy = h.matmul(w).mul(tf.ones(DataType.FLOAT32, 20, 140).mul(0.01f));
    Tensor dh = dy.matmul(w, false, true).mul(h);
    Operation first = descend(tf, w, h.matmul(dy, true, false));
    Operation second = descend(tf, v, x.matmul(dh, true, false));
    try (Session s = new Session(g, options)) {
      s.run(tf.globalVariablesInitializer());
      s.feed(x, random(DataType.FLOAT32, 20, 200, r)).target(first).target(second).run();
      return List.of(s.fetchValue(v).toDoubles(), s.fetchValue(w).toDoubles());
    }
  }

  @Test
  void whatTheProductsReadStaysAsItIs() {
    List<double[]> expected = trained(SessionOptions.reference());
    List<double[]> actual = trained(SessionOptions.builder().build());
    for (int i = 0; i < 2; i++) {
      assertThat(largestDifference(actual.get(i), expected.get(i))).isLessThan(1e-3);
    }
  }

  @Test
  void onlyLargeProductsThatNothingElseUsesAreAbsorbed() {
    Graph g = new Graph();
    Ops tf = Ops.of(g);
    Tensor x = tf.placeholder(DataType.FLOAT32, 20, 200);
    Tensor y = tf.placeholder(DataType.FLOAT32, 20, 150);
    Tensor z = tf.placeholder(DataType.FLOAT32, 20, 3);
    Tensor shared = x.matmul(y, true, false);
    Tensor own = x.tanh().matmul(y, true, false);
    Tensor small = x.matmul(z, true, false);
    Random r = new Random(1);
    Operation[] steps = new Operation[3];
    int k = 0;
    for (Tensor gradient : List.of(shared, own, small)) {
      int columns = (int) gradient.shape().dim(1);
      Variable v = tf.variable("v" + k, random(DataType.FLOAT32, 200, columns, r));
      steps[k++] = descend(tf, v, gradient);
    }
    try (Session s = new Session(g)) {
      s.run(tf.globalVariablesInitializer());
      String plan =
          s.feed(x, random(DataType.FLOAT32, 20, 200, r))
              .feed(y, random(DataType.FLOAT32, 20, 150, r))
              .feed(z, random(DataType.FLOAT32, 20, 3, r))
              .target(steps[0])
              .target(steps[1])
              .target(steps[2])
              .explain(shared);
      assertThat(plan.lines().filter(l -> l.contains("+ " + own.op().name() + " "))).hasSize(1);
      assertThat(plan.lines().filter(l -> l.contains("    + "))).hasSize(2);
    }
  }
}
