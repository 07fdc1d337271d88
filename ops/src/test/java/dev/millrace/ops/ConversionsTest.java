package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConversionsTest {
  private final Ops tf = Ops.of(new Graph());

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(1.5, DataType.FLOAT32, Shape.scalar()),
        Arguments.of(1.5f, DataType.FLOAT32, Shape.scalar()),
        Arguments.of(1, DataType.INT32, Shape.scalar()),
        Arguments.of(1L, DataType.INT64, Shape.scalar()),
        Arguments.of((short) 1, DataType.INT16, Shape.scalar()),
        Arguments.of((byte) 1, DataType.INT8, Shape.scalar()),
        Arguments.of(true, DataType.BOOL, Shape.scalar()),
        Arguments.of("text", DataType.STRING, Shape.scalar()),
        Arguments.of(new double[] {1, 2}, DataType.FLOAT32, Shape.of(2)),
        Arguments.of(new float[2][3], DataType.FLOAT32, Shape.of(2, 3)),
        Arguments.of(new int[0], DataType.INT32, Shape.of(0)),
        Arguments.of(new int[2][0], DataType.INT32, Shape.of(2, 0)),
        Arguments.of(new Long[] {1L}, DataType.INT64, Shape.of(1)),
        Arguments.of(new boolean[] {true}, DataType.BOOL, Shape.of(1)),
        Arguments.of(new String[] {"a", "b"}, DataType.STRING, Shape.of(2)),
        Arguments.of(List.of(1, 2, 3), DataType.INT32, Shape.of(3)),
        Arguments.of(List.of(1, 2.5), DataType.FLOAT32, Shape.of(2)),
        Arguments.of(List.of(1, 2L), DataType.INT64, Shape.of(2)),
        Arguments.of(List.of(List.of(1.0), List.of(2.0)), DataType.FLOAT32, Shape.of(2, 1)),
        Arguments.of(List.of(new int[] {1, 2}), DataType.INT32, Shape.of(1, 2)),
        Arguments.of(new Object[] {"a"}, DataType.STRING, Shape.of(1)),
        Arguments.of(List.of(), DataType.FLOAT32, Shape.of(0)),
        Arguments.of(Shape.of(3, 4), DataType.INT32, Shape.of(2)),
        Arguments.of(Shape.of(1L << 40), DataType.INT64, Shape.of(1)),
        Arguments.of(TensorValue.of(1.5), DataType.FLOAT64, Shape.scalar()));
  }

  @ParameterizedTest
  @MethodSource("values")
  void javaValuesHaveTheDtypeOfPythons(Object value, DataType dtype, Shape shape) {
    Tensor t = tf.constant(value);

    assertThat(t.dtype()).isEqualTo(dtype);
    assertThat(t.shape()).isEqualTo(shape);
    assertThat(t.op().type()).isEqualTo("Const");
  }

  @Test
  void elementsKeepTheirOrder() {
    assertThat(tf.constant(List.of(List.of(1, 2.5), List.of(3, 4))).asOutput().constantValue())
        .isEqualTo(TensorValue.wrap(DataType.FLOAT32, Shape.of(2, 2), new float[] {1, 2.5f, 3, 4}));
    assertThat(tf.constant(new int[][] {{1, 2}, {3, 4}}).asOutput().constantValue().toInts())
        .containsExactly(1, 2, 3, 4);
  }

  @Test
  void aDtypeAskedForIsGiven() {
    assertThat(tf.constant(1.5, DataType.FLOAT64).asOutput().constantValue())
        .isEqualTo(TensorValue.of(1.5));
    assertThat(tf.constant(0.1, DataType.FLOAT64).asOutput().constantValue().getDouble(0))
        .isEqualTo(0.1);
    assertThat(tf.constant(2, DataType.FLOAT32).asOutput().constantValue())
        .isEqualTo(TensorValue.of(2f));
    assertThat(tf.constant(List.of(1, 2), DataType.UINT8).dtype()).isEqualTo(DataType.UINT8);
    assertThat(tf.constant(List.of(), DataType.INT64).dtype()).isEqualTo(DataType.INT64);
    assertThat(tf.constant("k", 1.5, DataType.FLOAT16).dtype()).isEqualTo(DataType.FLOAT16);
  }

  @Test
  void aValueNeverChangesItsKind() {
    assertThatThrownBy(() -> tf.constant(2.5, DataType.INT32))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the float64 value 2.5 does not become int32 by itself");
    assertThatThrownBy(() -> tf.constant(2.0f, DataType.INT64))
        .hasMessageContaining("does not become int64");
    assertThatThrownBy(() -> tf.constant(true, DataType.FLOAT32))
        .hasMessageContaining("a value of bool does not convert to float32");
    assertThatThrownBy(() -> tf.constant(1, DataType.BOOL))
        .hasMessageContaining("does not convert to bool");
    assertThatThrownBy(() -> tf.constant(300, DataType.INT8)).hasMessageContaining("does not fit");
  }

  @Test
  void whatIsNoValueIsSaid() {
    assertThatThrownBy(() -> tf.constant((Object) null))
        .hasMessageContaining("null is neither a tensor nor a value");
    assertThatThrownBy(() -> tf.constant(new Object()))
        .hasMessageContaining("java.lang.Object is not a tensor value");
    assertThatThrownBy(() -> tf.constant(List.of(1, "a")))
        .hasMessageContaining("numbers and other values do not make one tensor");
    assertThatThrownBy(() -> tf.constant(List.of(List.of(1, 2), List.of(3))))
        .hasMessageContaining("rows differ in length: one at depth 1 has 1, the first has 2");
    assertThatThrownBy(() -> tf.constant(List.of(1, List.of(2))))
        .hasMessageContaining("at depth 1 stands a list");
    assertThatThrownBy(() -> tf.constant(List.of(List.of(1), 2)))
        .hasMessageContaining("one at depth 1 has none");
    assertThatThrownBy(() -> tf.constant(Shape.of(-1, 2)))
        .hasMessageContaining("[?,2] is not fully known");
  }

  @Test
  void aListWithTensorsInItIsPacked() {
    Tensor n = tf.placeholder("n", DataType.INT64);
    Tensor vector = tf.convertToTensor(List.of(1, n, 3), null);
    Tensor matrix = tf.convertToTensor(new Object[] {List.of(n, 2), new long[] {3, 4}}, null);

    assertThat(vector.dtype()).isEqualTo(DataType.INT64);
    assertThat(vector.shape()).isEqualTo(Shape.of(3));
    assertThat(matrix.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(Nodes.since(tf.graph(), 1))
        .containsExactly(
            "Const/0 = Const()",
            "Const/2 = Const()",
            "Const = Pack(Const/0, n, Const/2)",
            "Const_1/0/1 = Const()",
            "Const_1/0 = Pack(n, Const_1/0/1)",
            "Const_1/1 = Const()",
            "Const_1 = Pack(Const_1/0, Const_1/1)");
  }

  @Test
  void aTensorConvertsToItself() {
    Tensor x = tf.placeholder(DataType.FLOAT32);
    assertThat(tf.convertToTensor(x, DataType.INT32)).isEqualTo(x);
    assertThat(tf.tensor(x.asOutput())).isEqualTo(x).hasSameHashCodeAs(x);
  }
}
