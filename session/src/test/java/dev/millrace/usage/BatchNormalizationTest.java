package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.BatchNormalization;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batch normalization against its formula, while training and after. */
class BatchNormalizationTest {
  private static final double EPSILON = 1e-3;
  private static final double MEAN = 3; // of 1, 2, 6
  private static final double VARIANCE = 14 / 3.0;

  private final Ops tf = Ops.of(new Graph());

  private static double[] normalized(double mean, double variance) {
    double s = Math.sqrt(variance + EPSILON);
    return new double[] {(1 - mean) / s, (2 - mean) / s, (6 - mean) / s};
  }

  @ParameterizedTest
  @ValueSource(strings = {"rows", "images", "images by tensor", "rows by tensor", "first axis"})
  void theBatchsMomentsInTrainingAndMovingOnesAfter(String kind) {
    Shape shape =
        switch (kind) {
          case "rows", "rows by tensor" -> Shape.of(3, 1);
          case "first axis" -> Shape.of(1, 1, 3);
          default -> Shape.of(3, 1, 1, 1);
        };
    Tensor x = tf.constant(TensorValue.wrap(DataType.FLOAT32, shape, new float[] {1, 2, 6}));
    Tensor flag = tf.placeholder(DataType.BOOL);
    BatchNormalization layer =
        tf.layers().newBatchNormalization().momentum(0.9).axis(kind.equals("first axis") ? 1 : -1);
    boolean byTensor = kind.endsWith("by tensor");
    Tensor training = layer.training(byTensor ? flag : true).apply(x);
    Tensor after = byTensor ? training : layer.training(false).apply(x);
    Object[] updates = tf.graph().collection(GraphKeys.UPDATE_OPS).toArray();
    double kept = kind.startsWith("images") ? VARIANCE * 3 / 2 : VARIANCE; // unbiased
    double mean = 0;
    double variance = 1;
    try (Session s = new Session(tf.graph())) {
      s.run(tf.globalVariablesInitializer());
      for (int step = 0; step < 3; step++) {
        Values.assertClose(
            s.feed(flag, true).fetchValue(training), normalized(MEAN, VARIANCE), 1e-5);
        Values.assertClose(s.feed(flag, false).fetchValue(after), normalized(mean, variance), 1e-5);
        if (byTensor) {
          s.feed(flag, false).run(updates); // moves nothing
        }
        s.feed(flag, true).run(updates);
        mean = 0.9 * mean + 0.1 * MEAN;
        variance = 0.9 * variance + 0.1 * kept;
        assertThat(s.fetchValue(layer.movingMean()).getDouble(0)).isCloseTo(mean, within(1e-5));
        assertThat(s.fetchValue(layer.movingVariance()).getDouble(0))
            .isCloseTo(variance, within(1e-5));
      }
    }
  }

  @Test
  void betaAndGammaAreApplied() {
    BatchNormalization layer = tf.layers().newBatchNormalization().training(true).epsilon(0.5);
    Tensor y = layer.apply(new double[][] {{1, 4}, {3, 4}});
    try (Session s = new Session(tf.graph())) {
      s.run(tf.globalVariablesInitializer());
      s.run(layer.gamma().assign(new float[] {2, 3}));
      s.run(layer.beta().assign(new float[] {10, 20}));
      double d = 2 / Math.sqrt(1.5);
      Values.assertClose(s.fetchValue(y), new double[] {10 - d, 20, 10 + d, 20}, 1e-5);
    }
  }

  @Test
  void halvesAreNormalizedByFloats() {
    Tensor x = tf.cast(new float[][] {{1}, {2}, {6}}, DataType.FLOAT16);
    BatchNormalization layer = tf.layers().newBatchNormalization().training(true);
    Tensor y = layer.apply(x);
    assertThat(y.dtype()).isEqualTo(DataType.FLOAT16);
    assertThat(layer.gamma().dtype()).isEqualTo(DataType.FLOAT32);
    Values.assertClose(Values.of(tf, y.cast(DataType.FLOAT32)), normalized(MEAN, VARIANCE), 3e-3);
  }
}
