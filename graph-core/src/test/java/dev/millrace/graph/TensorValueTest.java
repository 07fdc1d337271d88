package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Values on the heap and their conversion from and to Java numbers and arrays. */
class TensorValueTest {
  static List<Arguments> javaValues() {
    return List.of(
        Arguments.of(1.5f, DataType.FLOAT32, Shape.scalar()),
        Arguments.of(1.5, DataType.FLOAT64, Shape.scalar()),
        Arguments.of(-3, DataType.INT32, Shape.scalar()),
        Arguments.of(1L << 40, DataType.INT64, Shape.scalar()),
        Arguments.of((short) -2, DataType.INT16, Shape.scalar()),
        Arguments.of((byte) -1, DataType.INT8, Shape.scalar()),
        Arguments.of(true, DataType.BOOL, Shape.scalar()),
        Arguments.of("é", DataType.STRING, Shape.scalar()),
        Arguments.of(new float[] {1, 2}, DataType.FLOAT32, Shape.of(2)),
        Arguments.of(new double[][] {{1, 2, 3}, {4, 5, 6}}, DataType.FLOAT64, Shape.of(2, 3)),
        Arguments.of(new int[2][1][3], DataType.INT32, Shape.of(2, 1, 3)),
        Arguments.of(new long[0], DataType.INT64, Shape.of(0)),
        Arguments.of(new float[2][0], DataType.FLOAT32, Shape.of(2, 0)),
        Arguments.of(new float[0][4], DataType.FLOAT32, Shape.of(0, 0)),
        Arguments.of(new boolean[][] {{true}, {false}}, DataType.BOOL, Shape.of(2, 1)),
        Arguments.of(new byte[] {1, -1}, DataType.INT8, Shape.of(2)),
        Arguments.of(new String[] {"a", ""}, DataType.STRING, Shape.of(2)));
  }

  @ParameterizedTest
  @MethodSource("javaValues")
  void javaValuesGoInAndComeBack(Object java, DataType type, Shape shape) {
    TensorValue v = TensorValue.of(java);
    assertThat(v.dtype()).isEqualTo(type);
    assertThat(v.shape()).isEqualTo(shape);
    if (shape.numElements() > 0 || shape.rank() == 1) {
      assertThat(v.toJava()).isEqualTo(java);
    }
    assertThat(TensorValue.of(v.toJava())).isEqualTo(v);
  }

  @Test
  void boxedArraysAreRead() {
    assertThat(TensorValue.of(new Integer[][] {{1, 2}, {3, 4}}).ints()).containsExactly(1, 2, 3, 4);
    assertThat(TensorValue.of(new Double[] {0.5}).doubles()).containsExactly(0.5);
  }

