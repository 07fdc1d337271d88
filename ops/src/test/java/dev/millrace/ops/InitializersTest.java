package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers.Distribution;
import dev.millrace.ops.Initializers.Fan;
import org.junit.jupiter.api.Test;

class InitializersTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Tensor make(Initializer i, long... dims) {
    return i.initialize(tf, Shape.of(dims), DataType.FLOAT32);
  }

  private double constant(String name) {
    return graph.output(name).constantValue().getDouble(0);
  }

  @Test
  void constants() {
    assertThat(make(Initializers.zeros(), 2).asOutput().constantValue())
        .isEqualTo(TensorValue.ofFloats(0, 0));
    assertThat(make(Initializers.constant(0.5), 2).asOutput().constantValue())
        .isEqualTo(TensorValue.ofFloats(0.5f, 0.5f));
    assertThat(make(Initializers.constant(new int[] {1, 2}), 2, 2).asOutput().constantValue())
        .isEqualTo(TensorValue.wrap(DataType.FLOAT32, Shape.of(2, 2), new float[] {1, 2, 2, 2}));
    assertThatThrownBy(() -> make(Initializers.constant(new int[3]), 2))
        .hasMessageContaining("of 3 values does not fit the shape [2]");
    Tensor eye = make(Initializers.identity(2), 2, 3);
    assertThat(eye.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(eye.op().input(1).op().type()).isEqualTo("MatrixSetDiag");
  }

  @Test
  void uniformOfWholeNumbers() {
    Tensor t = Initializers.randomUniform(0, 5).initialize(tf, Shape.of(2), DataType.INT64);
    assertThat(t.op().type()).isEqualTo("RandomUniformInt");
  }

  @Test
  void normalsTakeTheirParameters() {
    make(Initializers.randomNormal(1, 2, 3L), 2);
    make(Initializers.truncatedNormal(0, 0.1), 2);
    assertThat(constant("random_normal/mean")).isEqualTo(1);
    assertThat(constant("random_normal/stddev")).isEqualTo(2);
    assertThat(constant("truncated_normal/stddev")).isEqualTo(0.1f);
  }

  @Test
  void variancesFollowTheFans() {
    make(Initializers.glorotUniform(), 20, 30);
    make(Initializers.glorotNormal(), 20, 30);
    make(Initializers.heNormal(1L), 3, 3, 8, 16);
    make(Initializers.lecunUniform(1L), 100);
    make(Initializers.varianceScaling(1, Fan.OUT, Distribution.UNTRUNCATED_NORMAL, 1L), 4, 25);

    assertThat(constant("random_uniform/max")).isCloseTo(Math.sqrt(6.0 / 50), within(1e-7));
    assertThat(constant("random_uniform/min")).isCloseTo(-Math.sqrt(6.0 / 50), within(1e-7));
    double cut = 0.8796256610342398;
    assertThat(constant("truncated_normal/stddev"))
        .isCloseTo(Math.sqrt(1.0 / 25) / cut, within(1e-7));
    assertThat(constant("truncated_normal_1/stddev"))
        .isCloseTo(Math.sqrt(2.0 / (9 * 8)) / cut, within(1e-7));
    assertThat(constant("random_uniform_1/max")).isCloseTo(Math.sqrt(3.0 / 100), within(1e-7));
    assertThat(constant("random_normal/stddev")).isCloseTo(0.2, within(1e-7));
    assertThatThrownBy(() -> Initializers.varianceScaling(0, Fan.IN, Distribution.UNIFORM, null))
        .hasMessageContaining("above 0");
  }

  @Test
  void shapesThatDoNotSuit() {
    assertThatThrownBy(() -> make(Initializers.identity(1), 3)).hasMessageContaining("matrices");
    assertThatThrownBy(() -> make(Initializers.orthogonal(1), 3))
        .hasMessageContaining("rank 2 or more");
    assertThatThrownBy(() -> make(Initializers.deltaOrthogonal(1), 3, 3))
        .hasMessageContaining("of rank 3 to 5");
    assertThatThrownBy(() -> make(Initializers.deltaOrthogonal(1), 3, 4, 2))
        .hasMessageContaining("no more inputs than outputs");
  }

  @Test
  void orthogonalMatricesComeFromNormalOnes() {
    assertThat(make(Initializers.orthogonal(1, 4L), 3, 5).shape()).isEqualTo(Shape.of(3, 5));
    assertThat(graph.operation("random_normal/RandomStandardNormal").attrs().getInt("seed2"))
        .isEqualTo(4);
    assertThat(graph.operation("Qr").input(0).shape()).isEqualTo(Shape.of(5, 3));
    assertThat(make(Initializers.orthogonal(2), 2, 2, 3).shape()).isEqualTo(Shape.of(2, 2, 3));
    assertThat(graph.operation("Qr_1").input(0).shape()).isEqualTo(Shape.of(4, 3));
    assertThat(make(Initializers.deltaOrthogonal(1), 3, 3, 2, 4).shape())
        .isEqualTo(Shape.of(3, 3, 2, 4));
  }
}
