package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.Attrs;
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

class SliceApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, 4, 5, 6);
  private final int start = graph.size();

  private static Arguments indexed(Shape want, Index... indices) {
    return Arguments.of(want, indices);
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        indexed(Shape.of(4, 5, 6)),
        indexed(Shape.of(5, 6), Index.at(0)),
        indexed(Shape.of(5, 6), Index.at(-1)),
        indexed(Shape.of(2, 6), Index.at(0), Index.range(1, 3), Index.all()),
        indexed(Shape.of(4, 5), Index.ellipsis(), Index.at(-1)),
        indexed(Shape.of(1, 4, 5, 6), Index.newAxis()),
        indexed(Shape.of(4, 5, 6, 1), Index.ellipsis(), Index.newAxis()),
        indexed(Shape.of(4, 1, 5, 6), Index.all(), Index.newAxis()),
        indexed(Shape.of(3, 5, 6), Index.from(1)),
        indexed(Shape.of(3, 5, 6), Index.upTo(-1)),
        indexed(Shape.of(4, 3, 6), Index.all(), Index.every(2)),
        indexed(Shape.of(4, 5, 6), Index.every(-1)),
        indexed(Shape.of(2, 5, 6), Index.range(3, 1, -1)),
        indexed(Shape.of(2, 5, 6), Index.range(null, null, 3)),
        indexed(Shape.of(4, 5, 6), Index.upTo(100)),
        indexed(Shape.of(0, 5, 6), Index.range(3, 2)),
        indexed(Shape.scalar(), Index.at(1), Index.at(2), Index.at(3)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void indicesGiveTheShapesOfPythons(Shape want, Index[] indices) {
    assertThat(x.slice(indices).shape()).isEqualTo(want);
  }

  @Test
  void indicesBecomeVectorsAndMasks() {
    Tensor y = x.slice(Index.at(-2), Index.newAxis(), Index.ellipsis(), Index.range(1, null, 2));

    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "strided_slice/stack = Const()",
            "strided_slice/stack_1 = Const()",
            "strided_slice/stack_2 = Const()",
            "strided_slice = StridedSlice(x, strided_slice/stack, strided_slice/stack_1,"
                + " strided_slice/stack_2)");
    assertThat(y.op().input(1).constantValue()).isEqualTo(TensorValue.ofInts(-2, 0, 0, 1));
    assertThat(y.op().input(2).constantValue()).isEqualTo(TensorValue.ofInts(-1, 0, 0, 0));
    assertThat(y.op().input(3).constantValue()).isEqualTo(TensorValue.ofInts(1, 1, 1, 2));
    Attrs a = y.op().attrs();
    assertThat(a.getInt("shrink_axis_mask")).isEqualTo(1);
    assertThat(a.getInt("new_axis_mask")).isEqualTo(2);
    assertThat(a.getInt("ellipsis_mask")).isEqualTo(4);
    assertThat(a.getInt("end_mask")).isEqualTo(8);
    assertThat(a.getInt("begin_mask")).isZero();
    assertThat(y.shape()).isEqualTo(Shape.of(1, 5, 3));
  }

  @Test
  void positionsMayBeTensors() {
    Tensor n = tf.placeholder("n", DataType.INT64);
    int before = graph.size();

    Tensor y = x.slice(Index.at(n), Index.from(2));

    assertThat(y.shape()).isEqualTo(Shape.of(3, 6));
    assertThat(y.op().input(1).dtype()).isEqualTo(DataType.INT64);
    assertThat(Nodes.since(graph, before))
        .containsExactly(
            "add/y = Const()",
            "add = AddV2(n, add/y)",
            "strided_slice/stack/1 = Const()",
            "strided_slice/stack = Pack(n, strided_slice/stack/1)",
            "strided_slice/stack_1/1 = Const()",
            "strided_slice/stack_1 = Pack(add, strided_slice/stack_1/1)",
            "strided_slice/stack_2 = Const()",
            "strided_slice = StridedSlice(x, strided_slice/stack, strided_slice/stack_1,"
                + " strided_slice/stack_2)");
  }

  @Test
  void int32AndInt64PositionsMeetAsInt64() {
    Tensor i = tf.placeholder("i", DataType.INT32);
    Tensor n = tf.placeholder("n", DataType.INT64);

    assertThat(x.get(i, n).shape()).isEqualTo(Shape.of(6));
    assertThat(graph.operations()).extracting(o -> o.type()).contains("Cast");
  }

  @Test
  void getTakesPositions() {
    assertThat(x.get(1).shape()).isEqualTo(Shape.of(5, 6));
    assertThat(x.get(1, -1).shape()).isEqualTo(Shape.of(6));
    assertThatThrownBy(() -> x.get(4))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("strided_slice");
    assertThatThrownBy(() -> x.get(1, 2, 3, 0)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void blocks() {
    assertThat(x.slice(new int[] {1, 0, 2}, new int[] {2, -1, 3}).shape())
        .isEqualTo(Shape.of(2, 5, 3));
    Tensor n = tf.placeholder(DataType.INT32);
    assertThat(x.slice(List.of(n, 0, 0), List.of(1, -1, n)).shape()).isEqualTo(Shape.of(1, 5, -1));
    Tensor v = tf.placeholder(DataType.INT32, 3);
    assertThat(x.slice(v, v).shape()).isEqualTo(Shape.of(-1, -1, -1));
    assertThat(x.stridedSlice(new int[] {1}, new int[] {4}, new int[] {2}).shape())
        .isEqualTo(Shape.of(2, 5, 6));
  }

  @Test
  void wrongIndicesAreTold() {
    assertThatThrownBy(() -> Index.at(1.5)).hasMessageContaining("a whole number");
    assertThatThrownBy(() -> Index.range("a", 2)).hasMessageContaining("not a");
    assertThatThrownBy(() -> Index.every(0)).hasMessageContaining("must not be 0");
    assertThatThrownBy(() -> x.slice(Index.ellipsis(), Index.ellipsis()))
        .hasMessageContaining("only once");
  }
}
