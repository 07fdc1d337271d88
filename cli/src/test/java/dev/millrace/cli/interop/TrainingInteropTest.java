package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.SessionOptions;
import dev.millrace.train.AdadeltaOptimizer;
import dev.millrace.train.AdagradDaOptimizer;
import dev.millrace.train.AdagradOptimizer;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.FtrlOptimizer;
import dev.millrace.train.GlobalStep;
import dev.millrace.train.GradientDescentOptimizer;
import dev.millrace.train.MomentumOptimizer;
import dev.millrace.train.Optimizer;
import dev.millrace.train.ProximalAdagradOptimizer;
import dev.millrace.train.ProximalGradientDescentOptimizer;
import dev.millrace.train.RmsPropOptimizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training graphs built here, with their gradients and updates, give the same initial values, first
 * gradients, losses and trained variables on TensorFlow 1.15.0 as here in both modes; their initial
 * values are drawn by both from the same seeds.
 */
class TrainingInteropTest {
  private static final double TOLERANCE = 1e-4;
  private static final double PARTED_TOLERANCE = 2e-3;
  private static final int EMBEDDINGS = 30;

  @TempDir private Path work;

  @BeforeEach
  void needsTensorFlow() {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
  }

  /** Every optimizer, made for the global step. */
  private static Map<String, Function<Variable, Optimizer>> optimizers() {
    Map<String, Function<Variable, Optimizer>> all = new LinkedHashMap<>();
    all.put("gradient_descent", s -> new GradientDescentOptimizer(0.1));
    all.put("momentum", s -> new MomentumOptimizer(0.02, 0.9));
    all.put("nesterov", s -> new MomentumOptimizer(0.02, 0.9, true));
    all.put("adagrad", s -> new AdagradOptimizer(0.01));
    all.put("adadelta", s -> new AdadeltaOptimizer(0.5));
    all.put("rms_prop", s -> new RmsPropOptimizer(0.001));
    all.put("rms_prop_momentum", s -> new RmsPropOptimizer(0.001, 0.8, 0.5, 1e-8));
    all.put("centered_rms_prop", s -> new RmsPropOptimizer(0.001, 0.9, 0.5, 1e-3, true));
    all.put("adam", s -> new AdamOptimizer(0.001));
    all.put("ftrl", s -> new FtrlOptimizer(0.05, 0.001, 0.01));
    all.put("ftrl_v2", s -> new FtrlOptimizer(0.05, -0.4, 0.2, 0.001, 0.01, 0.01, "Ftrl"));
    all.put("proximal_descent", s -> new ProximalGradientDescentOptimizer(0.1, 1e-4, 1e-3));
    all.put("proximal_adagrad", s -> new ProximalAdagradOptimizer(0.01, 0.2, 1e-4, 1e-3));
    all.put("adagrad_da", s -> new AdagradDaOptimizer(0.05, s, 0.2, 1e-5, 1e-4));
    return all;
  }

  private static TrainingGraph layers(
      int[] sizes, UnaryOperator<Tensor> activation, Function<Variable, Optimizer> optimizer) {
    TrainingGraph g = new TrainingGraph();
    Random random = new Random(3);
    float[][] pixels = new float[50][sizes[0]];
    int[] digits = new int[50];
    for (int i = 0; i < 50; i++) {
      digits[i] = random.nextInt(10);
      for (int k = 0; k < sizes[0]; k++) {
        pixels[i][k] = random.nextInt(5) == 0 ? random.nextFloat() : 0;
      }
    }
    Tensor x = g.feed(TensorValue.of(pixels), -1, sizes[0]);
    Tensor y = g.feed(TensorValue.of(digits), -1);
    Tensor h = x;
    for (int i = 1; i < sizes.length; i++) {
      try (var s = g.tf.scope("layer" + i)) {
        Variable w = g.tf.variable("w", Initializers.glorotUniform(), sizes[i - 1], sizes[i]);
        Variable b = g.tf.variable("b", Initializers.zeros(), sizes[i]);
        h = h.matmul(w).add(b);
        h = i < sizes.length - 1 ? activation.apply(h) : h;
      }
    }
    Tensor loss = g.tf.sparseSoftmaxCrossEntropyWithLogits(y, h).reduceMean();
    Variable step = GlobalStep.getOrCreate(g.tf);
    g.train(optimizer.apply(step), loss, step);
    return g;
  }

  /** Looks rows of a variable by reference up, and adds a bias, which gets dense gradients. */
  private static TrainingGraph references(Function<Variable, Optimizer> optimizer) {
    TrainingGraph g = new TrainingGraph();
    Random random = new Random(7);
    int[] ids = new int[24];
    int[] classes = new int[24];
    for (int i = 0; i < 24; i++) {
      ids[i] = random.nextInt(EMBEDDINGS / 2);
      classes[i] = ids[i] % 5;
    }
    Tensor words = g.feed(TensorValue.of(ids), -1);
    Tensor y = g.feed(TensorValue.of(classes), -1);
    Variable table = reference(g, "table", Initializers.glorotUniform(), EMBEDDINGS, 8);
    Variable w = reference(g, "w", Initializers.glorotUniform(), 8, 5);
    Variable b = reference(g, "b", Initializers.zeros(), 5);
    Tensor h = table.sparseRead(words).tanh().matmul(w).add(b);
    Tensor loss = g.tf.sparseSoftmaxCrossEntropyWithLogits(y, h).reduceMean();
    Variable step =
        g.tf
            .newVariable("global_step")
            .initialValue(0L)
            .trainable(false)
            .reference(true)
            .collections(GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP)
            .build();
    g.train(optimizer.apply(step), loss, step);
    return g;
  }

