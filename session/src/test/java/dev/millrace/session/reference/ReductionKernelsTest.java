package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofFloats;
import static dev.millrace.graph.TensorValue.ofInts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReductionKernelsTest {
  private static final float NAN = Float.NaN;
  private static final TensorValue X = TensorValue.of(new int[][] {{1, 2, 3}, {4, 5, 6}});

  private static TensorValue reduce(String type, TensorValue x, boolean keepDims, int... axes) {
    return KernelCall.of(type, x, ofInts(axes)).attr("keep_dims", keepDims).value();
  }

  private static TensorValue arg(String type, TensorValue x, int axis) {
    return KernelCall.of(type, x, TensorValue.of(axis)).attr("output_type", DataType.INT64).value();
  }

  @Test
  void reducesTheNamedAxes() {
    assertThat(reduce("Sum", X, false, 0)).isEqualTo(ofInts(5, 7, 9));
    assertThat(reduce("Sum", X, false, -1)).isEqualTo(ofInts(6, 15));
    assertThat(reduce("Sum", X, true, 1).shape()).isEqualTo(Shape.of(2, 1));
    assertThat(reduce("Sum", X, false, 0, 1)).isEqualTo(TensorValue.of(21));
    assertThat(reduce("Sum", X, true, 1, -2).shape()).isEqualTo(Shape.of(1, 1));
    assertThat(reduce("Sum", X, false)).isEqualTo(X);
    assertThat(reduce("Sum", TensorValue.of(3), false)).isEqualTo(TensorValue.of(3));
    assertThat(reduce("Sum", X, false, 0, 0)).isEqualTo(ofInts(5, 7, 9));
    TensorValue cube = ofInts(1, 2, 3, 4, 5, 6, 7, 8).reshape(Shape.of(2, 2, 2));
    assertThat(reduce("Prod", cube, false, 0, 2)).isEqualTo(ofInts(1 * 2 * 5 * 6, 3 * 4 * 7 * 8));
  }

  @Test
  void axesOutsideTheShapeAreAnError() {
    assertThatThrownBy(() -> reduce("Max", X, false, 2))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("axis 2");
  }

  @ParameterizedTest
  @CsvSource({
    "Sum, 0",
    "Prod, 1",
    "Max, -Infinity",
    "Min, Infinity",
    "Mean, NaN",
    "EuclideanNorm, 0"
  })
  void theReductionOfNothing(String type, float expected) {
    TensorValue none = TensorValue.zeros(DataType.FLOAT32, Shape.of(2, 0));
    assertThat(reduce(type, none, false, 1).floats()).containsExactly(expected, expected);
    assertThat(reduce(type, none, false, 0).shape()).isEqualTo(Shape.of(0));
  }

  @Test
  void theReductionOfNoIntegers() {
    TensorValue none = TensorValue.zeros(DataType.INT32, Shape.of(0));
    assertThat(reduce("Max", none, false, 0)).isEqualTo(TensorValue.of(Integer.MIN_VALUE));
    assertThat(reduce("Min", none, false, 0)).isEqualTo(TensorValue.of(Integer.MAX_VALUE));
    assertThat(reduce("Mean", none, false, 0)).isEqualTo(TensorValue.of(0));
  }

  @Test
  void nanSpreadsInSumsAndIsPassedOverInExtremes() {
    TensorValue x = ofFloats(1, NAN, 3);
    assertThat(reduce("Sum", x, false, 0).floats()).containsExactly(NAN);
    assertThat(reduce("Max", x, false, 0).floats()).containsExactly(3);
    assertThat(reduce("Min", x, false, 0).floats()).containsExactly(1);
    assertThat(reduce("Max", ofFloats(NAN), false, 0).floats())
        .containsExactly(Float.NEGATIVE_INFINITY);
  }

  @Test
  void meansOfIntegersAreCutOffAndTheirSumsWrap() {
    assertThat(reduce("Mean", ofInts(-3, -4), false, 0)).isEqualTo(TensorValue.of(-3));
    assertThat(reduce("Mean", ofInts(Integer.MAX_VALUE, Integer.MAX_VALUE, 5), false, 0))
        .isEqualTo(TensorValue.of(1));
  }

  @Test
  void sumsOfFloatsAreExactToTheLastPlace() {
    float[] x = new float[100_000];
    Arrays.fill(x, 0.1f);
    assertThat(
            reduce("Sum", TensorValue.wrap(DataType.FLOAT32, Shape.vector(x.length), x), false, 0)
                .floats())
        .containsExactly((float) (0.1f * 100_000.0));
  }

  @Test
  void allAndAny() {
    TensorValue x = TensorValue.of(new boolean[][] {{true, false}, {true, true}});
    assertThat((boolean[]) reduce("All", x, false, 1).toJava()).containsExactly(false, true);
    assertThat((boolean[]) reduce("Any", x, false, 0).toJava()).containsExactly(true, true);
    TensorValue none = TensorValue.zeros(DataType.BOOL, Shape.of(0));
    assertThat(reduce("All", none, false, 0)).isEqualTo(TensorValue.of(true));
    assertThat(reduce("Any", none, false, 0)).isEqualTo(TensorValue.of(false));
  }

  @Test
  void theFirstOfTheGreatestIsGiven() {
    assertThat(arg("ArgMax", ofInts(1, 3, 3), 0)).isEqualTo(TensorValue.of(1L));
    assertThat(arg("ArgMin", ofInts(1, 0, 0), -1)).isEqualTo(TensorValue.of(1L));
    assertThat(arg("ArgMax", X, 0)).isEqualTo(TensorValue.ofLongs(1, 1, 1));
    assertThat(arg("ArgMax", ofFloats(NAN, 1, NAN, 2), 0)).isEqualTo(TensorValue.of(3L));
    assertThat(arg("ArgMax", ofFloats(NAN, NAN), 0)).isEqualTo(TensorValue.of(0L));
    assertThat(arg("ArgMin", ofFloats(Float.POSITIVE_INFINITY), 0)).isEqualTo(TensorValue.of(0L));
    TensorValue none = TensorValue.zeros(DataType.INT32, Shape.of(2, 0));
    assertThatThrownBy(() -> arg("ArgMax", none, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[2,0]");
    assertThat(arg("ArgMax", none, 0).shape()).isEqualTo(Shape.of(0));
  }

  private static TensorValue running(String type, boolean exclusive, boolean reverse, int axis) {
    return KernelCall.of(type, X, TensorValue.of(axis))
        .attr("exclusive", exclusive)
        .attr("reverse", reverse)
        .value();
  }

  @Test
  void runningSums() {
    assertThat(running("Cumsum", false, false, 1).ints()).containsExactly(1, 3, 6, 4, 9, 15);
    assertThat(running("Cumsum", true, false, -1).ints()).containsExactly(0, 1, 3, 0, 4, 9);
    assertThat(running("Cumsum", false, true, 1).ints()).containsExactly(6, 5, 3, 15, 11, 6);
    assertThat(running("Cumsum", true, true, 0).ints()).containsExactly(4, 5, 6, 0, 0, 0);
    assertThat(running("Cumprod", true, false, 1).ints()).containsExactly(1, 1, 2, 1, 4, 20);
  }

  @Test
  void ranges() {
    assertThat(range(0, 5, 2)).isEqualTo(ofInts(0, 2, 4));
    assertThat(range(5, 0, -2)).isEqualTo(ofInts(5, 3, 1));
    assertThat(range(3, 3, 1).size()).isZero();
    assertThat(range(Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE))
        .isEqualTo(ofInts(Integer.MIN_VALUE, -1, Integer.MAX_VALUE - 1));
    assertThatThrownBy(() -> range(0, 5, 0)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> range(0, 5, -1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("from 0 to 5 in steps of -1");
    TensorValue reals =
        KernelCall.of("Range", TensorValue.of(0f), TensorValue.of(1f), TensorValue.of(0.25f))
            .value();
    assertThat(reals).isEqualTo(ofFloats(0, 0.25f, 0.5f, 0.75f));
    TensorValue spaced =
        KernelCall.of("LinSpace", TensorValue.of(1f), TensorValue.of(2f), TensorValue.of(5))
            .value();
    assertThat(spaced).isEqualTo(ofFloats(1, 1.25f, 1.5f, 1.75f, 2));
  }

  private static TensorValue range(int start, int limit, int delta) {
    return KernelCall.of(
            "Range", TensorValue.of(start), TensorValue.of(limit), TensorValue.of(delta))
        .value();
  }

  @Test
  void productsOfMatrices() {
    TensorValue a = TensorValue.of(new float[][] {{1, 2}, {3, 4}, {5, 6}});
    TensorValue b = TensorValue.of(new float[][] {{1, 0}, {2, 1}});
    assertThat(matMul(a, false, b, false).floats()).containsExactly(5, 2, 11, 4, 17, 6);
    assertThat(matMul(a, true, a, false).floats()).containsExactly(35, 44, 44, 56);
    assertThat(matMul(b, false, a, true).floats()).containsExactly(1, 3, 5, 4, 10, 16);
    assertThat(matMul(a, true, TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 3)), true).shape())
        .isEqualTo(Shape.of(2, 0));
    TensorValue emptyInner =
        matMul(
            TensorValue.zeros(DataType.FLOAT32, Shape.of(2, 0)),
            false,
            TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 1)),
            false);
    assertThat(emptyInner.floats()).containsExactly(0, 0);
    assertThatThrownBy(() -> matMul(a, false, a, false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("2 columns against 3 rows");
  }

  private static TensorValue matMul(TensorValue a, boolean ta, TensorValue b, boolean tb) {
    return KernelCall.of("MatMul", a, b).attr("transpose_a", ta).attr("transpose_b", tb).value();
  }

  @Test
  void batchesOfMatricesBroadcastInTheSecondForm() {
    TensorValue a = ofInts(1, 2, 3, 4).reshape(Shape.of(2, 1, 2));
    TensorValue b = ofInts(1, 10).reshape(Shape.of(2, 1));
    KernelCall call =
        KernelCall.of("BatchMatMulV2", a, b).attr("adj_x", false).attr("adj_y", false);
    assertThat(call.value()).isEqualTo(ofInts(21, 43).reshape(Shape.of(2, 1, 1)));
    assertThatThrownBy(
            () ->
                KernelCall.of("BatchMatMul", a, b).attr("adj_x", false).attr("adj_y", false).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("batches");
  }
}
