package dev.millrace.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The gradient of gamma-distributed numbers by their parameters. They are other numbers at every
 * run, so that there is no difference quotient to compare with.
 */
class GammaGradientTest {
  @Test
  void everySampleMovesWithItsShape() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor alpha = tf.constant(new double[][] {{0.5, 3}, {1.5, 20}}, DataType.FLOAT64);
    Tensor beta = tf.constant(new double[] {2, 4}, DataType.FLOAT64);
    Tensor samples = tf.randomGamma(new int[] {4, 2}, alpha, beta, DataType.FLOAT64, 1L);
    Tensor partial = Build.op(tf, "RandomGammaGrad", alpha, samples.mul(beta)).div(beta);
    List<Gradient> g = Gradients.of(List.of(samples.square()), List.of(alpha, beta));

    try (Session session = new Session(graph)) {
      Fetches f =
          session.runner().fetch(List.of(samples, partial, g.get(0).dense(), g.get(1).dense()));
      TensorValue x = f.value(0);
      double[] byAlpha = new double[4];
      double[] byBeta = new double[2];
      for (int i = 0; i < x.size(); i++) {
        byAlpha[i % 4] += 2 * x.doubles()[i] * f.value(1).doubles()[i];
        byBeta[i % 2] += -2 * x.doubles()[i] * x.doubles()[i] / (i % 2 == 0 ? 2 : 4);
      }
      assertThat(f.value(2).shape()).isEqualTo(alpha.shape());
      assertThat(f.value(2).doubles()).containsExactly(byAlpha, within(1e-9));
      assertThat(f.value(3).doubles()).containsExactly(byBeta, within(1e-9));
    }
  }
}
