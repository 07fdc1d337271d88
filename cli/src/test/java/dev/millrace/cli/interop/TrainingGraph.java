package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import dev.millrace.train.GradientAndVariable;
import dev.millrace.train.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A training graph in the form that {@link TensorFlowJudge} runs, which can be run here as well.
 * The results are those of {@link #before}, then one number for each step, then those of {@link
 * #after}.
 */
final class TrainingGraph {
  static final int STEPS = 20;

  /** The graph to build in. */
  final Ops tf = Ops.of(new Graph());

  private final List<Tensor> placeholders = new ArrayList<>();
  private final List<TensorValue> feeds = new ArrayList<>();
  private final List<Tensor> before = new ArrayList<>();
  private final List<Tensor> after = new ArrayList<>();

  TrainingGraph() {
    tf.setRandomSeed(11);
  }

  /** A placeholder of these sizes that is fed {@code value} in every run. */
  Tensor feed(TensorValue value, long... dims) {
    int k = feeds.size();
    feeds.add(value);
    tf.constant("feed/" + k, value);
    placeholders.add(tf.placeholder("in/" + k, value.dtype(), dims));
    return placeholders.get(k);
  }

  /** A result to be taken before the first step. */
  void before(Operand x) {
    before.add(tf.identity(x).as("before/" + before.size()));
  }

  /** A result to be taken after the last step. */
  void after(Operand x) {
    after.add(tf.identity(x).as("out/" + after.size()));
  }

  /**
   * Trains: the initial variables and the first gradients come before, the loss at each step, and
   * all variables after.
   */
  void train(Optimizer optimizer, Tensor loss, Variable globalStep) {
    List<GradientAndVariable> gradients = optimizer.computeGradients(loss);
    for (GradientAndVariable g : gradients) {
      // What is read by reference would be the variable's memory, which the steps change.
      before(g.variable().readValue().neg());
      before(g.gradient().isSparse() ? g.gradient().slices().values() : g.gradient().dense());
    }
    steps(optimizer.applyGradients(gradients, globalStep), loss);
    for (Variable v : tf.graph().collection(GraphKeys.GLOBAL_VARIABLES, Variable.class)) {
      if (v.dtype().isFloating()) {
        after(v.readValue());
      }
    }
  }

  /** What to run at each step and the number to take there; ends the building. */
  void steps(Operation step, Tensor each) {
    tf.group("step", step);
    each.identity().as("each");
    tf.graph().opBuilder("NoOp", "init").controlInput(tf.globalVariablesInitializer()).build();
    tf.constant("step_count", STEPS);
  }

  GraphDef graph() {
    return tf.graph().toGraphDef();
  }

  private Runner fed(Session s) {
    Runner r = s.runner();
    for (int i = 0; i < feeds.size(); i++) {
      r = r.feed(placeholders.get(i), feeds.get(i));
    }
    return r;
  }

  /** What the judge gives for this graph. */
  List<TensorValue> run(SessionOptions options) {
    List<TensorValue> results = new ArrayList<>();
    try (Session s = new Session(tf.graph(), options)) {
      s.run("init");
      for (Tensor t : before) {
        results.add(fed(s).fetchValue(t));
      }
      float[] each = new float[STEPS];
      for (int i = 0; i < STEPS; i++) {
        each[i] = fed(s).target("step").fetchValue("each:0").floats()[0];
      }
      results.add(TensorValue.ofFloats(each));
      for (Tensor t : after) {
        results.add(fed(s).fetchValue(t));
      }
    }
    return results;
  }

  /** Where among the results the numbers of the steps are. */
  int eachIndex() {
    return before.size();
  }

  /**
   * How far {@code got} is from {@code want}: the least {@code t} such that {@code |got - want| <=
   * t · |want| + t / 10} for every element.
   */
  static double distance(TensorValue got, TensorValue want) {
    assertThat(got.dtype()).isEqualTo(want.dtype());
    assertThat(got.shape()).isEqualTo(want.shape());
    double most = 0;
    double[] w = want.toDoubles();
    double[] g = got.toDoubles();
    assertThat(Arrays.stream(w).allMatch(Double::isFinite)).isTrue();
    for (int i = 0; i < w.length; i++) {
      double t = Math.abs(g[i] - w[i]) / (Math.abs(w[i]) + 0.1);
      most = Math.max(most, Double.isNaN(t) ? Double.POSITIVE_INFINITY : t);
    }
    return most;
  }

  /** The largest difference of two elements relative to the one wanted. */
  static double relativeDistance(TensorValue got, TensorValue want) {
    assertThat(got.shape()).isEqualTo(want.shape());
    double most = 0;
    for (int i = 0; i < want.size(); i++) {
      double w = want.getDouble(i);
      double d = Math.abs(got.getDouble(i) - w);
      most = Math.max(most, d == 0 ? 0 : d / Math.abs(w));
    }
    return most;
  }
}
