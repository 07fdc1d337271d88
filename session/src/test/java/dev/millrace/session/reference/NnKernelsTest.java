package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofDoubles;
import static dev.millrace.graph.TensorValue.ofFloats;
import static dev.millrace.graph.TensorValue.ofInts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NnKernelsTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  private static TensorValue of(String type, TensorValue... inputs) {
    return KernelCall.of(type, inputs).value();
  }

  private static TensorValue matrix(double[]... rows) {
    return TensorValue.of(rows);
  }

  @Test
  void softmaxDoesNotOverflow() {
    TensorValue x =
        matrix(new double[] {1000, 1000}, new double[] {-INF, 0}, new double[] {0, Math.log(3)});
    assertThat(of("Softmax", x).doubles())
        .containsExactly(new double[] {0.5, 0.5, 0, 1, 0.25, 0.75}, within(1e-15));
    assertThat(of("LogSoftmax", x).doubles())
        .containsExactly(
            new double[] {-Math.log(2), -Math.log(2), -INF, 0, -Math.log(4), Math.log(0.75)},
            within(1e-15));
    assertThat(of("Softmax", ofDoubles(-INF, -INF)).doubles()).containsOnly(Double.NaN);
    assertThat(of("Softmax", TensorValue.zeros(DataType.FLOAT32, Shape.of(2, 0))).size()).isZero();
  }

  @Test
  void crossEntropyAndItsGradient() {
    TensorValue logits = matrix(new double[] {0, Math.log(3)}, new double[] {0, 0});
    KernelCall c =
        KernelCall.of("SoftmaxCrossEntropyWithLogits", logits, matrix(new double[] {1, 0})).run();
    assertThat(c.output(0).doubles())
        .containsExactly(new double[] {Math.log(4), Math.log(2)}, within(1e-15));
    assertThat(c.output(1).doubles())
        .containsExactly(new double[] {-0.75, 0.75, -0.5, 0.5}, within(1e-15));

    KernelCall sparse =
        KernelCall.of("SparseSoftmaxCrossEntropyWithLogits", logits, ofInts(0, 0)).run();
    assertThat(sparse.output(0)).isEqualTo(c.output(0));
    assertThat(sparse.output(1)).isEqualTo(c.output(1));
    assertThatThrownBy(() -> of("SparseSoftmaxCrossEntropyWithLogits", logits, ofInts(0, 2)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("label 1 is 2, which is outside the valid range [0, 2)");
    assertThatThrownBy(() -> of("SoftmaxCrossEntropyWithLogits", ofDoubles(1), ofDoubles(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must be matrices");
  }

  @ParameterizedTest
  @CsvSource({
    "Softplus, 100, 100",
    "Softplus, -100, 3.720075976020836e-44",
    "Softplus, 0, 0.6931471805599453",
    "Elu, -1e-10, -9.9999999995e-11",
    "Elu, 3, 3",
    "Selu, 1, 1.0507009873554805",
    "Relu6, 7, 6",
    "Softsign, -3, -0.75",
    "Sigmoid, -1000, 0",
    "Sigmoid, 0, 0.5"
  })
  void activations(String type, double x, double y) {
    assertThat(of(type, TensorValue.of(x)).getDouble(0)).isCloseTo(y, within(1e-14 * Math.abs(y)));
  }

  @ParameterizedTest
  @CsvSource({
    "Sigmoid, SigmoidGrad, true, false",
    "Tanh, TanhGrad, true, false",
    "Sqrt, SqrtGrad, true, false",
    "Rsqrt, RsqrtGrad, true, false",
    "Reciprocal, ReciprocalGrad, true, false",
    "Elu, EluGrad, true, true",
    "Selu, SeluGrad, true, true",
    "Softplus, SoftplusGrad, false, true",
    "Softsign, SoftsignGrad, false, true",
    "Relu, ReluGrad, false, true",
    "Relu6, Relu6Grad, false, true"
  })
  void derivativesMatchDifferences(
      String type, String grad, boolean ofResult, boolean derivativeFirst) {
    for (double x : new double[] {0.3, 1.7, 4.1}) {
      double h = 1e-6;
      double slope =
          (of(type, TensorValue.of(x + h)).getDouble(0)
                  - of(type, TensorValue.of(x - h)).getDouble(0))
              / (2 * h);
      TensorValue at = ofResult ? of(type, TensorValue.of(x)) : TensorValue.of(x);
      TensorValue dy = TensorValue.of(2.0);
      TensorValue got = derivativeFirst ? of(grad, dy, at) : of(grad, at, dy);
      assertThat(got.getDouble(0)).isCloseTo(2 * slope, within(1e-8));
    }
  }

  @Test
  void leakyReluTakesTheGreater() {
    TensorValue x = ofFloats(-2, 0, 3);
    assertThat(KernelCall.of("LeakyRelu", x).attr("alpha", 0.5f).value().floats())
        .containsExactly(-1, 0, 3);
    assertThat(
            KernelCall.of("LeakyReluGrad", ofFloats(1, 1, 1), x)
                .attr("alpha", 0.5f)
                .value()
                .floats())
        .containsExactly(0.5f, 0.5f, 1);
    assertThatThrownBy(
            () -> KernelCall.of("LeakyReluGrad", ofFloats(1), x).attr("alpha", 0.5f).run())
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void biasesGoToTheChannels() {
    TensorValue x = TensorValue.zeros(DataType.FLOAT32, Shape.of(1, 2, 1, 2));
    TensorValue bias = ofFloats(1, 2);
    assertThat(KernelCall.of("BiasAdd", x, bias).attr("data_format", "NHWC").value().floats())
        .containsExactly(1, 2, 1, 2);
    TensorValue first = KernelCall.of("BiasAdd", x, bias).attr("data_format", "NCHW").value();
    assertThat(first.floats()).containsExactly(1, 1, 2, 2);
    assertThat(KernelCall.of("BiasAddGrad", first).attr("data_format", "NCHW").value().floats())
        .containsExactly(2, 4);
    assertThat(KernelCall.of("BiasAddGrad", first).attr("data_format", "NHWC").value().floats())
        .containsExactly(3, 3);
    assertThatThrownBy(() -> of("BiasAddV1", x, ofFloats(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("1 values for the 2 channels");
  }

  @Test
  void halfTheSumOfSquares() {
    assertThat(of("L2Loss", ofFloats(3, 4))).isEqualTo(TensorValue.of(12.5f));
    assertThat(of("L2Loss", TensorValue.zeros(DataType.FLOAT32, Shape.of(0))))
        .isEqualTo(TensorValue.of(0f));
  }

  @Test
  void theTopIsGivenInFallingOrder() {
    TensorValue x = ofFloats(1, Float.NaN, 3, 3, Float.NEGATIVE_INFINITY);
    KernelCall c = KernelCall.of("TopKV2", x, TensorValue.of(5)).run();
    assertThat(c.output(0).floats()).containsExactly(3, 3, 1, Float.NEGATIVE_INFINITY, Float.NaN);
    assertThat(c.output(1).ints()).containsExactly(2, 3, 0, 4, 1);
    assertThat(of("TopKV2", ofInts(1, 2), TensorValue.of(0)).shape()).isEqualTo(Shape.of(0));
    assertThatThrownBy(() -> of("TopKV2", ofInts(1, 2), TensorValue.of(3)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("k is 3");
  }

  @Test
  void allThatTieAtTheBorderAreInTheTop() {
    TensorValue p =
        TensorValue.of(new float[][] {{1, 2, 2}, {3, 2, 1}, {1, Float.NaN, 0}, {1, 2, 3}});
    TensorValue r = KernelCall.of("InTopK", p, ofInts(1, 2, 0, 7)).attr("k", 1).value();
    assertThat((boolean[]) r.toJava()).containsExactly(true, false, false, false);
    TensorValue two = of("InTopKV2", p, ofInts(0, 1, 2, 0), TensorValue.of(2));
    assertThat((boolean[]) two.toJava()).containsExactly(false, true, false, false);
  }
}
