package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofFloats;
import static dev.millrace.graph.TensorValue.ofInts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bits, counting and places: what the cases of TensorFlow leave open. */
class NumberKernelsTest {
  private static TensorValue numbers(DataType t, long... values) {
    return Dims.numbers(t, Shape.vector(values.length), values);
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"})
  void bitsOfEveryWidth(DataType t) {
    int bits = 8 * t.size();
    TensorValue x = numbers(t, -1, 0, 5);
    assertThat(KernelCall.of("PopulationCount", x).value().bytes()).containsExactly(bits, 0, 2);
    assertThat(KernelCall.of("Invert", x).value()).isEqualTo(numbers(t, 0, -1, ~5L));
    assertThat(KernelCall.of("BitwiseXor", x, numbers(t, 3)).value())
        .isEqualTo(numbers(t, ~3L, 3, 6));
    assertThat(KernelCall.of("LeftShift", x, numbers(t, 1)).value())
        .isEqualTo(numbers(t, -2, 0, 10));
    // -1 stays where there is a sign, and gives 1 in the last place where there is none.
    assertThat(KernelCall.of("RightShift", numbers(t, -1, 4), numbers(t, bits - 1, 1)).value())
        .isEqualTo(numbers(t, t.isUnsigned() ? 1 : -1, 2));
  }

  @Test
  void shiftsStayInside() {
    TensorValue one = ofInts(1, 1, -8, -8);
    TensorValue by = ofInts(-3, 100, -3, 100);
    assertThat(KernelCall.of("LeftShift", one, by).value())
        .isEqualTo(ofInts(1, Integer.MIN_VALUE, -8, 0));
    assertThat(KernelCall.of("RightShift", one, by).value()).isEqualTo(ofInts(1, 0, -8, -1));
  }

  private static KernelCall histogram(TensorValue x, int bins) {
    return KernelCall.of("HistogramFixedWidth", x, ofFloats(0, 5), TensorValue.of(bins))
        .attr("dtype", DataType.INT32);
  }

  @Test
  void histogramsLeaveNoNumberOut() {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(histogram(ofFloats(-inf, 0, 2.5f, 4.9f, inf, Float.NaN), 2).value())
        .isEqualTo(ofInts(2, 3));
    assertThatThrownBy(() -> histogram(ofFloats(1), 0).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("nbins must be above 0");
    assertThatThrownBy(
            () ->
                KernelCall.of("HistogramFixedWidth", ofInts(1), ofInts(5, 5), TensorValue.of(3))
                    .attr("dtype", DataType.INT32)
                    .run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must begin below its end");
  }

  private static KernelCall bincount(TensorValue x, int size, TensorValue weights) {
    return KernelCall.of("Bincount", x, TensorValue.of(size), weights);
  }

  @Test
  void bincountChecksItsInput() {
    TensorValue none = TensorValue.zeros(DataType.INT64, Shape.of(0));
    assertThat(bincount(ofInts(1, 1, 7), 3, none).value()).isEqualTo(TensorValue.ofLongs(0, 2, 0));
    assertThatThrownBy(() -> bincount(ofInts(-1), 3, none).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must not be negative: -1");
    assertThatThrownBy(() -> bincount(ofInts(1), -3, none).run())
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> bincount(ofInts(1, 2, 3), 3, ofFloats(1, 2)).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("a weight for each number");
  }

  @Test
  void indicesOutsideAreErrors() {
    TensorValue dims = ofInts(7, 6);
    assertThat(KernelCall.of("UnravelIndex", ofInts(22, 41), dims).value())
        .isEqualTo(Dims.numbers(DataType.INT32, Shape.of(2, 2), 3, 6, 4, 5));
    assertThatThrownBy(() -> KernelCall.of("UnravelIndex", ofInts(42), dims).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("index 42 lies outside a tensor of shape [7,6]");
    assertThatThrownBy(() -> KernelCall.of("UnravelIndex", ofInts(0), ofInts(0, 6)).run())
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void placesInOneRowAndInNone() {
    TensorValue sorted = TensorValue.of(new long[][] {{1, 3, 3, 9}});
    TensorValue values = TensorValue.of(new long[][] {{3, 10, 0}});
    assertThat(KernelCall.of("LowerBound", sorted, values).attr("out_type", DataType.INT32).value())
        .isEqualTo(TensorValue.of(new int[][] {{1, 4, 0}}));
    assertThat(KernelCall.of("UpperBound", sorted, values).attr("out_type", DataType.INT32).value())
        .isEqualTo(TensorValue.of(new int[][] {{3, 4, 0}}));
    TensorValue empty = TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 0));
    assertThat(
            KernelCall.of("LowerBound", empty, empty)
                .attr("out_type", DataType.INT32)
                .value()
                .shape())
        .isEqualTo(Shape.of(0, 0));
  }

  @Test
  void runningLogSums() {
    float inf = Float.POSITIVE_INFINITY;
    KernelCall sums =
        KernelCall.of("CumulativeLogsumexp", ofFloats(-inf, 1, inf, inf, 2), TensorValue.of(0))
            .attr("exclusive", false)
            .attr("reverse", false);
    assertThat(sums.value()).isEqualTo(ofFloats(-Float.MAX_VALUE, 1, inf, inf, inf));
  }
}
