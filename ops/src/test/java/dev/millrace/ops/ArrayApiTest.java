package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrayApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
  private final Tensor unknown = tf.placeholder("u", DataType.FLOAT32, Shape.unknown());
  private final int start = graph.size();

  @Test
  void placeholdersHaveNamesAndShapes() {
    Tensor a = tf.placeholder(DataType.INT32);
    Tensor b = tf.placeholder(DataType.INT32, Shape.of(2, -1));
    Tensor c = tf.placeholderWithDefault(new float[] {1, 2}, Shape.of(-1));

    assertThat(a).hasToString("Tensor(\"Placeholder:0\", shape=[], dtype=int32)");
    assertThat(b).hasToString("Tensor(\"Placeholder_1:0\", shape=[2,?], dtype=int32)");
    assertThat(c).hasToString("Tensor(\"PlaceholderWithDefault:0\", shape=[?], dtype=float32)");
    assertThat(c.op().input(0).name()).isEqualTo("PlaceholderWithDefault/input:0");
  }

  @Test
  void smallZerosAreAConstant() {
    assertThat(tf.zeros(DataType.INT64, 2, 3).asOutput().constantValue())
        .isEqualTo(TensorValue.zeros(DataType.INT64, Shape.of(2, 3)));
    assertThat(tf.ones(DataType.FLOAT64, 2).asOutput().constantValue())
        .isEqualTo(TensorValue.ofDoubles(1, 1));
    assertThat(tf.ones(DataType.BOOL, 1).asOutput().constantValue().getBoolean(0)).isTrue();
    assertThat(tf.zeros(DataType.FLOAT32).shape()).isEqualTo(Shape.scalar());
    assertThat(tf.zeros(DataType.FLOAT32, 4).shape()).isEqualTo(Shape.of(4));
    assertThat(tf.zeros(DataType.FLOAT32, List.of(4, 5)).shape()).isEqualTo(Shape.of(4, 5));
    assertThat(graph.operations()).extracting(o -> o.name()).contains("zeros", "ones", "zeros_1");
  }

  @Test
  void complexOnesHaveNoImaginaryPart() {
    assertThat(tf.ones(DataType.COMPLEX64, 2).asOutput().constantValue().floats())
        .containsExactly(1, 0, 1, 0);
  }

  @Test
  void largeZerosAreAFill() {
    Tensor z = tf.zeros(DataType.FLOAT32, 100, 10);

    assertThat(z.shape()).isEqualTo(Shape.of(100, 10));
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "zeros/shape_as_tensor = Const()",
            "zeros/Const = Const()",
            "zeros = Fill(zeros/shape_as_tensor, zeros/Const)");
  }

  @Test
  void zerosOfAShapeFromTheGraph() {
    Tensor n = x.shapeTensor().get(0);
    Tensor z = tf.zeros(DataType.FLOAT32, List.of(n, 4));

    assertThat(z.op().type()).isEqualTo("Fill");
    assertThat(z.shape()).isEqualTo(Shape.of(-1, 4));
  }

  @Test
  void fillTakesSizesInAnyForm() {
    assertThat(tf.fill(new int[] {2, 3}, 7).dtype()).isEqualTo(DataType.INT32);
    assertThat(tf.fill(Shape.of(2, 3), 0.5).shape()).isEqualTo(Shape.of(2, 3));
    assertThat(tf.fill(x.shapeTensor(), tf.constant(1.0)).shape()).isEqualTo(Shape.of(-1, 3));
    assertThatThrownBy(() -> tf.fill(Shape.of(-1, 3), 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("is not fully known: take the missing size from a tensor");
    assertThatThrownBy(() -> tf.fill(new double[] {2}, 1))
        .hasMessageContaining("a shape is a vector of whole numbers");
    assertThatThrownBy(() -> tf.fill(new int[][] {{2}}, 1))
        .hasMessageContaining("a shape is a vector of whole numbers");
  }

  @Test
  void likeAnotherTensor() {
    assertThat(x.zerosLike().op().type()).isEqualTo("ZerosLike");
    assertThat(tf.placeholder(DataType.INT32, 2).zerosLike().op().type()).isEqualTo("Const");
    Tensor ones = x.onesLike();
    assertThat(ones.shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(ones.dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(Nodes.line(ones.op()))
        .isEqualTo("ones_like = Fill(ones_like/Shape, ones_like/Const)");
  }

  @Test
  void rangesAndSpaces() {
    assertThat(tf.range(5).shape()).isEqualTo(Shape.of(5));
    assertThat(tf.range(0, 1, 0.25)).hasToString("Tensor(\"range_1:0\", shape=[4], dtype=float32)");
    assertThat(tf.range(2L, 4).dtype()).isEqualTo(DataType.INT64);
    Tensor n = tf.placeholder(DataType.INT64);
    assertThat(tf.range(n).dtype()).isEqualTo(DataType.INT64);
    assertThat(tf.linspace(0, 1, 11).dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(tf.linspace(0, 1, 11).shape()).isEqualTo(Shape.of(11));
  }

  @Test
  void knownShapesAreConstants() {
    Tensor c = tf.zeros(DataType.FLOAT32, 4, 5);

    assertThat(c.shapeTensor().asOutput().constantValue()).isEqualTo(TensorValue.ofInts(4, 5));
    assertThat(tf.shapeTensor(c, DataType.INT64).dtype()).isEqualTo(DataType.INT64);
    assertThat(c.rankTensor().asOutput().constantValue()).isEqualTo(TensorValue.of(2));
    assertThat(c.sizeTensor().asOutput().constantValue()).isEqualTo(TensorValue.of(20));
    assertThat(List.of(x.shapeTensor(), unknown.rankTensor(), x.sizeTensor()))
        .extracting(t -> t.op().type())
        .containsExactly("Shape", "Rank", "Size");
  }

  @Test
  void reshapeTakesSizesInAnyForm() {
    assertThat(x.reshape(-1).shape()).isEqualTo(Shape.of(-1));
    assertThat(x.reshape(3, -1).shape()).isEqualTo(Shape.of(3, -1));
    assertThat(x.reshape(new int[] {3, -1}).shape()).isEqualTo(Shape.of(3, -1));
    assertThat(tf.constant(new int[] {7}).reshape().shape()).isEqualTo(Shape.scalar());
    Tensor n = x.shapeTensor().get(0);
    assertThat(x.reshape(List.of(n, 1, 3)).shape()).isEqualTo(Shape.of(-1, 1, 3));
    assertThat(unknown.reshape(x.shapeTensor()).shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(x.reshape(Shape.of(-1, 1)).shape()).isEqualTo(Shape.of(-1, 1));
    assertThatThrownBy(() -> x.reshape(-1, -1))
        .hasMessageContaining("more than one size left open");
    assertThatThrownBy(() -> tf.zeros(DataType.FLOAT32, 2, 3).reshape(4))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("Reshape");
  }

  @Test
  void sizesOfAReshapeAreNamedAsTheArgument() {
    x.reshape(3, -1);
    x.reshape(List.of(x.shapeTensor().get(0), 3));

    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "Reshape/shape = Const()",
            "Reshape = Reshape(x, Reshape/shape)",
            "Shape = Shape(x)",
            "strided_slice/stack = Const()",
            "strided_slice/stack_1 = Const()",
            "strided_slice/stack_2 = Const()",
            "strided_slice = StridedSlice(Shape, strided_slice/stack, strided_slice/stack_1,"
                + " strided_slice/stack_2)",
            "Reshape_1/shape/1 = Const()",
            "Reshape_1/shape = Pack(strided_slice, Reshape_1/shape/1)",
            "Reshape_1 = Reshape(x, Reshape_1/shape)");
  }

  @Test
  void dimensionsComeAndGo() {
    assertThat(x.expandDims(-1).shape()).isEqualTo(Shape.of(-1, 3, 1));
    assertThat(x.expandDims(0).squeeze(0).shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(tf.zeros(DataType.FLOAT32, 1, 2, 1).squeeze().shape()).isEqualTo(Shape.of(2));
    assertThatThrownBy(() -> x.squeeze(1)).isInstanceOf(InvalidArgumentException.class);
    assertThat(x.tile(new int[] {2, 2}).shape()).isEqualTo(Shape.of(-1, 6));
    assertThat(tf.ones(DataType.FLOAT32, 3).broadcastTo(Shape.of(2, 3)).shape())
        .isEqualTo(Shape.of(2, 3));
  }

  @Test
  void transposeReverses() {
    Tensor t = x.transpose();

    assertThat(t.shape()).isEqualTo(Shape.of(3, -1));
    assertThat(Nodes.since(graph, start))
        .containsExactly("transpose/perm = Const()", "transpose = Transpose(x, transpose/perm)");
    assertThat(graph.output("transpose/perm").constantValue()).isEqualTo(TensorValue.ofInts(1, 0));
    assertThat(tf.zeros(DataType.FLOAT32, 2, 3, 4).transpose(2, 0, 1).shape())
        .isEqualTo(Shape.of(4, 2, 3));
    assertThat(tf.matrixTranspose(tf.zeros(DataType.FLOAT32, 2, 3, 4)).shape())
        .isEqualTo(Shape.of(2, 4, 3));
    assertThat(tf.matrixTranspose(unknown).shape()).isEqualTo(Shape.unknown());
    assertThatThrownBy(() -> tf.matrixTranspose(new float[3])).hasMessageContaining("rank 2");
  }

  @Test
  void transposeOfUnknownRankComputesItsPermutation() {
    unknown.transpose();

    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "transpose/Rank = Rank(u)",
            "transpose/sub/y = Const()",
            "transpose/sub = Sub(transpose/Rank, transpose/sub/y)",
            "transpose/Range/start = Const()",
            "transpose/Range/delta = Const()",
            "transpose/Range = Range(transpose/Range/start, transpose/Rank,"
                + " transpose/Range/delta)",
            "transpose/sub_1 = Sub(transpose/sub, transpose/Range)",
            "transpose = Transpose(u, transpose/sub_1)");
  }

  @Test
  void shapesAreClaimedOrChecked() {
    assertThat(unknown.setShape(2, -1)).isSameAs(unknown);
    assertThat(unknown.setShape(-1, 4).shape()).isEqualTo(Shape.of(2, 4));
    assertThatThrownBy(() -> unknown.setShape(3, 4))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("cannot set the shape of 'u:0' to [3,4]: it is [2,4]");
    Tensor checked = x.ensureShape(Shape.of(7, 3));
    assertThat(checked.shape()).isEqualTo(Shape.of(7, 3));
    assertThat(checked.op().type()).isEqualTo("EnsureShape");
  }

  @Test
  void identitiesCarryNames() {
    try (var s = tf.scope("layer")) {
      assertThat(x.as("hidden").name()).isEqualTo("layer/hidden:0");
    }
    assertThat(x.as("hidden").name()).isEqualTo("hidden:0");
    assertThat(x.as("hidden").name()).isEqualTo("hidden_1:0");
    assertThat(tf.preventGradient(x, "no").op().attrs().getString("message")).isEqualTo("no");
    assertThat(tf.checkNumerics(x, "bad").op().type()).isEqualTo("CheckNumerics");
  }
}
