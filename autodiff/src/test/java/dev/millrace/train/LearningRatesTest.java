package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class LearningRatesTest {
  private static final long[] STEPS = {0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 19, 20, 21, 35, 100};

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor step = tf.placeholder("step", DataType.INT64);

  private void assertRates(Tensor rate, DoubleUnaryOperator want) {
    assertThat(rate.shape().rank()).isZero();
    double tolerance = rate.dtype() == DataType.FLOAT64 ? 1e-12 : 1e-6;
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      for (long at : STEPS) {
        assertThat(s.feed(step, at).fetchValue(rate).getDouble(0))
            .as("at step %d", at)
            .isCloseTo(want.applyAsDouble((double) at), within(tolerance));
      }
    }
  }

  @Test
  void exponential() {
    assertRates(
        LearningRates.exponentialDecay(0.5, step, 10, 0.25), t -> 0.5 * Math.pow(0.25, t / 10));
    assertRates(
        LearningRates.exponentialDecay(0.5, step, 10, 0.25, true),
        t -> 0.5 * Math.pow(0.25, Math.floor(t / 10)));
  }

  @Test
  void naturalExponential() {
    assertRates(
        LearningRates.naturalExpDecay(0.5, step, 10, 0.25), t -> 0.5 * Math.exp(-0.25 * t / 10));
    assertRates(
        LearningRates.naturalExpDecay(0.5, step, 10, 0.25, true),
        t -> 0.5 * Math.exp(-0.25 * Math.floor(t / 10)));
  }

  @Test
  void inverseTime() {
    assertRates(
        LearningRates.inverseTimeDecay(0.5, step, 10, 0.25), t -> 0.5 / (1 + 0.25 * t / 10));
    assertRates(
        LearningRates.inverseTimeDecay(0.5, step, 10, 0.25, true),
        t -> 0.5 / (1 + 0.25 * Math.floor(t / 10)));
  }

  @Test
  void piecesIncludeTheirUpperBoundary() {
    assertRates(
        LearningRates.piecewiseConstant(step, new long[] {3, 10}, new double[] {1, 0.5, 0.1}),
        t -> t <= 3 ? 1 : t <= 10 ? 0.5 : (double) 0.1f);
    assertRates(
        LearningRates.piecewiseConstant(
            step.cast(DataType.FLOAT32), List.of(2.5, tf.constant(7f)), List.of(1, 2, 3)),
        t -> t <= 2.5 ? 1 : t <= 7 ? 2 : 3);
  }

  @Test
  void polynomial() {
    assertRates(
        LearningRates.polynomialDecay(0.5, step, 20),
        t -> (0.5 - 1e-4) * (1 - Math.min(t, 20) / 20) + 1e-4);
    assertRates(
        LearningRates.polynomialDecay(0.5, step, 20, 0.1, 2),
        t -> 0.4 * Math.pow(1 - Math.min(t, 20) / 20, 2) + 0.1);
    assertRates(
        LearningRates.polynomialDecay(0.5, step, 10, 0.1, 0.5, true, null),
        t -> 0.4 * Math.sqrt(1 - t / (10 * (t == 0 ? 1 : Math.ceil(t / 10)))) + 0.1);
  }

  private static double wave(double part) {
    return 0.5 * (1 + Math.cos(Math.PI * part));
  }

  @Test
  void cosine() {
    assertRates(LearningRates.cosineDecay(0.5, step, 20), t -> 0.5 * wave(Math.min(t, 20) / 20));
    assertRates(
        LearningRates.cosineDecay(0.5, step, 20, 0.25),
        t -> 0.5 * (0.75 * wave(Math.min(t, 20) / 20) + 0.25));
  }

  @Test
  void cosineThatBeginsAgain() {
    // Periods of 5, 10, 20, … steps; exactly at a border the logarithm may fall to either side.
    DoubleUnaryOperator doubling =
        t -> {
          double length = 5;
          double from = 0;
          double height = 1;
          while (t >= from + length) {
            from += length;
            length *= 2;
            height *= 0.5;
          }
          return 0.5 * (0.9 * height * wave((t - from) / length) + 0.1);
        };
    assertRates(
        LearningRates.cosineDecayRestarts(
            tf.constant(0.5, DataType.FLOAT64),
            step,
            5,
            tf.constant(2, DataType.FLOAT64),
            tf.constant(0.5, DataType.FLOAT64),
            tf.constant(0.1, DataType.FLOAT64),
            null),
        doubling);
    assertRates(
        LearningRates.cosineDecayRestarts(0.5, step, 8, 1.0, 0.5, 0.0, null),
        t -> 0.5 * Math.pow(0.5, Math.floor(t / 8)) * wave(t / 8 - Math.floor(t / 8)));
  }

  @Test
  void linearCosine() {
    assertRates(
        LearningRates.linearCosineDecay(0.5, step, 20),
        t -> {
          double p = Math.min(t, 20) / 20;
          return 0.5 * ((1 - p) * wave(p) + 0.001);
        });
    assertRates(
        LearningRates.linearCosineDecay(0.5, step, 20, 2, 0.1, 0.2, null),
        t -> {
          double p = Math.min(t, 20) / 20;
          return 0.5 * ((0.1 + 1 - p) * wave(4 * p) + 0.2);
        });
  }

  @Test
  void noiseHasTheVarianceThatWasAskedFor() {
    tf.setRandomSeed(4);
    Tensor rate = LearningRates.noisyLinearCosineDecay(1, step, 20, 0.25, 1, 1, 0, 0, null);
    double sum = 0;
    double squares = 0;
    int n = 2000;
    try (Session s = new Session(graph)) {
      for (int i = 0; i < n; i++) {
        double noise = s.feed(step, 0L).fetchValue(rate).getDouble(0) - 1;
        sum += noise;
        squares += noise * noise;
      }
      // The cosine is 0 half the way, and the noise with it.
      assertThat(s.feed(step, 10L).fetchValue(rate).getDouble(0)).isCloseTo(0, within(1e-6));
    }
    assertThat(sum / n).isCloseTo(0, within(0.05));
    assertThat(squares / n).isCloseTo(0.25, within(0.03));
  }

  @Test
  void dtypeIsThatOfTheRateToBeginWith() {
    Tensor initial = tf.constant(0.5, DataType.FLOAT64);
    Tensor rate =
        LearningRates.exponentialDecay(initial, step, 10, tf.constant(0.25, DataType.FLOAT64));
    assertThat(rate.dtype()).isEqualTo(DataType.FLOAT64);
    assertRates(rate, t -> 0.5 * Math.pow(0.25, t / 10));
    assertThat(LearningRates.cosineDecay(initial, step, 10).dtype()).isEqualTo(DataType.FLOAT64);
    assertThat(LearningRates.exponentialDecay(1, step, 10, 1).dtype()).isEqualTo(DataType.FLOAT32);
  }

  @Test
  void namesAreTensorFlows() {
    Variable global = GlobalStep.getOrCreate(tf);
    Tensor rate = LearningRates.exponentialDecay(0.5, global, 10, 0.25, true);
    assertThat(rate.op().name()).isEqualTo("ExponentialDecay");
    assertThat(
            graph.operations().stream()
                .map(Operation::name)
                .filter(n -> n.startsWith("ExponentialDecay")))
        .containsExactlyInAnyOrder(
            "ExponentialDecay/initial_learning_rate",
            "ExponentialDecay/Cast/x",
            "ExponentialDecay/Cast",
            "ExponentialDecay/Cast_1/x",
            "ExponentialDecay/Cast_2/ReadVariableOp",
            "ExponentialDecay/Cast_2",
            "ExponentialDecay/truediv",
            "ExponentialDecay/Floor",
            "ExponentialDecay/Pow",
            "ExponentialDecay");
    assertThat(LearningRates.polynomialDecay(1, global, 10, 0, 1, false, "poly").op().name())
        .isEqualTo("poly");
  }

  @Test
  void anOptimizerFollowsTheSchedule() {
    Variable global = GlobalStep.getOrCreate(tf);
    Variable w = tf.variable("w", new float[] {10});
    Tensor rate =
        LearningRates.piecewiseConstant(global, new long[] {1, 2}, new double[] {1, 0.5, 0.25});
    Operation train = new GradientDescentOptimizer(rate).minimize(w.reduceSum(), global);
    Operation init = tf.globalVariablesInitializer();
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run(init);
      float[] want = {9, 8, 7.5f, 7.25f};
      for (float x : want) {
        s.run(train);
        assertThat(s.fetchValue(w).floats()).containsExactly(x);
      }
    }
  }

  @Test
  void mistakes() {
    assertThatThrownBy(() -> LearningRates.exponentialDecay("fast", step, 1, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the learning rate must be a number or a tensor");
    Tensor whole = tf.constant(1);
    assertThatThrownBy(() -> LearningRates.exponentialDecay(whole, step, 1, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("floating-point");
    assertThatThrownBy(
            () -> LearningRates.piecewiseConstant(step, new long[] {1}, new double[] {1}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("1 boundaries and 1 values");
    assertThatThrownBy(
            () -> LearningRates.piecewiseConstant(step, new long[] {2, 2}, new double[] {1, 2, 3}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must increase");
    assertThatThrownBy(() -> LearningRates.piecewiseConstant(step, List.of(2.5), List.of(1.0, 2.0)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("int64");
  }
}
