package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Losses;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reduction;
import dev.millrace.ops.Regularizers;
import dev.millrace.ops.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The losses against their formulas, and their weights, reductions and collections. */
class LossesTest {
  private static final double[] LABELS = {0, 1, 1, 0, 1, 0};
  private static final double[] PREDICTIONS = {0.25, 0.5, 0.9, 0.1, 0.3, 0.75};
  private static final double[] LOGITS = {-2, 0.5, 3, -0.25, -1.5, 4};

  private final Ops tf = Ops.of(new Graph());
  private final Losses losses = tf.losses();

  private Tensor matrix(double... values) {
    float[] f = new float[values.length];
    for (int i = 0; i < f.length; i++) {
      f[i] = (float) values[i];
    }
    return tf.reshape(f, 2, 3);
  }

  private interface ElementLoss {
    Tensor of(Losses losses, Tensor labels, Tensor predictions);
  }

  private static Arguments loss(
      String name, ElementLoss loss, double[] predictions, DoubleBinaryOperator formula) {
    double[] want =
        IntStream.range(0, 6)
            .mapToDouble(i -> formula.applyAsDouble(LABELS[i], predictions[i]))
            .toArray();
    return Arguments.of(name, loss, predictions, want);
  }

  private static double huber(double e, double delta) {
    return e <= delta ? e * e / 2 : delta * (e - delta / 2);
  }

  private static double crossEntropy(double z, double x) {
    return Math.max(x, 0) - x * z + Math.log1p(Math.exp(-Math.abs(x)));
  }

