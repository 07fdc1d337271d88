package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Fetches;
import dev.millrace.session.InteractiveSession;
import dev.millrace.session.Session;
import dev.millrace.train.GradientDescentOptimizer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The programs of docs/tour.md, which quotes them word for word ({@link TourTest} checks that). */
class ProgramsTest {
  @Test
  void scalars() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);

    Tensor b = tf.constant(1.5f);
    Tensor c = tf.constant(3.0f);
    Tensor d = b.add(c);
    Tensor e = c.add(2);
    Tensor a = d.mul(e);

    try (Session session = new Session(graph)) {
      float value = session.fetch(a).getFloat(0); // 22.5
      assertThat(value).isEqualTo(22.5f);
    }
  }

  @Test
  void vectors() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);

    Tensor b = tf.constant(new float[] {1.5f, 0.5f});
    Tensor c = tf.constant(new float[] {3.0f, -1.0f});
    Tensor a = b.add(c).mul(c.add(2));

    try (Session session = new Session(graph)) {
      INDArray value = session.fetch(a); // [22.5, -0.5]
      assertThat(value.toFloatVector()).containsExactly(22.5f, -0.5f);
    }
  }

  @Test
  void matrices() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);

    Tensor x = tf.constant(new float[][] {{1, 2, 3}, {4, 5, 6}});
    Tensor w = tf.constant(new float[][] {{1, 0}, {0, 1}, {1, 1}});
    Tensor bias = tf.constant(new float[] {10, 20});
    Tensor y = x.matmul(w).add(bias);

    try (Session session = new Session(graph)) {
      INDArray value = session.fetch(y); // [[14, 25], [20, 31]]
      assertThat(value.toFloatMatrix()).isDeepEqualTo(new float[][] {{14, 25}, {20, 31}});
    }
  }

  @Test
  void interactive() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);

    Tensor x = tf.constant(new float[][] {{6.2f, 12.0f, 5.9f}});
    Tensor y = tf.constant(new float[][] {{9.3f, 1.7f, 8.8f}});
    Tensor product = x.matmul(y.transpose());

    try (InteractiveSession session = new InteractiveSession(graph)) {
      TensorValue value = product.eval(); // [[129.98]]
      assertThat(session.graph()).isSameAs(graph);
      assertThat(value.shape().dims()).containsExactly(1, 1);
      assertThat(value.floats()[0]).isCloseTo(129.98f, within(1e-4f));
    }
  }

  @Test
  void placeholders() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);

    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 2);
    Tensor squares = x.square();
    Tensor sum = squares.reduceSum(1);

    try (Session session = new Session(graph)) {
      INDArray value = session.feed(x, new float[][] {{3, 4}, {6, 8}}).fetch(sum); // [25, 100]
      assertThat(value.toFloatVector()).containsExactly(25, 100);

      INDArray other = session.feed(squares, new float[][] {{1, 2}}).fetch(sum); // [3]
      assertThat(other.toFloatVector()).containsExactly(3);

      Fetches both = session.feed(x, new float[][] {{3, 4}}).fetch(squares, sum);
      INDArray nine16 = both.get(squares); // [[9, 16]]
      INDArray twentyFive = both.get(sum); // [25]
      assertThat(nine16.toFloatMatrix()).isDeepEqualTo(new float[][] {{9, 16}});
      assertThat(twentyFive.toFloatVector()).containsExactly(25);
    }
  }

  @Test
  void variables() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);

    Variable counter = tf.variable("counter", 0);
    Operation init = tf.globalVariablesInitializer();
    Tensor next = counter.assignAdd(1).value();

    try (Session session = new Session(graph)) {
      session.run(init);
      session.run(next);
      int value = session.fetch(next).getInt(0); // 2
      assertThat(value).isEqualTo(2);
    }
  }

  @Test
  void logisticRegression() {
    float[][] points = {{1, 1}, {2, 1}, {1, 2}, {-1, -1}, {-2, -1}, {-1, -2}};
    float[][] classes = {{1, 0}, {1, 0}, {1, 0}, {0, 1}, {0, 1}, {0, 1}};

    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 2);
    Tensor y = tf.placeholder("y", DataType.FLOAT32, -1, 2);
    Variable w = tf.variable("w", Initializers.zeros(), 2, 2);
    Variable b = tf.variable("b", Initializers.zeros(), 2);
    Tensor p = x.matmul(w).add(b).softmax();
    Tensor loss = y.mul(p.log()).reduceSum(1).neg().reduceMean();
    Operation step = new GradientDescentOptimizer(0.1f).minimize(loss);
    Operation init = tf.globalVariablesInitializer();

    try (Session session = new Session(graph)) {
      session.run(init);
      float before = session.feed(x, points).feed(y, classes).fetch(loss).getFloat(0); // ln 2
      for (int i = 0; i < 100; i++) {
        session.feed(x, points).feed(y, classes).run(step);
      }
      float after = session.feed(x, points).feed(y, classes).fetch(loss).getFloat(0);
      assertThat(before).isCloseTo((float) Math.log(2), within(1e-6f));
      assertThat(after).isLessThan(0.05f);
      INDArray right =
          session.feed(x, points).feed(y, classes).fetch(p.argMax(1).equal(y.argMax(1)));
      assertThat(right.toIntVector()).containsOnly(1);
    }
  }

  @Test
  void digits() {
    LabelledImages train = Digits.draw(2000, 1);
    LabelledImages test = Digits.draw(500, 2);

    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    tf.setRandomSeed(1);
    Tensor images = tf.placeholder("images", DataType.FLOAT32, -1, 784);
    Tensor labels = tf.placeholder("labels", DataType.INT32, -1);

    Variable w1 = tf.variable("w1", Initializers.heNormal(), 784, 50);
    Variable b1 = tf.variable("b1", Initializers.zeros(), 50);
    Variable w2 = tf.variable("w2", Initializers.glorotUniform(), 50, 10);
    Variable b2 = tf.variable("b2", Initializers.zeros(), 10);
    Tensor hidden = images.matmul(w1).add(b1).relu();
    Tensor logits = hidden.matmul(w2).add(b2);

    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(labels, logits).reduceMean();
    Tensor accuracy = tf.inTopK(logits, labels, 1).cast(DataType.FLOAT32).reduceMean();
    Operation step = new GradientDescentOptimizer(0.2f).minimize(loss);
    Operation init = tf.globalVariablesInitializer();

    try (Session session = new Session(graph)) {
      session.run(init);
      for (int epoch = 0; epoch < 5; epoch++) {
        for (int i = 0; i < train.size(); i += 50) {
          LabelledImages batch = train.range(i, i + 50);
          session.feed(images, batch.pixels()).feed(labels, batch.labels()).run(step);
        }
      }
      float reached =
          session
              .feed(images, test.pixels())
              .feed(labels, test.labels())
              .fetch(accuracy)
              .getFloat(0);
      assertThat(reached).isGreaterThan(0.85f);
    }
  }
}