  private static Variable reference(
      TrainingGraph g, String name, Initializer initializer, long... dims) {
    return g.tf.newVariable(name).initializer(initializer).shape(dims).reference(true).build();
  }

  /** Looks rows up twice in one table, some of them several times. */
  private static TrainingGraph embeddings(Function<Variable, Optimizer> optimizer) {
    TrainingGraph g = new TrainingGraph();
    Random random = new Random(5);
    int[][] ids = new int[24][3];
    long[] more = new long[24];
    int[] classes = new int[24];
    for (int i = 0; i < 24; i++) {
      for (int k = 0; k < 3; k++) {
        ids[i][k] = random.nextInt(EMBEDDINGS / 2);
      }
      more[i] = random.nextInt(EMBEDDINGS - 5);
      classes[i] = (ids[i][0] + (int) more[i]) % 5;
    }
    Tensor words = g.feed(TensorValue.of(ids), -1, 3);
    Tensor others = g.feed(TensorValue.of(more), -1);
    Tensor y = g.feed(TensorValue.of(classes), -1);
    Variable table = g.tf.variable("table", Initializers.glorotUniform(), EMBEDDINGS, 8);
    Variable w = g.tf.variable("w", Initializers.glorotUniform(), 8, 5);
    Tensor h = table.sparseRead(words).reduceSum(1).add(table.sparseRead(others));
    Tensor loss = g.tf.sparseSoftmaxCrossEntropyWithLogits(y, h.tanh().matmul(w)).reduceMean();
    Variable step = GlobalStep.getOrCreate(g.tf);
    g.train(optimizer.apply(step), loss, step);
    return g;
  }

  @Test
  void regressionAndNetworkTrainTheSameOnTensorFlow() throws Exception {
    Map<String, TrainingGraph> cases = new LinkedHashMap<>();
    optimizers()
        .forEach(
            (name, o) -> {
              cases.put("regression_" + name, layers(new int[] {784, 10}, Tensor::relu, o));
              int[] sizes = {784, 300, 100, 10};
              cases.put("network_" + name, layers(sizes, Tensor::relu, o));
              if (List.of("gradient_descent", "adam", "proximal_descent").contains(name)) {
                cases.put("smooth_network_" + name, layers(sizes, Tensor::tanh, o));
              }
            });
    compare(cases);
  }

  @Test
  void embeddingsTrainTheSameOnTensorFlow() throws Exception {
    Map<String, TrainingGraph> cases = new LinkedHashMap<>();
    optimizers().forEach((name, o) -> cases.put("embedding_" + name, embeddings(o)));
    compare(cases);
    for (Map.Entry<String, TrainingGraph> c : cases.entrySet()) {
      // The gradient of the table is of rows, as long as nothing has made it dense.
      assertThat(c.getValue().tf.graph().collection(GraphKeys.TRAINABLE_VARIABLES, Variable.class))
          .hasSize(2);
      assertThat(c.getValue().tf.graph().operations())
          .as(c.getKey())
          .noneMatch(o -> o.type().equals("ScatterNd"))
          .anyMatch(o -> o.type().matches("ResourceScatterAdd|ResourceSparseApply.*"));
    }
  }

  @Test
  void referencesTrainTheSameOnTensorFlow() throws Exception {
    Map<String, TrainingGraph> cases = new LinkedHashMap<>();
    optimizers().forEach((name, o) -> cases.put("reference_" + name, references(o)));
    compare(cases);
    for (Map.Entry<String, TrainingGraph> c : cases.entrySet()) {
      assertThat(c.getValue().tf.graph().operations())
          .as(c.getKey())
          .noneMatch(o -> o.type().contains("Resource") || o.type().contains("VarHandle"))
          .anyMatch(o -> o.type().matches("ScatterAdd|SparseApply.*"))
          .anyMatch(o -> o.type().startsWith("Apply"));
    }
  }

  private void compare(Map<String, TrainingGraph> cases) throws Exception {
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    cases.forEach((name, t) -> graphs.put(name, t.graph()));
    Map<String, List<TensorValue>> all = TensorFlowJudge.run(graphs, work);
    for (Map.Entry<String, TrainingGraph> c : cases.entrySet()) {
      List<TensorValue> want = all.get(c.getKey());
      int each = c.getValue().eachIndex();
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        List<TensorValue> got = c.getValue().run(o);
        assertThat(got).hasSameSizeAs(want);
        double losses = TrainingGraph.relativeDistance(got.get(each), want.get(each));
        double gradients = 0;
        double variables = 0;
        for (int k = 0; k < want.size(); k++) {
          double d = TrainingGraph.distance(got.get(k), want.get(k));
          gradients = k < each ? Math.max(gradients, d) : gradients;
          variables = k > each ? Math.max(variables, d) : variables;
        }
        System.out.printf(
            "%-30s %-9s losses %.1e, first gradients %.1e, variables %.1e%n",
            c.getKey(), o.mode(), losses, gradients, variables);
        // Where a sum lies so near 0 that rounding decides its relu, weights part for good. Whether
        // one does depends on the order in which TensorFlow adds on the machine at hand.
        boolean mayPart = c.getKey().startsWith("network_");
        assertThat(losses)
            .as("losses of " + c.getKey())
            .isLessThan(mayPart ? PARTED_TOLERANCE : TOLERANCE);
        assertThat(gradients).as("gradients of " + c.getKey()).isLessThan(TOLERANCE);
        if (!mayPart) {
          assertThat(variables).as("variables of " + c.getKey()).isLessThan(TOLERANCE);
        }
      }
      float[] losses = want.get(each).floats();
      // These forget the initial weights, from which alone layers learn.
      if (!c.getKey().matches("network_(ftrl.*|adagrad_da)")) {
        assertThat(losses[losses.length - 1]).as(c.getKey()).isLessThan(losses[0]);
      }
    }
  }
}
