package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.autodiff.CustomGradient;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.SessionOptions;
import dev.millrace.train.ExponentialMovingAverage;
import dev.millrace.train.GlobalStep;
import dev.millrace.train.GradientDescentOptimizer;
import dev.millrace.train.LearningRates;
import dev.millrace.train.MovingAverages;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Learning rates, moving averages and custom gradients give the same on TensorFlow 1.15.0 as here.
 */
class RatesInteropTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path work;

  /** Every schedule, as a function of the global step. */
  private static Map<String, Function<Variable, Tensor>> schedules() {
    Map<String, Function<Variable, Tensor>> all = new LinkedHashMap<>();
    for (boolean stairs : new boolean[] {false, true}) {
      String suffix = stairs ? "_staircase" : "";
      all.put("exponential" + suffix, s -> LearningRates.exponentialDecay(0.5, s, 7, 0.6, stairs));
      all.put("natural_exp" + suffix, s -> LearningRates.naturalExpDecay(0.5, s, 7, 0.6, stairs));
      all.put("inverse_time" + suffix, s -> LearningRates.inverseTimeDecay(0.5, s, 7, 0.6, stairs));
    }
    all.put(
        "piecewise",
        s ->
            LearningRates.piecewiseConstant(
                s, new long[] {0, 4, 11}, new double[] {0.5, 0.25, 0.1, 0.01}));
    all.put("polynomial", s -> LearningRates.polynomialDecay(0.5, s, 15, 0.01, 0.5));
    all.put("polynomial_cycle", s -> LearningRates.polynomialDecay(0.5, s, 6, 0.01, 2, true, null));
    all.put("cosine", s -> LearningRates.cosineDecay(0.5, s, 15, 0.1));
    all.put(
        "cosine_restarts",
        s -> LearningRates.cosineDecayRestarts(0.5, s, 3.3, 1.7, 0.8, 0.1, null));
    all.put(
        "linear_cosine", s -> LearningRates.linearCosineDecay(0.5, s, 15, 1.5, 0.1, 0.02, null));
    all.put(
        "noisy_linear_cosine",
        s -> LearningRates.noisyLinearCosineDecay(0.5, s, 15, 0.5, 0.55, 0.5, 0.1, 0.02, null));
    all.put(
        "of_doubles",
        s ->
            LearningRates.exponentialDecay(s.ops().constant(0.5, DataType.FLOAT64), s, 7, 0.5)
                .cast(DataType.FLOAT32));
    return all;
  }

  private static TrainingGraph schedule(Function<Variable, Tensor> rate) {
    TrainingGraph g = new TrainingGraph();
    Variable step = GlobalStep.getOrCreate(g.tf);
    Variable w = g.tf.variable("w", new float[] {1, -2});
    Tensor r = rate.apply(step);
    Operation train = new GradientDescentOptimizer(r).minimize(w.square().reduceSum(), step);
    g.after(w.readValue());
    g.steps(train, r);
    return g;
  }

  private static TrainingGraph averages() {
    TrainingGraph g = new TrainingGraph();
    Ops tf = g.tf;
    Variable step = GlobalStep.getOrCreate(tf);
    Variable w = tf.variable("w", Initializers.glorotUniform(), 3, 4);
    Tensor loss = w.square().reduceSum();
    Operation descent = new GradientDescentOptimizer(0.1).minimize(loss, step);
    Variable direct = tf.newVariable("direct").initialValue(0f).trainable(false).build();
    ExponentialMovingAverage plain = new ExponentialMovingAverage(0.9);
    ExponentialMovingAverage ramp = new ExponentialMovingAverage(0.9, step);
    ExponentialMovingAverage debiased = new ExponentialMovingAverage(0.9, null, true, "Debiased");
    Operation all;
    try (var after = tf.controlDependencies(descent)) {
      Tensor norm;
      try (var s = tf.scope("norm")) {
        norm = tf.identity(w.readValue()).square().reduceSum();
      }
      all =
          tf.group(
              plain.apply(List.of(w)),
              ramp.apply(List.of(w)),
              debiased.apply(List.of(norm)),
              MovingAverages.assignMovingAverage(direct, norm, 0.7));
      g.after(plain.average(w).readValue());
      g.after(ramp.average(w).readValue());
      g.after(debiased.average(norm).readValue());
    }
    g.after(direct.readValue());
    g.steps(all, loss);
    return g;
  }

  /** Clipped on the way back only, and a rounding that lets gradients pass. */
  private static TrainingGraph customGradients() {
    TrainingGraph g = new TrainingGraph();
    Ops tf = g.tf;
    Variable w = tf.variable("w", new float[] {3, -0.2f, 0.1f});
    Tensor clipped =
        CustomGradient.of(w, t -> CustomGradient.result(t.identity(), dy -> dy.clipByValue(-1, 1)));
    Tensor rounded;
    try (var s = tf.gradientOverrideMap(Map.of("Round", "Identity"))) {
      rounded = w.mul(10).round();
    }
    Tensor loss = clipped.square().reduceSum().add(rounded.square().reduceSum().mul(0.001));
    g.train(new GradientDescentOptimizer(0.05), loss, null);
    return g;
  }

  @Test
  void valuesAreTensorFlows() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, TrainingGraph> cases = new LinkedHashMap<>();
    schedules().forEach((name, rate) -> cases.put(name, schedule(rate)));
    cases.put("moving_averages", averages());
    cases.put("custom_gradients", customGradients());
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    cases.forEach((name, g) -> graphs.put(name, g.graph()));
    Map<String, List<TensorValue>> all = TensorFlowJudge.run(graphs, work);
    for (Map.Entry<String, TrainingGraph> c : cases.entrySet()) {
      List<TensorValue> want = all.get(c.getKey());
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        List<TensorValue> got = c.getValue().run(o);
        assertThat(got).hasSameSizeAs(want);
        double most = 0;
        for (int k = 0; k < want.size(); k++) {
          most = Math.max(most, TrainingGraph.distance(got.get(k), want.get(k)));
        }
        System.out.printf("%-24s %-9s %.1e%n", c.getKey(), o.mode(), most);
        assertThat(most).as(c.getKey()).isLessThan(TOLERANCE);
      }
    }
  }

  /** TensorFlow differentiates neither, as it does not know the functions. */
  @Test
  void theGraphOfACustomGradientSaysThatItsGradientIsNotTheUsualOne() {
    GraphDef def = customGradients().graph();
    Graph copy = new Graph();
    copy.importGraphDef(def);
    assertThat(copy.operations().stream().filter(o -> o.attrs().has(Graph.GRADIENT_ATTR)))
        .extracting(Operation::type)
        .containsExactly("IdentityN", "Round");
  }
}
