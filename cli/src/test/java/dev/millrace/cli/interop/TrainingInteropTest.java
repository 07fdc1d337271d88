package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import dev.millrace.train.AdagradOptimizer;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.GradientDescentOptimizer;
import dev.millrace.train.MomentumOptimizer;
import dev.millrace.train.Optimizer;
import dev.millrace.train.RmsPropOptimizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training graphs built here, with their gradients and updates, give the same initial values, first
 * gradients and losses on TensorFlow 1.15.0 as here in both modes; their initial values are drawn
 * by both from the same seeds.
 */
class TrainingInteropTest {
  private static final int STEPS = 20;
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path work;

  private static Map<String, Supplier<Optimizer>> optimizers() {
    Map<String, Supplier<Optimizer>> all = new LinkedHashMap<>();
    all.put("gradient_descent", () -> new GradientDescentOptimizer(0.1));
    all.put("momentum", () -> new MomentumOptimizer(0.02, 0.9));
    all.put("nesterov", () -> new MomentumOptimizer(0.02, 0.9, true));
    all.put("adam", () -> new AdamOptimizer(0.001));
    all.put("adagrad", () -> new AdagradOptimizer(0.01));
    all.put("rms_prop", () -> new RmsPropOptimizer(0.001));
    return all;
  }

  /** A training graph in the form that {@link TensorFlowJudge} runs. */
  private static final class Training {
    private final Ops tf = Ops.of(new Graph());
    private final List<Tensor> before = new ArrayList<>();
    private final TensorValue images;
    private final TensorValue labels;
    private final Tensor x;
    private final Tensor y;

    Training(int[] layers, Supplier<Optimizer> optimizer) {
      tf.setRandomSeed(11);
      Random random = new Random(3);
      float[][] pixels = new float[50][layers[0]];
      int[] digits = new int[50];
      for (int i = 0; i < 50; i++) {
        digits[i] = random.nextInt(10);
        for (int k = 0; k < layers[0]; k++) {
          pixels[i][k] = random.nextInt(5) == 0 ? random.nextFloat() : 0;
        }
      }
      images = TensorValue.of(pixels);
      labels = TensorValue.of(digits);
      x = tf.placeholder("in/0", DataType.FLOAT32, -1, layers[0]);
      y = tf.placeholder("in/1", DataType.INT32, -1);
      tf.constant("feed/0", images);
      tf.constant("feed/1", labels);
      Tensor h = x;
      for (int i = 1; i < layers.length; i++) {
        try (var s = tf.scope("layer" + i)) {
          Variable w = tf.variable("w", Initializers.glorotUniform(), layers[i - 1], layers[i]);
          Variable b = tf.variable("b", Initializers.zeros(), layers[i]);
          h = h.matmul(w).add(b);
          h = i < layers.length - 1 ? h.relu() : h;
        }
      }
      Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(y, h).reduceMean();
      List<Variable> variables = tf.graph().collection("trainable_variables", Variable.class);
      var gradients = Gradients.of(List.of(loss), variables);
      tf.group("step", optimizer.get().minimize(loss));
      loss.identity().as("each");
      for (int i = 0; i < variables.size(); i++) {
        before.add(variables.get(i).readValue().as("before/" + 2 * i));
        before.add(gradients.get(i).dense().as("before/" + (2 * i + 1)));
      }
      tf.graph().opBuilder("NoOp", "init").controlInput(tf.globalVariablesInitializer()).build();
      tf.constant("step_count", STEPS);
    }

    GraphDef graph() {
      return tf.graph().toGraphDef();
    }

    private Runner fed(Session s) {
      return s.feed(x, images).feed(y, labels);
    }

    /** What the judge gives: initial variables and first gradients, then the losses. */
    List<TensorValue> run(SessionOptions options) {
      List<TensorValue> results = new ArrayList<>();
      try (Session s = new Session(tf.graph(), options)) {
        s.run("init");
        for (Tensor t : before) {
          results.add(fed(s).fetchValue(t));
        }
        float[] losses = new float[STEPS];
        for (int i = 0; i < STEPS; i++) {
          losses[i] = fed(s).target("step").fetchValue("each:0").floats()[0];
        }
        results.add(TensorValue.ofFloats(losses));
      }
      return results;
    }
  }

  @Test
  void trainingGivesTheSameOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, Training> cases = new LinkedHashMap<>();
    optimizers()
        .forEach(
            (name, o) -> {
              cases.put("regression_" + name, new Training(new int[] {784, 10}, o));
              cases.put("network_" + name, new Training(new int[] {784, 300, 100, 10}, o));
            });
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    cases.forEach((name, t) -> graphs.put(name, t.graph()));
    Map<String, List<TensorValue>> want = TensorFlowJudge.run(graphs, work);
    for (Map.Entry<String, Training> c : cases.entrySet()) {
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        List<TensorValue> got = c.getValue().run(o);
        assertThat(got).hasSameSizeAs(want.get(c.getKey()));
        double worst = 0;
        for (int k = 0; k < got.size(); k++) {
          worst = Math.max(worst, difference(got.get(k), want.get(c.getKey()).get(k)));
        }
        System.out.printf(
            "%s, %s: largest relative difference from TensorFlow %.2g%n",
            c.getKey(), o.mode(), worst);
        assertThat(worst).as(c.getKey()).isLessThan(TOLERANCE);
      }
      float[] losses = want.get(c.getKey()).get(want.get(c.getKey()).size() - 1).floats();
      assertThat(losses[STEPS - 1]).isLessThan(losses[0]);
    }
  }

  /** The largest difference, relative to the largest number wanted. */
  private static double difference(TensorValue got, TensorValue want) {
    assertThat(got.shape()).isEqualTo(want.shape());
    double scale = 1e-12;
    double most = 0;
    for (int i = 0; i < want.size(); i++) {
      scale = Math.max(scale, Math.abs(want.getDouble(i)));
      most = Math.max(most, Math.abs(got.getDouble(i) - want.getDouble(i)));
    }
    return most / scale;
  }
}
