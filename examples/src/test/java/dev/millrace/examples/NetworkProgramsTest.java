package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.BatchNormalization;
import dev.millrace.ops.Dense;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Metric;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reduction;
import dev.millrace.ops.Regularizers;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.ops.WindowOptions;
import dev.millrace.session.Session;
import dev.millrace.train.GradientDescentOptimizer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The program of docs/networks.md. */
class NetworkProgramsTest {
  @Test
  void snippetsAreTested() throws IOException {
    Snippets.assertTested("networks.md", NetworkProgramsTest.class);
  }

  @Test
  void aNetworkThatLearns() {
    Ops tf = Ops.of(new Graph());
    tf.setRandomSeed(2);
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 4, 2);
    Tensor labels = tf.placeholder("labels", DataType.INT64, 4);

    Tensor hidden = tf.layers().dense(x, 16, Tensor::relu);
    Tensor logits =
        tf.layers().newDense(2).name("logits").apply(hidden); // logits/kernel, logits/bias

    Dense twin = tf.layers().newDense(4).kernelRegularizer(Regularizers.l2(1e-3));
    Tensor left = twin.apply(x);
    Tensor right = twin.apply(x.mul(-1));
    Tensor again = tf.layers().newDense(2).name("logits").reuse(Reuse.TRUE).apply(hidden);
    assertThat(left.shape()).isEqualTo(right.shape());
    assertThat(again.shape()).isEqualTo(logits.shape());
    assertThat(tf.trainableVariables()).hasSize(6);

    Tensor training = tf.placeholderWithDefault(false, Shape.scalar());
    Tensor dropped = tf.layers().dropout(hidden, 0.5, training);
    assertThat(dropped.shape()).isEqualTo(Shape.of(4, 16));

    Tensor loss = tf.losses().sparseSoftmaxCrossEntropy(labels, logits);
    Tensor total = tf.losses().totalLoss();
    Operation step = new GradientDescentOptimizer(0.5).minimize(total);

    Tensor masked =
        tf.losses()
            .weighted(new float[][] {{1}, {0}, {1}, {0}})
            .reduction(Reduction.SUM)
            .collection(null)
            .absoluteDifference(tf.zeros(DataType.FLOAT32, 4, 2), x);
    assertThat(masked.shape()).isEqualTo(Shape.scalar());

    Metric accuracy = tf.metrics().accuracy(labels, logits.argMax(1));
    Operation reset = tf.localVariablesInitializer();

    Tensor safe;
    try (var c = tf.controlDependencies(tf.assertNonNegative(x.add(10), "points lie above -10"))) {
      safe = x.add(10).sqrt();
    }

    float[][] points = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    long[] classes = {0, 1, 1, 0};
    try (Session session = new Session(tf.graph())) {
      session.run(tf.globalVariablesInitializer());
      assertThat(session.feed(x, points).fetch(safe).getFloat(7)).isEqualTo((float) Math.sqrt(11));
      assertThat(session.feed(x, points).fetch(masked).getFloat(0)).isEqualTo(1);
      for (int i = 0; i < 200; i++) {
        session.feed(x, points).feed(labels, classes).run(step);
      }
      session.run(reset);
      for (int i = 0; i < 2; i++) {
        session.feed(x, points).feed(labels, classes).run(accuracy.update());
      }
      float reached = session.fetch(accuracy.value()).getFloat(0);
      assertThat(reached).isEqualTo(1);
      assertThat(session.feed(x, points).feed(labels, classes).fetch(loss).getFloat(0))
          .isLessThan(0.1f);
    }
  }

  @Test
  void imagesAndTheirMovingAverages() {
    Ops tf = Ops.of(new Graph());
    tf.setRandomSeed(3);
    Tensor images = tf.placeholder("images", DataType.FLOAT32, -1, 6, 6, 1);
    Tensor targets = tf.placeholder("targets", DataType.FLOAT32, -1, 1);

    Tensor features = tf.layers().newConv2d(8, 3).windows(WindowOptions.same()).apply(images);
    BatchNormalization normalize = tf.layers().newBatchNormalization();
    Tensor y = tf.layers().flatten(normalize.training(true).apply(features).relu());
    Tensor loss = tf.losses().meanSquaredError(targets, tf.layers().dense(y, 1));
    Operation step;
    try (var c = tf.controlDependencies(tf.graph().collection(GraphKeys.UPDATE_OPS))) {
      step = new GradientDescentOptimizer(0.01).minimize(loss);
    }

    float[][][][] pixels = new float[4][6][6][1];
    float[][] wanted = new float[4][1];
    for (int i = 0; i < 4; i++) {
      pixels[i][i][i][0] = i;
      wanted[i][0] = i;
    }
    try (Session session = new Session(tf.graph())) {
      session.run(tf.globalVariablesInitializer());
      float before = session.feed(images, pixels).feed(targets, wanted).fetch(loss).getFloat(0);
      for (int i = 0; i < 50; i++) {
        session.feed(images, pixels).feed(targets, wanted).run(step);
      }
      float after = session.feed(images, pixels).feed(targets, wanted).fetch(loss).getFloat(0);
      assertThat(after).isLessThan(before / 10);
      assertThat(session.fetch(normalize.movingVariance()).getFloat(0)).isNotEqualTo(1);
    }
  }

  @Test
  void veryManyClasses() {
    Ops tf = Ops.of(new Graph());
    Tensor hidden = tf.constant(new float[3][16]);
    Tensor words = tf.constant(new int[][] {{5}, {40_000}, {0}});
    Variable weights = tf.variable("weights", Initializers.truncatedNormal(0, 0.1), 50_000, 16);
    Variable biases = tf.variable("biases", Initializers.zeros(), 50_000);
    Tensor loss = tf.nceLoss(weights, biases, words, hidden, 64, 50_000).reduceMean();
    Operation init = tf.globalVariablesInitializer();
    try (Session session = new Session(tf.graph())) {
      session.run(init);
      assertThat(session.fetch(loss).getFloat(0)).isPositive();
    }
  }
}
