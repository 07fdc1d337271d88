package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofDoubles;
import static dev.millrace.graph.TensorValue.ofFloats;
import static dev.millrace.graph.TensorValue.ofInts;
import static dev.millrace.graph.TensorValue.ofLongs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElementwiseKernelsTest {
  private static final float NAN = Float.NaN;

  private static TensorValue of(String type, TensorValue... inputs) {
    return KernelCall.of(type, inputs).value();
  }

  private static TensorValue zeros(DataType t, long... dims) {
    return TensorValue.zeros(t, Shape.of(dims));
  }

  @Test
  void broadcastsFromTheLastDimension() {
    TensorValue column = ofInts(10, 20, 30).reshape(Shape.of(3, 1));
    TensorValue r = of("Add", column, ofInts(1, 2));
    assertThat(r.shape()).isEqualTo(Shape.of(3, 2));
    assertThat(r.ints()).containsExactly(11, 12, 21, 22, 31, 32);
    assertThat(of("Sub", TensorValue.of(5), ofInts(1, 2)).ints()).containsExactly(4, 3);
    assertThat(of("Mul", zeros(DataType.FLOAT32, 0, 1), ofFloats(1, 2)).shape())
        .isEqualTo(Shape.of(0, 2));
    assertThat(
            of("Mul", zeros(DataType.FLOAT32, 2, 1, 1, 1, 3), zeros(DataType.FLOAT32, 4, 1, 5, 1))
                .shape())
        .isEqualTo(Shape.of(2, 4, 1, 5, 3));
    assertThatThrownBy(() -> of("Add", ofInts(1, 2), ofInts(1, 2, 3)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[2]")
        .hasMessageContaining("[3]");
  }

  @Test
  void integersWrapAroundInTheirOwnWidth() {
    assertThat(of("Add", ofInts(Integer.MAX_VALUE), ofInts(1)).ints())
        .containsExactly(Integer.MIN_VALUE);
    assertThat(of("Mul", ofLongs(Long.MAX_VALUE), ofLongs(3)).longs())
        .containsExactly(Long.MAX_VALUE - 2);
    TensorValue bytes =
        TensorValue.wrap(DataType.UINT8, Shape.vector(2), new byte[] {(byte) 200, 7});
    assertThat(of("Add", bytes, bytes).toInts()).containsExactly(144, 14);
    assertThat(of("Sub", zeros(DataType.UINT8, 2), bytes).toInts()).containsExactly(56, 249);
    assertThat(of("Neg", ofInts(Integer.MIN_VALUE)).ints()).containsExactly(Integer.MIN_VALUE);
    assertThat(of("Abs", ofInts(Integer.MIN_VALUE, -3)).ints())
        .containsExactly(Integer.MIN_VALUE, 3);
    assertThat(of("SquaredDifference", ofInts(2, 5), ofInts(5, 2)).ints()).containsExactly(9, 9);
  }

  @Test
  void unsigned64BitNumbersAreNotNegative() {
    TensorValue huge = TensorValue.wrap(DataType.UINT64, Shape.vector(1), new long[] {-1});
    TensorValue two = TensorValue.wrap(DataType.UINT64, Shape.vector(1), new long[] {2});
    assertThat(of("Div", huge, two).longs()).containsExactly(Long.MAX_VALUE);
    assertThat(of("Mod", huge, two).longs()).containsExactly(1);
    assertThat(of("Maximum", huge, two).longs()).containsExactly(-1);
    assertThat(of("Less", two, huge).getBoolean(0)).isTrue();
  }

  @Test
  void divisionsRoundAsTheirNamesSay() {
    TensorValue x = ofInts(7, -7, 7, -7);
    TensorValue y = ofInts(2, 2, -2, -2);
    assertThat(of("Div", x, y).ints()).containsExactly(3, -3, -3, 3);
    assertThat(of("TruncateDiv", x, y).ints()).containsExactly(3, -3, -3, 3);
    assertThat(of("FloorDiv", x, y).ints()).containsExactly(3, -4, -4, 3);
    assertThat(of("Mod", x, y).ints()).containsExactly(1, -1, 1, -1);
    assertThat(of("TruncateMod", x, y).ints()).containsExactly(1, -1, 1, -1);
    assertThat(of("FloorMod", x, y).ints()).containsExactly(1, 1, -1, -1);
    assertThat(of("FloorMod", ofFloats(7, -7, 7, -7), ofFloats(2, 2, -2, -2)).floats())
        .containsExactly(1, 1, -1, -1);
    assertThat(of("FloorDiv", ofFloats(1), ofFloats(0.1f)).floats()).containsExactly(10);
    assertThat(of("FloorMod", ofFloats(-1e-10f), ofFloats(3)).floats()).containsExactly(3);
    assertThat(of("FloorMod", ofFloats(0), ofFloats(Float.NEGATIVE_INFINITY)).floats())
        .containsExactly(0);
    assertThat(of("FloorDiv", ofInts(Integer.MIN_VALUE), ofInts(-1)).ints())
        .containsExactly(Integer.MIN_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Div", "TruncateDiv", "FloorDiv", "Mod", "TruncateMod", "FloorMod"})
  void integersAreNotDividedByZero(String type) {
    assertThatThrownBy(() -> of(type, ofInts(1, 2), ofInts(1, 0)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("division by zero");
    assertThatThrownBy(() -> of(type, ofLongs(1), ofLongs(0)))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void realsAreDividedByZero() {
    assertThat(of("RealDiv", ofFloats(1, -1, 0), ofFloats(0, 0, 0)).floats())
        .containsExactly(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, NAN);
    assertThat(of("DivNoNan", ofFloats(1, 0), ofFloats(0, 0)).floats()).containsExactly(0, 0);
    assertThat(of("MulNoNan", ofFloats(NAN, NAN), ofFloats(0, 1)).floats()).containsExactly(0, NAN);
    assertThat(of("Xlogy", ofDoubles(0, 2), ofDoubles(0, Math.E)).doubles()).containsExactly(0, 2);
    assertThat(of("Xdivy", ofDoubles(0, 2), ofDoubles(0, 4)).doubles()).containsExactly(0, 0.5);
  }

  @Test
  void powers() {
    assertThat(of("Pow", ofInts(2, -3, 0, 7, 46341), ofInts(10, 3, 0, 0, 2)).ints())
        .containsExactly(1024, -27, 1, 1, -2147479015);
    assertThatThrownBy(() -> of("Pow", ofInts(2), ofInts(-1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("2 to the power -1");
    assertThat(of("Pow", ofFloats(2, 1, NAN, -8), ofFloats(-1, NAN, 0, 1f / 3)).floats())
        .containsExactly(0.5f, 1, 1, NAN);
    assertThat(of("Pow", ofDoubles(-1), ofDoubles(Double.POSITIVE_INFINITY)).doubles())
        .containsExactly(1);
  }

  @Test
  void ofNanTheLeftOneStays() {
    assertThat(of("Maximum", ofFloats(NAN, 1), ofFloats(1, NAN)).floats()).containsExactly(NAN, 1);
    assertThat(of("Minimum", ofFloats(NAN, 1), ofFloats(1, NAN)).floats()).containsExactly(NAN, 1);
    assertThat(of("Relu", ofFloats(NAN, -1, 2)).floats()).containsExactly(NAN, 0, 2);
    assertThat(of("Sign", ofFloats(NAN, -2, -0f)).floats()).containsExactly(0, -1, 0);
  }

  @Test
  void negativeZeroKeepsItsSign() {
    assertThat(of("Neg", ofFloats(0)).floats()).containsExactly(-0f);
    assertThat(of("Round", ofFloats(-0.4f, 0.5f, 1.5f, -2.5f)).floats())
        .containsExactly(-0f, 0, 2, -2);
    assertThat(of("Reciprocal", ofFloats(-0f)).floats()).containsExactly(Float.NEGATIVE_INFINITY);
    assertThat(of("Equal", ofFloats(-0f), ofFloats(0f)).getBoolean(0)).isTrue();
    assertThat(of("Abs", ofDoubles(-0.0)).doubles()).containsExactly(0.0);
  }

  @Test
  void comparisonsWithNanAreFalseButForInequality() {
    TensorValue nan = ofFloats(NAN);
    for (String type : new String[] {"Less", "LessEqual", "Greater", "GreaterEqual", "Equal"}) {
      assertThat(of(type, nan, nan).getBoolean(0)).as(type).isFalse();
    }
    assertThat(of("NotEqual", nan, nan).getBoolean(0)).isTrue();
  }

  @Test
  void equalityOfWhatDoesNotBroadcast() {
    KernelCall equal =
        KernelCall.of("Equal", ofInts(1, 2), ofInts(1, 2, 3))
            .attr("incompatible_shape_error", false);
    assertThat(equal.value()).isEqualTo(TensorValue.of(false));
    KernelCall unequal =
        KernelCall.of("NotEqual", ofInts(1, 2), ofInts(1, 2, 3))
            .attr("incompatible_shape_error", false);
    assertThat(unequal.value()).isEqualTo(TensorValue.of(true));
    assertThatThrownBy(
            () ->
                KernelCall.of("Equal", ofInts(1, 2), ofInts(1, 2, 3))
                    .attr("incompatible_shape_error", true)
                    .run())
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void stringsAreJoinedAndCompared() {
    TensorValue x = TensorValue.of(new String[] {"a", "b"});
    assertThat(of("Add", x, TensorValue.of("é")).toJava()).isEqualTo(new String[] {"aé", "bé"});
    boolean[] equal = (boolean[]) of("Equal", x, TensorValue.of("b")).toJava();
    assertThat(equal).containsExactly(false, true);
  }

  @Test
  void approximatelyEqual() {
    KernelCall c =
        KernelCall.of("ApproximateEqual", ofFloats(1, 1, NAN), ofFloats(1.05f, 1.2f, NAN))
            .attr("tolerance", 0.1f);
    assertThat((boolean[]) c.value().toJava()).containsExactly(true, false, false);
  }

  @Test
  void halvesAreRoundedToTheNearest() {
    TensorValue third =
        KernelCall.of("Cast", ofDoubles(1.0 / 3, 65519, 65520, -1e-8))
            .attr("DstT", DataType.FLOAT16)
            .value();
    assertThat(third.toDoubles())
        .containsExactly(0.333251953125, 65504, Double.POSITIVE_INFINITY, -0.0);
    assertThat(of("Add", third, third).getDouble(0)).isEqualTo(0.66650390625);
  }

  @Test
  void castsToIntegersAsProcessorsDo() {
    TensorValue x = ofFloats(1.9f, -1.9f, 300, -1, 3e9f, NAN, 1e30f);
    assertThat(cast(x, DataType.INT32).ints())
        .containsExactly(1, -1, 300, -1, Integer.MIN_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE);
    assertThat(cast(x, DataType.UINT8).toInts()).containsExactly(1, 255, 44, 255, 0, 0, 0);
    assertThat(cast(x, DataType.INT64).longs())
        .containsExactly(1, -1, 300, -1, 3_000_000_000L, Long.MIN_VALUE, Long.MIN_VALUE);
    assertThat((boolean[]) cast(ofFloats(0, -0f, NAN, 0.1f), DataType.BOOL).toJava())
        .containsExactly(false, false, true, true);
    TensorValue wide = TensorValue.wrap(DataType.UINT64, Shape.scalar(), new long[] {-1});
    assertThat(cast(wide, DataType.FLOAT64).getDouble(0)).isEqualTo(0x1p64);
    assertThat(cast(ofLongs((1L << 53) + 1), DataType.FLOAT64).getDouble(0)).isEqualTo(0x1p53);
  }

  @Test
  void castsMayCutOffInsteadOfRounding() {
    TensorValue x = ofFloats(1.999f, -1.999f);
    TensorValue cut =
        KernelCall.of("Cast", x).attr("DstT", DataType.BFLOAT16).attr("Truncate", true).value();
    assertThat(cut.toDoubles()).containsExactly(1.9921875, -1.9921875);
    assertThat(cast(x, DataType.BFLOAT16).toDoubles()).containsExactly(2, -2);
  }

  private static TensorValue cast(TensorValue x, DataType to) {
    return KernelCall.of("Cast", x).attr("DstT", to).value();
  }

  @Test
  void selectsWholeValuesElementsOrRows() {
    TensorValue x = TensorValue.of(new int[][] {{1, 2}, {3, 4}});
    TensorValue y = TensorValue.of(new int[][] {{-1, -2}, {-3, -4}});
    TensorValue rows = TensorValue.of(new boolean[] {true, false});
    assertThat(of("Select", rows, x, y).ints()).containsExactly(1, 2, -3, -4);
    assertThat(of("SelectV2", rows, x, y).ints()).containsExactly(1, -2, 3, -4);
    assertThat(of("Select", TensorValue.of(false), x, y).ints()).containsExactly(-1, -2, -3, -4);
    assertThat(of("SelectV2", rows, TensorValue.of(0), ofInts(1, 2)).ints()).containsExactly(0, 2);
    assertThatThrownBy(() -> of("Select", TensorValue.of(new boolean[] {true, false, true}), x, y))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[3]");
  }

  @Test
  void clipsAndAddsMany() {
    assertThat(of("ClipByValue", ofInts(-5, 0, 5), TensorValue.of(-1), TensorValue.of(2)).ints())
        .containsExactly(-1, 0, 2);
    assertThat(of("AddN", ofInts(1, 2), ofInts(3, 4), ofInts(5, 6)).ints()).containsExactly(9, 12);
    assertThatThrownBy(() -> of("AddN", ofInts(1, 2), ofInts(3)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("input 1");
  }

  @Test
  void derivativesOfPolesAreZeroWhereNothingIsAsked() {
    assertThat(of("SqrtGrad", ofFloats(0, 0), ofFloats(0, 1)).floats())
        .containsExactly(0, Float.POSITIVE_INFINITY);
    assertThat(of("InvGrad", ofFloats(Float.POSITIVE_INFINITY), ofFloats(0)).floats())
        .containsExactly(0);
    assertThat(of("ReluGrad", ofFloats(1, 1, NAN), ofFloats(0, 2, -1)).floats())
        .containsExactly(0, 1, NAN);
    assertThat(of("Relu6Grad", ofFloats(1, 1, 1), ofFloats(0, 6, 3)).floats())
        .containsExactly(0, 0, 1);
  }

  @Test
  void tellsWhatItDoesNotCompute() {
    assertThatThrownBy(() -> of("Exp", ofInts(1)))
        .isInstanceOf(UnimplementedException.class)
        .hasMessage("Exp is not computed for int32");
  }
}
