package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import org.junit.jupiter.api.Test;

class ArrangeApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Tensor x(long... dims) {
    return tf.placeholder("x", DataType.FLOAT32, dims);
  }

  private static void check(Tensor t, String type, long... dims) {
    assertThat(t.op().type()).isEqualTo(type);
    assertThat(t.shape()).isEqualTo(Shape.of(dims));
  }

  @Test
  void diagonals() {
    check(tf.diag(x(2)), "Diag", 2, 2);
    check(tf.diagPart(x(2, 2)), "DiagPart", 2);
    check(tf.matrixDiag(x(5, 2)), "MatrixDiag", 5, 2, 2);
    check(tf.matrixDiagPart(x(5, 2, 3)), "MatrixDiagPart", 5, 2);
    check(tf.matrixSetDiag(x(2, 3), new float[] {1, 2}), "MatrixSetDiag", 2, 3);
    check(tf.trace(x(5, 2, 3)), "Sum", 5);
  }

  @Test
  void bandsTakeEitherWidth() {
    Tensor lower = tf.matrixBandPart(x(2, 3), -1, 0);
    check(lower, "MatrixBandPart", 2, 3);
    assertThat(lower.name()).isEqualTo("MatrixBandPart:0");
    assertThat(lower.op().input(1).dtype()).isEqualTo(DataType.INT64);
    Tensor n = tf.placeholder("n", DataType.INT32);
    assertThat(tf.matrixBandPart(x(2, 3), n, 0).op().input(2).dtype()).isEqualTo(DataType.INT32);
  }

  @Test
  void blocks() {
    int[] block = {2, 3};
    int[][] none = new int[2][2];
    check(tf.spaceToBatch(x(1, 4, 6), block, none), "SpaceToBatchND", 6, 2, 2);
    check(tf.batchToSpace(x(6, 2, 2), block, none), "BatchToSpaceND", 1, 4, 6);
    check(tf.spaceToDepth(x(1, 4, 6, 1), 2), "SpaceToDepth", 1, 2, 3, 4);
    check(tf.depthToSpace(x(1, 2, 3, 4), 2), "DepthToSpace", 1, 4, 6, 1);
    int[] one = {1, 1};
    check(
        tf.extractImagePatches(x(1, 5, 5, 2), new int[] {3, 3}, one, one, "VALID"),
        "ExtractImagePatches",
        1,
        3,
        3,
        18);
    assertThatThrownBy(
            () -> tf.extractImagePatches(x(1, 5, 5, 2), new int[] {3}, one, one, "VALID"))
        .hasMessageContaining("sizes are a height and a width");
  }

  @Test
  void orders() {
    check(x(3, 2).reverseSequence(new int[] {1, 3}, 0, 1), "ReverseSequence", 3, 2);
    check(x(3, 2).roll(1, 0), "Roll", 3, 2);
    check(tf.roll(x(3, 2), new int[] {1, 1}, new int[] {0, 1}), "Roll", 3, 2);
  }
}
