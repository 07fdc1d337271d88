package dev.millrace.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class HessiansTest {
  private final Ops tf = Ops.of(new Graph());

  private void check(Tensor hessian, double[] want, Object... initializers) {
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(tf.graph(), o)) {
        s.run(initializers);
        TensorValue got = s.fetchValue(hessian);
        assertThat(got.size()).isEqualTo(want.length);
        for (int i = 0; i < want.length; i++) {
          assertThat(got.getDouble(i))
              .as("element %d of %s", i, got)
              .isCloseTo(want[i], within(1e-5));
        }
      }
    }
  }

  @Test
  void aQuadraticFormHasItsMatrixTwice() {
    Tensor x = tf.constant(new float[] {1, -2, 3});
    Tensor a = tf.constant(new float[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 10}});
    Tensor y = tf.reduceSum(tf.mul(x, tf.matmul(a, x.expandDims(1)).squeeze(1)));
    Tensor h = Gradients.hessians(y, x).get(0);
    assertThat(h.shape().dims()).containsExactly(3, 3);
    check(h, new double[] {2, 6, 10, 6, 10, 14, 10, 14, 20});
  }

  @Test
  void ofAMatrixItHasFourDimensions() {
    Tensor x = tf.constant(new float[][] {{1, 2}, {3, 4}});
    Tensor h = Gradients.hessians(x.mul(x).mul(x).reduceSum(), x).get(0);
    assertThat(h.shape().dims()).containsExactly(2, 2, 2, 2);
    double[] want = new double[16];
    for (int i = 0; i < 4; i++) {
      want[5 * i] = 6 * (i + 1);
    }
    check(h, want);
  }

  @Test
  void throughALoopAndOfAVariable() {
    Variable v = tf.newVariable("v").initialValue(new float[] {0.5f, 2}).build();
    List<Tensor> last =
        tf.whileLoop(
            (i, p) -> i.less(3), (i, p) -> List.of(i.add(1), p.mul(v)), tf.constant(0), v.mul(1));
    // the sum of v^4
    Tensor h = Gradients.hessians(last.get(1).reduceSum(), v).get(0);
    check(h, new double[] {12 * 0.25, 0, 0, 48}, v.initializer());
  }

  @Test
  void ofASumOfSeveralByEachOfSeveral() {
    Tensor x = tf.constant(new float[] {1, 2});
    Tensor z = tf.constant(new float[] {3});
    Tensor other = tf.placeholder(DataType.FLOAT32, 2);
    List<Tensor> all = Gradients.hessians(List.of(x.square(), tf.mul(x, z)), List.of(x, z, other));
    check(all.get(0), new double[] {2, 0, 0, 2});
    check(all.get(1), new double[] {0});
    assertThat(all.get(2).shape().dims()).containsExactly(2, 2);
  }
}
