package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import org.junit.jupiter.api.Test;

class CandidateApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor classes = tf.placeholder("classes", DataType.INT64, -1, 2);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 4);
  private final Variable w = tf.variable("w", Initializers.ones(), 9, 4);
  private final Variable b = tf.variable("b", Initializers.zeros(), 9);

  @Test
  void samplersTakeTheirSeeds() {
    tf.setRandomSeed(42);
    CandidateSample s = tf.logUniformCandidateSampler(classes, 2, 5, true, 9, 7L);
    assertThat(s.sampled())
        .hasToString("Tensor(\"LogUniformCandidateSampler:0\", shape=[5], dtype=int64)");
    assertThat(s.trueExpectedCount().shape()).isEqualTo(Shape.of(-1, 2));
    assertThat(s.sampledExpectedCount().shape()).isEqualTo(Shape.of(5));
    assertThat(s.sampled().op().attrs().getInt("seed")).isEqualTo(42);
    assertThat(s.sampled().op().attrs().getInt("seed2")).isEqualTo(7);
  }

  @Test
  void classesOfFixedWeightsCountTheReservedOnes() {
    float[] weights = {3, 2, 1};
    CandidateSample s =
        tf.fixedUnigramCandidateSampler(classes, 2, 2, true, weights, 0.75, 2, null);
    assertThat(s.sampled().op().attrs().getInt("range_max")).isEqualTo(5);
    CandidateSample f =
        tf.fixedUnigramCandidateSampler(classes, 2, 2, true, 5, "words.csv", 1, 2, null);
    assertThat(f.sampled().op().attrs().getString("vocab_file")).isEqualTo("words.csv");
  }

  @Test
  void everyExampleHasALoss() {
    SampledLossOptions two = new SampledLossOptions().numTrue(2);
    assertThat(tf.nceLoss(w, b, classes, x, 5, 9, two).shape()).isEqualTo(Shape.of(-1));
    assertThat(tf.sampledSoftmaxLoss(w, b, classes, x, 5, 9, two).shape()).isEqualTo(Shape.of(-1));
    assertThat(graph.operations().stream().filter(o -> o.type().equals("ComputeAccidentalHits")))
        .as("only the softmax leaves accidental hits out")
        .hasSize(1);
  }

  @Test
  void wrongShapesAreNamed() {
    assertThatThrownBy(() -> tf.nceLoss(w, b, classes, x, 5, 9))
        .hasMessageContaining("labels must be of shape [batch, 1], but are [?,2]");
    assertThatThrownBy(() -> tf.nceLoss(w, b, tf.constant(new int[] {1}), x, 5, 9))
        .hasMessageContaining("labels must be of shape [batch, 1], but are [1]");
    Tensor cube = tf.placeholder(DataType.FLOAT32, -1, 2, 4);
    assertThatThrownBy(() -> tf.sampledSoftmaxLoss(w, b, new int[][] {{1}}, cube, 5, 9))
        .hasMessageContaining("inputs must be of shape [batch, dim]");
    assertThatThrownBy(() -> new SampledLossOptions().numTrue(0))
        .hasMessageContaining("numTrue must be 1 at least");
  }
}
