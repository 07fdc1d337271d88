package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import org.junit.jupiter.api.Test;

class SamplingApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private long[] seeds(String name) {
    Operation op = graph.operation(name);
    return new long[] {op.attrs().getInt("seed"), op.attrs().getInt("seed2")};
  }

  @Test
  void shuffleTakesItsSeedBeforeItsInput() {
    tf.setRandomSeed(42);
    Tensor x = tf.randomShuffle(new int[] {1, 2, 3});

    assertThat(x).hasToString("Tensor(\"RandomShuffle:0\", shape=[3], dtype=int32)");
    assertThat(seeds("RandomShuffle")).containsExactly(42, 0);
    assertThat(tf.randomShuffle(x, 5L).shape()).isEqualTo(Shape.of(3));
    assertThat(seeds("RandomShuffle_1")).containsExactly(42, 5);
  }

  @Test
  void multinomialIsBuiltAsTensorFlowBuildsIt() {
    tf.setRandomSeed(42);
    Tensor x = tf.multinomial(new float[][] {{0, 1}}, 7);

    assertThat(x).hasToString("Tensor(\"multinomial/Multinomial:0\", shape=[1,7], dtype=int64)");
    assertThat(Nodes.of(graph))
        .containsExactly(
            "multinomial/logits = Const()",
            "multinomial/Multinomial/num_samples = Const()",
            "multinomial/Multinomial ="
                + " Multinomial(multinomial/logits, multinomial/Multinomial/num_samples)");
    assertThat(seeds("multinomial/Multinomial")).containsExactly(42, 1);
  }

  @Test
  void gammaHasAShapeForEveryPairOfParameters() {
    Tensor x =
        tf.randomGamma(5, new double[] {1, 2}, new double[][] {{3}, {4}}, DataType.FLOAT64, 1L);
    assertThat(x.shape()).isEqualTo(Shape.of(5, 2, 2));
    assertThat(x.dtype()).isEqualTo(DataType.FLOAT64);
    assertThat(x.name()).isEqualTo("random_gamma/Maximum:0");
    assertThatThrownBy(() -> tf.randomGamma(5, 1, null, DataType.INT32, null))
        .hasMessageContaining("gamma numbers are floating point");
  }

  @Test
  void poissonRatesAreDoubles() {
    Tensor x = tf.randomPoisson(new int[] {5}, 2.5, DataType.INT32, null);
    assertThat(x)
        .hasToString("Tensor(\"random_poisson/RandomPoissonV2:0\", shape=[5], dtype=int32)");
    assertThat(x.op().input(1).dtype()).isEqualTo(DataType.FLOAT64);
  }

  @Test
  void boundedNormals() {
    Tensor x =
        tf.parameterizedTruncatedNormal(
            new int[] {2, 3}, 0, 1, new float[] {-1, -2}, 3, DataType.FLOAT32, null);
    assertThat(x.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(x.name()).isEqualTo("parameterized_truncated_normal/ParameterizedTruncatedNormal:0");
  }

  @Test
  void statelessNumbers() {
    long[] seed = {1, 2};
    assertThat(tf.statelessRandomUniform(3, seed, DataType.FLOAT32, 0, 1).name())
        .isEqualTo("stateless_random_uniform:0");
    assertThat(tf.statelessRandomUniform(3, seed, DataType.INT64, 0, 9).op().type())
        .isEqualTo("StatelessRandomUniformInt");
    assertThat(tf.statelessRandomNormal(3, seed, DataType.FLOAT64, 0, 1).dtype())
        .isEqualTo(DataType.FLOAT64);
    assertThat(tf.statelessTruncatedNormal(3, seed, DataType.FLOAT32, 0, 1).name())
        .isEqualTo("stateless_truncated_normal:0");
    assertThat(tf.statelessMultinomial(new float[2][4], 3, seed, DataType.INT32).shape())
        .isEqualTo(Shape.of(2, 3));
  }
}
