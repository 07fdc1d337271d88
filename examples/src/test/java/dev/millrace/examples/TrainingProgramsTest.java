package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.autodiff.CustomGradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.train.AdagradOptimizer;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.Clipping;
import dev.millrace.train.ExponentialMovingAverage;
import dev.millrace.train.GlobalStep;
import dev.millrace.train.GradientAndVariable;
import dev.millrace.train.GradientDescentOptimizer;
import dev.millrace.train.LearningRates;
import dev.millrace.train.MomentumOptimizer;
import dev.millrace.train.Optimizer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The programs of docs/optimizers.md, which quotes them word for word. */
class TrainingProgramsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  @Test
  void snippetsAreTested() throws IOException {
    Snippets.assertTested("optimizers.md", TrainingProgramsTest.class);
  }

  @Test
  void minimizing() {
    Variable w = tf.variable("w", new float[] {3, -2});
    Tensor loss = w.square().reduceSum();
    Variable step = GlobalStep.getOrCreate(tf);
    Operation train = new MomentumOptimizer(0.1, 0.9).minimize(loss, step);
    Operation init = tf.globalVariablesInitializer();
    try (Session session = new Session(graph)) {
      session.run(init);
      session.run(train);
      assertThat(session.fetchValue(w).floats()).containsExactly(2.4f, -1.6f);
      assertThat(session.fetchValue(step).getLong(0)).isEqualTo(1);
    }
  }

  @Test
  void clipping() {
    Variable w = tf.variable("w", new float[] {3, -2});
    Tensor loss = w.square().reduceSum();
    GlobalStep.getOrCreate(tf);
    Optimizer adam = new AdamOptimizer(0.01);
    List<GradientAndVariable> gradients = adam.computeGradients(loss);
    Operation clipped =
        adam.applyGradients(Clipping.gradientsByGlobalNorm(gradients, 1), GlobalStep.get(graph));
    Operation init = tf.globalVariablesInitializer();
    try (Session session = new Session(graph)) {
      session.run(init);
      session.run(clipped);
      // Adam's first step is as long as the rate, whatever the gradient.
      assertThat(session.fetchValue(w).floats())
          .containsExactly(new float[] {2.99f, -1.99f}, within(1e-5f));
    }
  }

  @Test
  void slots() {
    Variable w = tf.variable("w", new float[] {3});
    MomentumOptimizer optimizer = new MomentumOptimizer(0.1, 0.9);
    optimizer.minimize(w.square().reduceSum());
    Variable momentum = optimizer.slot(w, "momentum"); // w/Momentum
    assertThat(momentum.name()).isEqualTo("w/Momentum");
  }

  @Test
  void rows() {
    Variable table = tf.variable("table", Initializers.ones(), 1000, 8);
    Tensor ids = tf.constant(new int[] {3, 7, 3});
    Tensor loss = table.sparseRead(ids).square().reduceSum();
    Operation train = new AdagradOptimizer(0.1).minimize(loss);
    Operation init = tf.globalVariablesInitializer();
    try (Session session = new Session(graph)) {
      session.run(init);
      session.run(train);
      float[] after = session.fetchValue(table).floats();
      assertThat(after[3 * 8]).isEqualTo(1 - 0.1f * 4 / (float) Math.sqrt(16.1), within(1e-6f));
      assertThat(after[7 * 8]).isEqualTo(1 - 0.1f * 2 / (float) Math.sqrt(4.1), within(1e-6f));
      assertThat(after[5 * 8]).isEqualTo(1);
    }
  }

  @Test
  void rates() {
    Variable w = tf.variable("w", new float[] {20});
    Tensor loss = w.reduceSum();
    Variable step = GlobalStep.getOrCreate(tf);
    Tensor rate = LearningRates.exponentialDecay(0.5, step, 10, 0.5, true);
    Operation train = new GradientDescentOptimizer(rate).minimize(loss, step);
    Operation init = tf.globalVariablesInitializer();
    try (Session session = new Session(graph)) {
      session.run(init);
      for (int i = 0; i < 20; i++) {
        session.run(train);
      }
      assertThat(session.fetchValue(w).floats()).containsExactly(20 - 10 * 0.5f - 10 * 0.25f);
    }
  }

  @Test
  void averages() {
    Variable w = tf.variable("w", new float[] {1});
    Tensor loss = w.reduceSum();
    Operation update = new GradientDescentOptimizer(0.1).minimize(loss);
    ExponentialMovingAverage ema = new ExponentialMovingAverage(0.9);
    Operation train;
    try (var after = tf.controlDependencies(update)) {
      train = ema.apply(List.of(w));
    }
    Variable average = ema.average(w); // w/ExponentialMovingAverage
    Operation init = tf.globalVariablesInitializer();
    try (Session session = new Session(graph)) {
      session.run(init);
      session.run(train);
      assertThat(session.fetchValue(average).floats()[0]).isEqualTo(0.99f, within(1e-6f));
    }
  }

  @Test
  void gradientsOfOnesOwn() {
    Tensor x = tf.constant(new float[] {0, 100});
    Tensor y =
        CustomGradient.of(
            x,
            t -> {
              Tensor e = t.exp();
              Tensor value = e.add(1).log();
              return CustomGradient.result(value, dy -> dy.mul(tf.sub(1, e.add(1).reciprocal())));
            });
    Tensor g = Gradients.gradient(y, x);
    try (Session session = new Session(graph)) {
      assertThat(session.fetchValue(g).floats()).containsExactly(0.5f, 1);
    }
  }

  @Test
  void gradientsByName() {
    Tensor x = tf.constant(new float[] {1.4f});
    Tensor rounded;
    try (var scope = tf.gradientOverrideMap(Map.of("Round", "Identity"))) {
      rounded = x.round();
    }
    Tensor g = Gradients.gradient(rounded.mul(3), x);
    try (Session session = new Session(graph)) {
      assertThat(session.fetchValue(g).floats()).containsExactly(3);
    }
  }

  @Test
  void anOptimizerOfOnesOwn() {
    Variable w = tf.variable("w", new float[] {3, -2});
    Operation train = new SignDescent(0.5).minimize(w.square().reduceSum());
    Operation init = tf.globalVariablesInitializer();
    try (Session session = new Session(graph)) {
      session.run(init);
      session.run(train);
      assertThat(session.fetchValue(w).floats()).containsExactly(2.5f, -1.5f);
    }
  }

  private static final class SignDescent extends Optimizer {
    private final double rate;

    SignDescent(double rate) {
      super("SignDescent");
      this.rate = rate;
    }

    @Override
    protected void prepare(Ops tf) {}

    @Override
    protected Operation applyDense(Tensor gradient, Variable v) {
      return v.assignSub(gradient.sign().mul(rate)).operation();
    }
  }
}
