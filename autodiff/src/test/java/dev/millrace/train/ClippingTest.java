package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.autodiff.IndexedSlices;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClippingTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private float[] floats(Tensor t) {
    try (Session s = new Session(graph)) {
      return s.fetchValue(t).floats();
    }
  }

  @Test
  void byValue() {
    assertThat(floats(Clipping.byValue(tf.constant(new float[] {-3, 0.5f, 3}), -1, 2)))
        .containsExactly(-1, 0.5f, 2);
  }

  @Test
  void byNorm() {
    Tensor t = tf.constant(new float[][] {{3, 4}, {0, 1}});
    assertThat(floats(Clipping.byNorm(tf.constant(new float[] {3, 4}), 2.5)))
        .containsExactly(1.5f, 2);
    assertThat(floats(Clipping.byNorm(tf.constant(new float[] {3, 4}), 8))).containsExactly(3, 4);
    assertThat(floats(Clipping.byNorm(t, 2.5, 1))).containsExactly(1.5f, 2, 0, 1);
    assertThat(floats(Clipping.byNorm(t, tf.constant(2.5f), -1))).containsExactly(1.5f, 2, 0, 1);
  }

  @Test
  void byNormOfZerosHasAGradient() {
    Tensor t = tf.constant(new float[] {0, 0});
    Tensor clipped = Clipping.byNorm(t, 2);
    assertThat(floats(clipped)).containsExactly(0, 0);
    Gradient g = Gradients.builder(List.of(clipped), List.of(t)).build().get(0);
    assertThat(floats(g.dense())).containsExactly(1, 1);
  }

  @Test
  void byAverageNorm() {
    // The norm divided by the number of elements is 2.5.
    assertThat(floats(Clipping.byAverageNorm(tf.constant(new float[] {3, 4}), 1.25)))
        .containsExactly(1.5f, 2);
    assertThat(floats(Clipping.byAverageNorm(tf.constant(new float[] {3, 4}), 4)))
        .containsExactly(3, 4);
  }

  private List<Gradient> gradients(float last) {
    IndexedSlices rows =
        new IndexedSlices(
            tf.constant(new float[][] {{4}, {last}}),
            tf.constant(new int[] {5, 1}),
            tf.constant(new int[] {9, 1}));
    return List.of(
        Gradient.of(tf.constant(new float[] {3})), Gradient.disconnected(), Gradient.of(rows));
  }

  @Test
  void byGlobalNorm() {
    Clipping.Clipped c = Clipping.byGlobalNorm(gradients(0), 2.5);
    assertThat(floats(c.globalNorm())).containsExactly(5);
    assertThat(floats(c.gradients().get(0).dense())).containsExactly(1.5f);
    assertThat(c.gradients().get(1).isConnected()).isFalse();
    assertThat(c.gradients().get(2).isSparse()).isTrue();
    assertThat(floats(c.gradients().get(2).slices().values())).containsExactly(2, 0);
    Clipping.Clipped wide = Clipping.byGlobalNorm(gradients(0), 10);
    assertThat(floats(wide.gradients().get(0).dense())).containsExactly(3);
  }

  @Test
  void globalNormThatIsNotFiniteGivesNaN() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      Clipping.Clipped c = Clipping.byGlobalNorm(gradients(bad), 2.5);
      assertThat(floats(c.gradients().get(0).dense())).containsExactly(Float.NaN);
      assertThat(floats(c.gradients().get(2).slices().values()))
          .containsExactly(Float.NaN, Float.NaN);
    }
  }

  @Test
  void clippedGradientsTrain() {
    Variable v = tf.variable("v", new float[] {1, 1});
    Optimizer optimizer = new GradientDescentOptimizer(1);
    Tensor loss = v.mul(tf.constant(new float[] {30, 40})).reduceSum();
    Operation train =
        optimizer.applyGradients(
            Clipping.gradientsByGlobalNorm(optimizer.computeGradients(loss), 5));
    Operation init = tf.globalVariablesInitializer();
    try (Session s = new Session(graph)) {
      s.run(init);
      s.run(train);
      assertThat(s.fetchValue(v).floats()).containsExactly(new float[] {-2, -3}, within(1e-5f));
    }
  }

  @Test
  void mistakes() {
    assertThatThrownBy(() -> Clipping.globalNorm(List.of(Gradient.disconnected())))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("no connected gradient");
    Tensor t = tf.constant(1f);
    assertThatThrownBy(() -> Clipping.byNorm(t, "much"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("norm to clip by");
  }
}