  static Stream<Arguments> elementLosses() {
    return Stream.of(
        loss(
            "absolute_difference",
            Losses::absoluteDifference,
            PREDICTIONS,
            (y, p) -> Math.abs(p - y)),
        loss(
            "mean_squared_error",
            Losses::meanSquaredError,
            PREDICTIONS,
            (y, p) -> (p - y) * (p - y)),
        loss("hinge_loss", Losses::hingeLoss, LOGITS, (y, x) -> Math.max(0, 1 - (2 * y - 1) * x)),
        loss("huber_loss", Losses::huberLoss, LOGITS, (y, x) -> huber(Math.abs(x - y), 1)),
        loss(
            "huber_loss",
            (l, y, p) -> l.huberLoss(y, p, 0.5),
            LOGITS,
            (y, x) -> huber(Math.abs(x - y), 0.5)),
        loss(
            "log_loss",
            Losses::logLoss,
            PREDICTIONS,
            (y, p) -> -y * Math.log(p + 1e-7) - (1 - y) * Math.log(1 - p + 1e-7)),
        loss(
            "log_loss",
            (l, y, p) -> l.logLoss(y, p, 0.1),
            PREDICTIONS,
            (y, p) -> -y * Math.log(p + 0.1) - (1 - y) * Math.log(1 - p + 0.1)),
        loss(
            "sigmoid_cross_entropy_loss",
            Losses::sigmoidCrossEntropy,
            LOGITS,
            LossesTest::crossEntropy),
        loss(
            "sigmoid_cross_entropy_loss",
            (l, y, x) -> l.sigmoidCrossEntropy(y, x, 0.2),
            LOGITS,
            (y, x) -> crossEntropy(y * 0.8 + 0.1, x)));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource
  void elementLosses(String name, ElementLoss loss, double[] predictions, double[] want) {
    Tensor y = matrix(LABELS);
    Tensor p = matrix(predictions);
    double sum = Arrays.stream(want).sum();
    Tensor usual = loss.of(losses, y, p);
    assertThat(usual.op().name()).startsWith(name + "/");
    assertThat(losses.losses()).containsExactly(usual);
    Values.check(tf, usual, sum / 6);
    Values.check(tf, loss.of(losses.reduction(Reduction.NONE), y, p), want);
    Values.check(tf, loss.of(losses.reduction(Reduction.SUM), y, p), sum);
    Values.check(tf, loss.of(losses.reduction(Reduction.MEAN), y, p), sum / 6);
    Values.check(tf, loss.of(losses.reduction(Reduction.SUM_OVER_BATCH_SIZE), y, p), sum / 6);

    double[] w = {2, 0, 1, 0.5, 0, 3};
    double weighted = IntStream.range(0, 6).mapToDouble(i -> w[i] * want[i]).sum();
    Losses by = losses.weighted(matrix(w));
    Values.check(tf, loss.of(by, y, p), weighted / 4);
    Values.check(tf, loss.of(by.reduction(Reduction.SUM), y, p), weighted);
    Values.check(tf, loss.of(by.reduction(Reduction.MEAN), y, p), weighted / 6.5);
    Values.check(tf, loss.of(by.reduction(Reduction.SUM_OVER_BATCH_SIZE), y, p), weighted / 6);

    double[] rows = {2, 2, 2, 0, 0, 0};
    double byRow = IntStream.range(0, 6).mapToDouble(i -> rows[i] * want[i]).sum();
    Losses perRow = losses.weighted(new float[][] {{2}, {0}});
    Values.check(tf, loss.of(perRow, y, p), byRow / 3);
    Values.check(tf, loss.of(perRow.reduction(Reduction.MEAN), y, p), byRow / 6);
    Values.check(tf, loss.of(losses.weighted(0), y, p), 0);
    Values.check(tf, loss.of(losses.weighted(0).reduction(Reduction.MEAN), y, p), 0);
    Values.check(tf, loss.of(losses.weighted(3), y, p), sum / 2);
  }

  @Test
  void cosineDistance() {
    Tensor y = matrix(0, 1, 0, 0.6, 0.8, 0);
    Tensor p = matrix(0, 0, 1, 0.6, 0.8, 0);
    Values.check(tf, losses.reduction(Reduction.NONE).cosineDistance(y, p, 1), 1, 0);
    Tensor mean = losses.weighted(new float[][] {{1}, {3}}).cosineDistance(y, p, -1);
    Values.check(tf, mean, 0.5);
    assertThat(mean.name()).isEqualTo("cosine_distance_loss_1/value:0");
  }

  private static double[] softmaxRow(double a, double b, double c) {
    double sum = Math.exp(a) + Math.exp(b) + Math.exp(c);
    return new double[] {a - Math.log(sum), b - Math.log(sum), c - Math.log(sum)};
  }

  @Test
  void softmaxCrossEntropy() {
    Tensor x = matrix(LOGITS);
    double[] first = softmaxRow(-2, 0.5, 3);
    double[] second = softmaxRow(-0.25, -1.5, 4);
    int[][] y = {{0, 1, 0}, {0, 0, 1}};
    Tensor hot = tf.constant(y);
    Losses each = losses.reduction(Reduction.NONE);
    Values.check(tf, each.softmaxCrossEntropy(hot, x), -first[1], -second[2]);
    Values.check(tf, losses.softmaxCrossEntropy(hot, x), (-first[1] - second[2]) / 2);
    Values.check(
        tf, losses.weighted(new float[] {0, 2}).softmaxCrossEntropy(hot, x), -2 * second[2]);
    double smooth = -(0.1 * (first[0] + first[2]) + 0.8 * first[1]);
    Values.check(
        tf,
        losses
            .reduction(Reduction.SUM)
            .weighted(new float[] {1, 0})
            .softmaxCrossEntropy(hot, x, 0.3),
        smooth);
  }

  @Test
  void sparseSoftmaxCrossEntropy() {
    Tensor x = matrix(LOGITS);
    double first = -softmaxRow(-2, 0.5, 3)[1];
    double second = -softmaxRow(-0.25, -1.5, 4)[2];
    Losses each = losses.reduction(Reduction.NONE);
    Values.check(tf, each.sparseSoftmaxCrossEntropy(new int[] {1, 2}, x), first, second);
    Tensor usual = losses.sparseSoftmaxCrossEntropy(new long[] {1, 2}, x);
    assertThat(usual.name()).isEqualTo("sparse_softmax_cross_entropy_loss_1/value:0");
    Values.check(tf, usual, (first + second) / 2);
    // A column of labels, and of weights, is as good as a vector.
    Values.check(
        tf,
        losses
            .weighted(new float[][] {{3}, {0}})
            .sparseSoftmaxCrossEntropy(new int[][] {{1}, {2}}, x),
        3 * first);
    Tensor open = tf.placeholder(DataType.INT32, -1, -1);
    Values.check(
        tf,
        losses.sparseSoftmaxCrossEntropy(open, x),
        Map.of(open, new int[][] {{1}, {2}}),
        List.of((first + second) / 2));
  }

  /** The definition: over all pairs of an example, (p_i - p_j - (y_i - y_j))² / number of pairs. */
  private static double pairwise(double[] y, double[] p) {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < y.length; i++) {
      for (int j = i + 1; j < y.length; j++) {
        double d = p[i] - p[j] - (y[i] - y[j]);
        sum += d * d;
        pairs++;
      }
    }
    return sum / pairs;
  }

  @Test
  void meanPairwiseSquaredError() {
    Tensor y = matrix(LABELS);
    Tensor p = matrix(PREDICTIONS);
    double first = pairwise(Arrays.copyOf(LABELS, 3), Arrays.copyOf(PREDICTIONS, 3));
    double second =
        pairwise(Arrays.copyOfRange(LABELS, 3, 6), Arrays.copyOfRange(PREDICTIONS, 3, 6));
    Values.check(tf, losses.meanPairwiseSquaredError(y, p), first + second);
    Values.check(
        tf,
        losses.weighted(new float[][] {{2}, {0.5f}}).meanPairwiseSquaredError(y, p),
        2 * first + second / 2);
    Values.check(tf, losses.weighted(0).meanPairwiseSquaredError(y, p), 0);
    assertThat(losses.losses()).hasSize(3);
  }

