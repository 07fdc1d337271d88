package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import org.junit.jupiter.api.Test;

class NnApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor logits = tf.placeholder("logits", DataType.FLOAT32, -1, 10);
  private final Tensor labels = tf.placeholder("labels", DataType.FLOAT32, -1, 10);
  private final Tensor steps = tf.placeholder("steps", DataType.FLOAT32, -1, 7, 10);
  private final int start = graph.size();

  @Test
  void softmaxOfAnotherAxisSwapsIt() {
    Tensor y = steps.softmax(1);

    assertThat(y.shape()).isEqualTo(Shape.of(-1, 7, 10));
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "transpose/perm = Const()",
            "transpose = Transpose(steps, transpose/perm)",
            "Softmax = Softmax(transpose)",
            "transpose_1/perm = Const()",
            "transpose_1 = Transpose(Softmax, transpose_1/perm)");
    assertThat(graph.output("transpose/perm").constantValue())
        .isEqualTo(TensorValue.ofInts(0, 2, 1));
    assertThat(steps.softmax(2).op().type()).isEqualTo("Softmax");
    assertThat(steps.logSoftmax(0).shape()).isEqualTo(Shape.of(-1, 7, 10));
    assertThatThrownBy(() -> steps.softmax(3)).hasMessageContaining("axis 3 is outside");
    Tensor unknown = tf.placeholder(DataType.FLOAT32, Shape.unknown());
    assertThat(unknown.softmax().op().type()).isEqualTo("Softmax");
    assertThatThrownBy(() -> unknown.softmax(0)).hasMessageContaining("known rank");
  }

  @Test
  void biases() {
    Variable b = tf.variable("b", Initializers.zeros(), 10);
    assertThat(logits.biasAdd(b).shape()).isEqualTo(Shape.of(-1, 10));
    Tensor w = tf.placeholder(DataType.FLOAT32, 10, 4);
    Tensor y = tf.xwPlusB(logits, w, new float[4]);
    assertThat(y).hasToString("Tensor(\"xw_plus_b:0\", shape=[?,4], dtype=float32)");
    assertThat(y.op().input(0).op().name()).isEqualTo("xw_plus_b/MatMul");
    assertThatThrownBy(() -> logits.biasAdd(new float[3]))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void attributesOfActivations() {
    assertThat(logits.leakyRelu(0.3).op().attrs().getFloat("alpha")).isEqualTo(0.3f);
    assertThat(tf.leakyRelu(logits).op().attrs().getFloat("alpha")).isEqualTo(0.2f);
    assertThat(tf.l2Loss(logits).shape()).isEqualTo(Shape.scalar());
    assertThat(tf.topK(logits, 3))
        .extracting(Tensor::shape)
        .containsExactly(Shape.of(-1, 3), Shape.of(-1, 3));
  }

  @Test
  void crossEntropyOfMatricesIsOneOp() {
    Tensor loss = tf.softmaxCrossEntropyWithLogitsV2(labels, logits);

    assertThat(loss.shape()).isEqualTo(Shape.of(-1));
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "softmax_cross_entropy_with_logits = SoftmaxCrossEntropyWithLogits(logits, labels)");
  }

  @Test
  void theFirstVersionStopsTheGradientOfTheLabels() {
    tf.softmaxCrossEntropyWithLogits(labels, logits);

    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "softmax_cross_entropy_with_logits_sg/labels_stop_gradient = StopGradient(labels)",
            "softmax_cross_entropy_with_logits_sg = SoftmaxCrossEntropyWithLogits(logits,"
                + " softmax_cross_entropy_with_logits_sg/labels_stop_gradient)");
  }

  @Test
  void crossEntropyOfHigherRanksKeepsTheOuterDimensions() {
    Tensor loss = tf.softmaxCrossEntropyWithLogitsV2(steps, steps);

    assertThat(loss.shape()).isEqualTo(Shape.of(-1, 7));
    assertThat(loss.op().type()).isEqualTo("Reshape");
    assertThat(graph.operation("softmax_cross_entropy_with_logits").input(0).shape())
        .isEqualTo(Shape.of(-1, 10));
    assertThat(tf.softmaxCrossEntropyWithLogitsV2(steps, steps, 1).shape())
        .isEqualTo(Shape.of(-1, 10));
    Tensor unknown = tf.placeholder(DataType.FLOAT32, Shape.unknown());
    assertThat(tf.softmaxCrossEntropyWithLogits(unknown, unknown).dtype())
        .isEqualTo(DataType.FLOAT32);
    assertThatThrownBy(() -> tf.softmaxCrossEntropyWithLogits(logits, steps))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("labels and logits must be of one shape");
  }

  @Test
  void integerLabelsAreCastAndHalfIsComputedInSingle() {
    Tensor ints = tf.placeholder(DataType.INT32, -1, 10);
    assertThat(tf.softmaxCrossEntropyWithLogitsV2(ints, logits).dtype())
        .isEqualTo(DataType.FLOAT32);
    Tensor half = tf.placeholder(DataType.FLOAT16, -1, 10);
    Tensor loss = tf.softmaxCrossEntropyWithLogitsV2(half, half);
    assertThat(loss.dtype()).isEqualTo(DataType.FLOAT16);
    assertThat(loss.op().type()).isEqualTo("Cast");
  }

  @Test
  void sparseCrossEntropy() {
    Tensor classes = tf.placeholder("classes", DataType.INT64, -1);
    int before = graph.size();

    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(classes, logits);

    assertThat(loss.shape()).isEqualTo(Shape.of(-1));
    String name = "SparseSoftmaxCrossEntropyWithLogits";
    assertThat(Nodes.since(graph, before))
        .containsExactly(name + "/" + name + " = " + name + "(logits, classes)");
    Tensor perStep = tf.placeholder(DataType.INT32, -1, 7);
    assertThat(tf.sparseSoftmaxCrossEntropyWithLogits(perStep, steps).shape())
        .isEqualTo(Shape.of(-1, 7));
    assertThatThrownBy(() -> tf.sparseSoftmaxCrossEntropyWithLogits(labels, logits))
        .hasMessageContaining("must have one dimension less")
        .hasMessageContaining("use softmaxCrossEntropyWithLogits");
    assertThatThrownBy(() -> tf.sparseSoftmaxCrossEntropyWithLogits(1, tf.constant(1.0)))
        .hasMessageContaining("scalar");
    Tensor eight = tf.placeholder(DataType.INT32, 4, 8);
    assertThatThrownBy(() -> tf.sparseSoftmaxCrossEntropyWithLogits(eight, steps))
        .hasMessageContaining("must be of one shape");
  }

  @Test
  void sigmoidCrossEntropyIsStable() {
    Tensor loss = tf.sigmoidCrossEntropyWithLogits(labels, logits);

    assertThat(loss.shape()).isEqualTo(Shape.of(-1, 10));
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "logistic_loss/zeros_like = ZerosLike(logits)",
            "logistic_loss/GreaterEqual = GreaterEqual(logits, logistic_loss/zeros_like)",
            "logistic_loss/Select = Select(logistic_loss/GreaterEqual, logits,"
                + " logistic_loss/zeros_like)",
            "logistic_loss/Neg = Neg(logits)",
            "logistic_loss/Select_1 = Select(logistic_loss/GreaterEqual, logistic_loss/Neg,"
                + " logits)",
            "logistic_loss/mul = Mul(logits, labels)",
            "logistic_loss/sub = Sub(logistic_loss/Select, logistic_loss/mul)",
            "logistic_loss/Exp = Exp(logistic_loss/Select_1)",
            "logistic_loss/Log1p = Log1p(logistic_loss/Exp)",
            "logistic_loss = Add(logistic_loss/sub, logistic_loss/Log1p)");
    assertThat(tf.weightedCrossEntropyWithLogits(labels, logits, 2).shape())
        .isEqualTo(Shape.of(-1, 10));
  }

  @Test
  void normalisation() {
    assertThat(tf.l2Normalize(logits, 1e-12, 1).shape()).isEqualTo(Shape.of(-1, 10));
    assertThat(tf.moments(steps, false, 0, 1))
        .extracting(Tensor::shape)
        .containsExactly(Shape.of(10), Shape.of(10));
    assertThat(tf.moments(steps, true, 0))
        .extracting(t -> t.op().name())
        .containsExactly("moments_1/mean", "moments_1/variance");
    assertThatThrownBy(() -> tf.moments(steps, true)).hasMessageContaining("needs axes");
  }
}
