package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExponentialMovingAverageTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session initialized() {
    Operation init = tf.globalVariablesInitializer();
    Session s = new Session(graph, SessionOptions.builder().verify(true).build());
    s.run(init);
    return s;
  }

  private static double value(Session s, Variable v) {
    return s.fetchValue(v).getDouble(0);
  }

  @Test
  void followsTheVariable() {
    Variable w = tf.variable("w", new float[] {4});
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.75);
    Operation apply = ema.apply(List.of(w));
    Variable average = ema.average(w);
    assertThat(average.name()).isEqualTo("w/ExponentialMovingAverage");
    assertThat(average.trainable()).isFalse();
    assertThat(apply.name()).isEqualTo("ExponentialMovingAverage");
    assertThat(graph.collection(GraphKeys.MOVING_AVERAGE_VARIABLES)).containsExactly(w);
    assertThat(graph.collection(GraphKeys.GLOBAL_VARIABLES)).containsExactly(w, average);
    Operation change = w.assign(new float[] {8}).operation();
    try (Session s = initialized()) {
      assertThat(value(s, average)).isEqualTo(4);
      s.run(change);
      s.run(apply);
      assertThat(value(s, average)).isEqualTo(5);
      s.run(apply);
      assertThat(value(s, average)).isEqualTo(5.75);
    }
  }

  @Test
  void readsTheVariableAfterTheStepThatItWaitsFor() {
    Variable w = tf.variable("w", new float[] {4});
    Operation step = new GradientDescentOptimizer(1).minimize(w.mul(2).reduceSum());
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.5);
    Operation train;
    try (var after = tf.controlDependencies(step)) {
      train = ema.apply(tf);
    }
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, w)).isEqualTo(2);
      assertThat(value(s, ema.average(w))).isEqualTo(3);
    }
  }

  @Test
  void beginsAsARandomVariableDoes() {
    tf.setRandomSeed(3);
    Variable w = tf.variable("w", Initializers.glorotUniform(), 3, 4);
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.5);
    ema.apply(List.of(w));
    try (Session s = initialized()) {
      assertThat(s.fetchValue(ema.average(w))).isEqualTo(s.fetchValue(w));
    }
  }

  @Test
  void decayIsLowAtFirst() {
    Variable w = tf.variable("w", new float[] {0});
    Variable count = tf.newVariable("count").initialValue(0L).trainable(false).build();
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.4, count);
    Operation apply = ema.apply(List.of(w));
    Operation one = w.assign(new float[] {1}).operation();
    Operation next = count.assignAdd(1).operation();
    try (Session s = initialized()) {
      s.run(one);
      double want = 0;
      for (int n = 0; n < 10; n++) {
        double decay = Math.min(0.4, (1.0 + n) / (10.0 + n));
        want = decay * want + (1 - decay);
        s.run(apply);
        assertThat(value(s, ema.average(w))).isCloseTo(want, within(1e-6));
        s.run(next);
      }
    }
  }

  @Test
  void ofATensorBeginsWithZero() {
    Tensor x = tf.placeholder("x", DataType.FLOAT64, 2);
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.75);
    Operation apply = ema.apply(List.of(x));
    assertThat(ema.average(x).name()).isEqualTo("x/ExponentialMovingAverage");
    assertThat(graph.collection(GraphKeys.MOVING_AVERAGE_VARIABLES)).isEmpty();
    try (Session s = initialized()) {
      s.feed(x, new double[] {4, 8}).run(apply);
      assertThat(s.fetchValue(ema.average(x)).doubles()).containsExactly(1, 2);
    }
  }

  @Test
  void zeroDebiasGivesTheMeanOfWhatCame() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 1);
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.75, null, true, "Average");
    Operation apply = ema.apply(List.of(x));
    assertThat(graph.collection(GraphKeys.GLOBAL_VARIABLES))
        .extracting(v -> ((Variable) v).name())
        .containsExactly("x/Average", "x/Average/biased", "x/Average/local_step");
    try (Session s = initialized()) {
      double biased = 0;
      double[] fed = {5, 5, 9};
      for (int i = 0; i < fed.length; i++) {
        s.feed(x, new float[] {(float) fed[i]}).run(apply);
        biased = 0.75 * biased + 0.25 * fed[i];
        assertThat(value(s, ema.average(x)))
            .isCloseTo(biased / (1 - Math.pow(0.75, i + 1)), within(1e-6));
      }
    }
  }

  @Test
  void averagesAreMadeOnce() {
    Variable w = tf.variable("w", new float[] {4});
    Variable b = tf.variable("b", new float[] {4});
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.75);
    ema.apply(List.of(w));
    Variable first = ema.average(w);
    Operation second = ema.apply(List.of(w, b));
    assertThat(ema.average(w)).isSameAs(first);
    assertThat(second.name()).isEqualTo("ExponentialMovingAverage_1");
    ExponentialMovingAverage other = new ExponentialMovingAverage(0.5);
    other.apply(List.of(w));
    assertThat(other.average(w).name()).isEqualTo("w/ExponentialMovingAverage_1");
  }

  @Test
  void namesToRestoreFrom() {
    Variable w = tf.variable("w", new float[] {4});
    Variable frozen =
        tf.newVariable("frozen").initialValue(new float[] {1}).trainable(false).build();
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.75);
    assertThat(ema.averageName(w)).isEqualTo("w/ExponentialMovingAverage");
    assertThat(ema.average(w)).isNull();
    assertThat(ema.variablesToRestore(tf))
        .containsOnly(
            java.util.Map.entry("w/ExponentialMovingAverage", w),
            java.util.Map.entry("frozen", frozen));
    ema.apply(List.of(w));
    assertThat(ema.variablesToRestore(tf))
        .containsEntry("w/ExponentialMovingAverage", w)
        .containsEntry("frozen", frozen);
  }

  @Test
  void assignMovingAverageNamesItsVariablesByTheScopesTheyAreIn() {
    Variable v;
    try (var outer = tf.variableScope("scope1");
        var inner = tf.variableScope("scope2")) {
      v = tf.getVariable("foo", Initializers.zeros(), 1);
      MovingAverages.assignMovingAverage(v, tf.constant(new float[] {1}), 0.9);
      MovingAverages.assignMovingAverage(v, tf.constant(new float[] {1}), 0.9);
    }
    assertThat(graph.collection(GraphKeys.GLOBAL_VARIABLES))
        .extracting(x -> ((Variable) x).name())
        .contains(
            "scope1/scope2/scope1/scope2/foo/biased",
            "scope1/scope2/scope1/scope2/foo/biased_1",
            "scope1/scope2/scope1/scope2/foo/local_step_1");
  }

  @Test
  void mistakes() {
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.5);
    Tensor ints = tf.constant(new int[] {1});
    assertThatThrownBy(() -> ema.apply(List.of(ints)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("floating-point");
    assertThatThrownBy(() -> ema.apply(List.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("nothing");
    assertThatThrownBy(() -> new ExponentialMovingAverage("slow"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the decay");
  }
}