  @Test
  void computeWeightedLossKeepsTheDtype() {
    Tensor each = tf.constant(new double[] {1, 2, 3}, DataType.FLOAT64);
    Tensor loss = losses.weighted(new int[] {1, 0, 1}).computeWeightedLoss(each);
    assertThat(loss.dtype()).isEqualTo(DataType.FLOAT64);
    Values.check(tf, loss, 2);
    assertThat(losses.meanSquaredError(each, each).dtype()).isEqualTo(DataType.FLOAT32);
    Values.check(tf, losses.computeWeightedLoss(tf.zeros(DataType.FLOAT32, 0)), 0);
  }

  @Test
  void weightsOfAnotherShapeAreRefused() {
    Tensor y = matrix(LABELS);
    for (Object w :
        new Object[] {new float[2], new float[3], new float[2][2], new float[1][2][3]}) {
      assertThatThrownBy(() -> losses.weighted(w).meanSquaredError(y, y))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("cannot weigh values of shape [2,3]")
          .hasMessageContaining("LossesTest.java");
      assertThatThrownBy(() -> losses.weighted(w).meanPairwiseSquaredError(y, y))
          .hasMessageContaining("cannot weigh");
    }
    assertThatThrownBy(() -> losses.meanSquaredError(y, tf.zeros(DataType.FLOAT32, 3, 2)))
        .hasMessageContaining("must be of one shape, but are [2,3] and [3,2]");
    assertThatThrownBy(() -> losses.softmaxCrossEntropy(y, tf.zeros(DataType.FLOAT32, 2, 2)))
        .hasMessageContaining("must be of one shape");
  }

  @Test
  void weightsOfUnknownShapeAreCheckedWhenRun() {
    Tensor y = tf.placeholder(DataType.FLOAT32, Shape.unknown());
    Tensor w = tf.placeholder(DataType.FLOAT32, Shape.unknown());
    Tensor loss = losses.weighted(w).meanSquaredError(y, tf.mul(y, 0));
    TensorValue values = TensorValue.of(new float[][] {{1, 2}, {3, 4}});
    Values.check(tf, loss, Map.of(y, values, w, 2f), List.of(15.0));
    Values.check(tf, loss, Map.of(y, values, w, new float[][] {{1}, {0}}), List.of(2.5));
    Values.check(tf, loss, Map.of(y, values, w, new float[][] {{0, 1}}), List.of(10.0));
    Values.check(tf, loss, Map.of(y, values, w, new float[][] {{0, 1}, {1, 0}}), List.of(6.5));
    for (Object bad : new Object[] {new float[] {1, 2}, new float[2][1][1]}) {
      assertThatThrownBy(() -> Values.of(tf, loss, Map.of(y, values, w, bad)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("weights can not be broadcast to values");
    }
  }

  @Test
  void lossesAreCollected() {
    assertThatThrownBy(losses::totalLoss).hasMessageContaining("there are no losses");
    Values.check(tf, losses.regularizationLoss(), 0);
    Tensor first = losses.absoluteDifference(1f, 3f);
    Tensor second;
    try (var s = tf.scope("second")) {
      second = losses.meanSquaredError(1f, 3f);
    }
    losses.collection("mine").absoluteDifference(1f, 10f);
    losses.collection(null).absoluteDifference(1f, 10f);
    tf.sharedVariable("w").initialValue(new float[] {2, 4}).regularizer(Regularizers.l2(1)).get();
    Tensor own = tf.constant(100f);
    losses.addLoss(own);
    assertThat(losses.losses()).containsExactly(first, second, own);
    assertThat(losses.losses("second/")).containsExactly(second);
    assertThat(tf.graph().collection("mine")).hasSize(1);
    assertThat(tf.graph().collection(GraphKeys.LOSSES)).hasSize(3);
    assertThat(losses.regularizationLosses("w/")).hasSize(1);
    assertThat(losses.regularizationLosses("v/")).isEmpty();
    Values.check(tf, losses.regularizationLoss(), 10);
    Tensor total = losses.totalLoss();
    assertThat(total.name()).isEqualTo("total_loss:0");
    Values.check(tf, total, 2 + 4 + 100 + 10);
    Values.check(tf, losses.totalLoss(false), 106);
    assertThatThrownBy(() -> losses.collection(null).losses())
        .hasMessageContaining("go to no collection");
    assertThat(losses.scope("mine").absoluteDifference(1f, 2f).name()).isEqualTo("mine/value:0");
  }

  @Test
  void regularizersAreTheirFormulas() {
    Tensor w = tf.constant(new float[] {-1, 2});
    Values.check(tf, Regularizers.l1(0.5).loss(tf, w), 1.5);
    Values.check(tf, Regularizers.l2(0.5).loss(tf, w), 1.25);
    Values.check(tf, Regularizers.l1L2(1, 2).loss(tf, w), 8);
    assertThat(Regularizers.l1L2(0, 0).loss(tf, w)).isNull();
    assertThat(Regularizers.l2(0).loss(tf, w)).isNull();
  }
}
