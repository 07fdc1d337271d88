package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiteralsTest {
  private static TensorValue value(DataType dtype, Object data, long... dims) {
    return TensorValue.wrap(dtype, Shape.of(dims), data);
  }

  @Test
  void readsScalars() {
    assertThat(Literals.parse("1.5", DataType.FLOAT32)).isEqualTo(TensorValue.of(1.5f));
    assertThat(Literals.parse(" -2e-3 ", DataType.FLOAT64)).isEqualTo(TensorValue.of(-2e-3));
    assertThat(Literals.parse("7", DataType.INT32)).isEqualTo(TensorValue.of(7));
    assertThat(Literals.parse("true", DataType.BOOL)).isEqualTo(TensorValue.of(true));
    assertThat(Literals.parse("False", DataType.BOOL)).isEqualTo(TensorValue.of(false));
  }

  @Test
  void readsListsOfAnyDepth() {
    assertThat(Literals.parse("[1,2, 3]", DataType.INT64)).isEqualTo(TensorValue.ofLongs(1, 2, 3));
    assertThat(Literals.parse("[[1, 2], [3, 4], [5, 6]]", DataType.FLOAT32))
        .isEqualTo(value(DataType.FLOAT32, new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
    assertThat(Literals.parse("[[[true]]]", DataType.BOOL))
        .isEqualTo(value(DataType.BOOL, new byte[] {1}, 1, 1, 1));
  }

  @Test
  void readsEmptyLists() {
    assertThat(Literals.parse("[]", DataType.FLOAT32)).isEqualTo(TensorValue.ofFloats());
    assertThat(Literals.parse("[[], []]", DataType.INT32))
        .isEqualTo(value(DataType.INT32, new int[0], 2, 0));
  }

  @Test
  void readsSpecialFloats() {
    assertThat(Literals.parse("[nan, inf, -inf, -0.0]", DataType.FLOAT64))
        .isEqualTo(
            TensorValue.ofDoubles(
                Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0));
  }

  @Test
  void roundsOnceOnly() {
    // By way of double this would become 16777216.
    assertThat(Literals.parse("16777217.0000000001", DataType.FLOAT32))
        .isEqualTo(TensorValue.of(16777218f));
  }

  @Test
  void readsHalves() {
    assertThat(Literals.parse("[1.5, -2]", DataType.FLOAT16))
        .isEqualTo(value(DataType.FLOAT16, new short[] {0x3e00, (short) 0xc000}, 2));
    assertThat(Literals.parse("1", DataType.BFLOAT16))
        .isEqualTo(value(DataType.BFLOAT16, new short[] {0x3f80}));
  }

  @Test
  void readsComplexNumbers() {
    assertThat(Literals.parse("[1+2j, -3.5, 2j, 1e2-1e-1j]", DataType.COMPLEX128))
        .isEqualTo(value(DataType.COMPLEX128, new double[] {1, 2, -3.5, 0, 0, 2, 100, -0.1}, 4));
    assertThat(Literals.parse("-1j", DataType.COMPLEX64))
        .isEqualTo(value(DataType.COMPLEX64, new float[] {0, -1}));
  }

  @Test
  void readsText() {
    assertThat(Literals.parse("\"a, [b]\"", DataType.STRING)).isEqualTo(TensorValue.of("a, [b]"));
    assertThat(Literals.parse("two words", DataType.STRING)).isEqualTo(TensorValue.of("two words"));
    assertThat(Literals.parse("[\"\", \"say \\\"no\\\"\", plain]", DataType.STRING))
        .isEqualTo(TensorValue.of(new String[] {"", "say \"no\"", "plain"}));
  }

  @Test
  void readsTheWholeRangeOfIntegers() {
    assertThat(Literals.parse("18446744073709551615", DataType.UINT64).longs())
        .containsExactly(-1L);
    assertThat(Literals.parse("-9223372036854775808", DataType.INT64).longs())
        .containsExactly(Long.MIN_VALUE);
    assertThat(Literals.parse("255", DataType.UINT8).bytes()).containsExactly((byte) -1);
    assertThat(Literals.parse("1e3", DataType.INT16).shorts()).containsExactly((short) 1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INT32  | 2147483648 | '2147483648' is not a value of int32",
        "UINT8  | -1         | '-1' is not a value of uint8",
        "INT32  | 1.5        | '1.5' is not a value of int32",
        "INT32  | 1e99999    | '1e99999' is not a value of int32",
        "FLOAT32| 1f         | '1f' is not a value of float32",
        "FLOAT32| 0x10       | '0x10' is not a value of float32",
        "BOOL   | 2          | '2' is not a value of bool",
        "COMPLEX64 | 1+2     | '1+2' is not a value of complex64",
        "FLOAT32| [1, [2]]   | elements lie at different depths",
        "FLOAT32| [[1], 2]   | elements lie at different depths",
        "FLOAT32| [[1], [2, 3]] | rows differ in length",
        "FLOAT32| [[], 1]    | elements lie at different depths",
        "FLOAT32| [1, 2      | expected ',' or ']'",
        "FLOAT32| [1,,2]     | expected a value",
        "FLOAT32| [1] 2      | nothing may follow the value",
        "FLOAT32| [\"a\"]    | expected a number of float32",
        "STRING | \"a        | the closing quote is missing",
        "RESOURCE | 1        | a resource cannot be written as text"
      })
  void refusesOtherText(DataType dtype, String text, String message) {
    assertThatThrownBy(() -> Literals.parse(text, dtype))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }
}