  @Test
  void whatIsNoTensorIsRefused() {
    assertThatThrownBy(() -> TensorValue.of((Object) null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> TensorValue.of(new float[][] {{1, 2}, {3}}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("rows differ in length");
    assertThatThrownBy(() -> TensorValue.of(new float[][] {{1, 2}, null}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("has none");
    assertThatThrownBy(() -> TensorValue.of(new String[] {"a", null}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("null");
    assertThatThrownBy(() -> TensorValue.of(List.of(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("give a number");
  }

  @Test
  void numbersConvertWhereNoneIsChanged() {
    assertThat(TensorValue.of(2, DataType.FLOAT32)).isEqualTo(TensorValue.of(2f));
    assertThat(TensorValue.of(2.0, DataType.INT64)).isEqualTo(TensorValue.of(2L));
    assertThat(TensorValue.of(200, DataType.UINT8).getLong(0)).isEqualTo(200);
    assertThat(TensorValue.of(new int[] {1, 2}, DataType.COMPLEX64).floats())
        .containsExactly(1, 0, 2, 0);
    assertThat(TensorValue.of(1.5, DataType.FLOAT16).getDouble(0)).isEqualTo(1.5);
    assertThat(TensorValue.of(1.5, DataType.BFLOAT16).getDouble(0)).isEqualTo(1.5);
    assertThatThrownBy(() -> TensorValue.of(2.5, DataType.INT32)).hasMessageContaining("2.5");
    assertThatThrownBy(() -> TensorValue.of(256, DataType.UINT8)).hasMessageContaining("256");
    assertThatThrownBy(() -> TensorValue.of(-1, DataType.UINT8)).hasMessageContaining("-1");
    for (double x : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 0x1p31, 1e30, -0x1p32}) {
      assertThatThrownBy(() -> TensorValue.of(x, DataType.INT32))
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> TensorValue.of(0x1p63, DataType.INT64))
        .isInstanceOf(InvalidArgumentException.class);
    assertThat(TensorValue.of(-0x1p63, DataType.INT64).getLong(0)).isEqualTo(Long.MIN_VALUE);
    TensorValue large = TensorValue.of(0x1.8p63, DataType.UINT64);
    assertThat(large.getDouble(0)).isEqualTo(0x1.8p63);
    assertThatThrownBy(() -> TensorValue.of(large, DataType.INT64))
        .hasMessageContaining("13835058055282163712 does not fit int64");
    assertThatThrownBy(() -> TensorValue.of("1", DataType.INT32))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("does not convert");
    assertThatThrownBy(() -> TensorValue.of(true, DataType.INT32))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Property
  void integersKeepTheirValueOrAreRefused(@ForAll long x) {
    for (DataType t : DataType.values()) {
      if (!t.isInteger()) {
        continue;
      }
      int bits = 8 * t.size();
      boolean fits =
          t.isUnsigned()
              ? x >= 0 && (bits == 64 || x < 1L << bits)
              : bits == 64 || (x >= -1L << (bits - 1) && x < 1L << (bits - 1));
      if (fits) {
        assertThat(TensorValue.of(x, t).getLong(0)).isEqualTo(x);
      } else {
        assertThatThrownBy(() -> TensorValue.of(x, t)).isInstanceOf(InvalidArgumentException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void zerosOfEveryType(DataType t) {
    TensorValue v = TensorValue.zeros(t, Shape.of(2, 3));
    assertThat(v.size()).isEqualTo(6);
    assertThat(v.data()).isInstanceOf(TensorValue.storageClass(t));
    assertThat(v).isEqualTo(TensorValue.wrap(t, Shape.of(2, 3), TensorValue.newStorage(t, 6)));
    assertThat(v).hasSameHashCodeAs(TensorValue.zeros(t, Shape.of(2, 3)));
    assertThat(v.toString()).startsWith(t + "[2,3]");
    if (t == DataType.STRING) {
      assertThat(v.getString(5)).isEmpty();
    }
  }

  @Test
  void wrapRefusesWhatDoesNotFit() {
    assertThatThrownBy(() -> TensorValue.wrap(DataType.FLOAT32, Shape.of(2), new int[2]))
        .hasMessageContaining("float[]");
    assertThatThrownBy(() -> TensorValue.wrap(DataType.FLOAT32, Shape.of(2), new float[3]))
        .hasMessageContaining("takes 2 values, not 3");
    assertThatThrownBy(() -> TensorValue.wrap(DataType.COMPLEX64, Shape.of(2), new float[2]))
        .hasMessageContaining("takes 4 values, not 2");
    assertThatThrownBy(() -> TensorValue.zeros(DataType.INT8, Shape.of(-1)))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> TensorValue.zeros(DataType.INT8, Shape.of(1L << 31)))
        .isInstanceOf(ResourceExhaustedException.class);
  }

  @Property
  void elementsAreInRowMajorOrder(
      @ForAll @IntRange(min = 1, max = 4) int rows,
      @ForAll @IntRange(min = 1, max = 4) int columns) {
    int[][] java = new int[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        java[i][j] = 10 * i + j;
      }
    }
    TensorValue v = TensorValue.of(java);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        assertThat(v.getLong(i * columns + j)).isEqualTo(10 * i + j);
      }
    }
    assertThat(v.reshape(Shape.vector((long) rows * columns)).toJava()).isEqualTo(v.toInts());
    assertThatThrownBy(() -> v.reshape(Shape.of(rows, columns, 2)))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void unsignedTypesReadUnsigned() {
    assertThat(TensorValue.wrap(DataType.UINT8, Shape.scalar(), new byte[] {-1}).getLong(0))
        .isEqualTo(255);
    assertThat(TensorValue.wrap(DataType.UINT16, Shape.scalar(), new short[] {-1}).getLong(0))
        .isEqualTo(65535);
    assertThat(TensorValue.wrap(DataType.UINT32, Shape.scalar(), new int[] {-1}).getLong(0))
        .isEqualTo(4294967295L);
    assertThat(TensorValue.wrap(DataType.UINT64, Shape.scalar(), new long[] {-1}).getDouble(0))
        .isEqualTo(0x1p64);
  }

  @Test
  void equalityIsOfBits() {
    assertThat(TensorValue.of(Float.NaN)).isEqualTo(TensorValue.of(Float.NaN));
    assertThat(TensorValue.of(0f)).isNotEqualTo(TensorValue.of(-0f));
    assertThat(TensorValue.of(0)).isNotEqualTo(TensorValue.of(0L));
    assertThat(TensorValue.ofInts(1)).isNotEqualTo(TensorValue.of(1));
    assertThat(TensorValue.of(new String[] {"a"})).isEqualTo(TensorValue.of(new String[] {"a"}));
  }

  @Property
  void vectorsAreCopied(@ForAll @Size(min = 1) int[] xs) {
    TensorValue v = TensorValue.ofInts(xs);
    int first = xs[0];
    xs[0] = first + 1;
    assertThat(v.ints()[0]).isEqualTo(first);
    assertThat(v.toLongs()).hasSize(xs.length);
  }

  @Test
  void textShowsTheFirstElements() {
    assertThat(TensorValue.of(new float[] {1, 2.5f})).hasToString("float32[2] {1.0, 2.5}");
    assertThat(TensorValue.of(new String[] {"a"})).hasToString("string[1] {\"a\"}");
    assertThat(TensorValue.of(true)).hasToString("bool[] {true}");
    assertThat(TensorValue.of(new int[20]).toString()).endsWith("…}");
    assertThat(TensorValue.wrap(DataType.COMPLEX64, Shape.scalar(), new float[] {1, -2}).toString())
        .isEqualTo("complex64[] {1.0+-2.0i}");
  }
}
