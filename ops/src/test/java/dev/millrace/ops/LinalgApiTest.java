package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinalgApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Tensor x(long... dims) {
    return tf.placeholder("x", DataType.FLOAT64, dims);
  }

  private static void check(Tensor t, String type, long... dims) {
    assertThat(t.op().type()).isEqualTo(type);
    assertThat(t.shape()).isEqualTo(Shape.of(dims));
  }

  private static void check(List<Tensor> ts, String type, Shape... shapes) {
    assertThat(ts).extracting(t -> t.op().type()).containsOnly(type);
    assertThat(ts).extracting(Tensor::shape).containsExactly(shapes);
  }

  @Test
  void unitMatrices() {
    check(tf.eye(3), "MatrixDiag", 3, 3);
    assertThat(tf.eye(3).name()).isEqualTo("eye_1/MatrixDiag:0");
    check(tf.eye(2, 3, DataType.FLOAT64, 5), "MatrixSetDiag", 5, 2, 3);
    Tensor n = tf.placeholder("n", DataType.INT32);
    check(tf.eye(n, 3, DataType.FLOAT64), "MatrixSetDiag", -1, 3);
  }

  @Test
  void functionsOfMatrices() {
    check(tf.matrixDeterminant(x(5, 3, 3)), "MatrixDeterminant", 5);
    check(tf.logMatrixDeterminant(x(5, 3, 3)), "LogMatrixDeterminant", Shape.of(5), Shape.of(5));
    check(tf.matrixInverse(x(3, 3)), "MatrixInverse", 3, 3);
    check(tf.matrixSquareRoot(x(3, 3)), "MatrixSquareRoot", 3, 3);
    check(tf.cholesky(x(3, 3)), "Cholesky", 3, 3);
  }

  @Test
  void systems() {
    check(tf.matrixSolve(x(3, 3), new double[3][2]), "MatrixSolve", 3, 2);
    Tensor t = tf.matrixTriangularSolve(x(3, 3), x(3, 1), false, true);
    check(t, "MatrixTriangularSolve", 3, 1);
    assertThat(t.op().attrs().getBool("lower")).isFalse();
    assertThat(t.op().attrs().getBool("adjoint")).isTrue();
    check(tf.matrixSolveLs(x(4, 3), x(4, 1), 0.5, true), "MatrixSolveLs", 3, 1);
  }

  @Test
  void decompositions() {
    check(tf.qr(x(4, 3)), "Qr", Shape.of(4, 3), Shape.of(3, 3));
    check(tf.qr(x(4, 3), true), "Qr", Shape.of(4, 4), Shape.of(4, 3));
    check(tf.lu(x(3, 3)), "Lu", Shape.of(3, 3), Shape.of(3));
    check(tf.selfAdjointEig(x(3, 3)), "SelfAdjointEigV2", Shape.of(3), Shape.of(3, 3));
    check(tf.selfAdjointEigvals(x(3, 3)), "SelfAdjointEigV2", 3);
    check(tf.svd(x(4, 3)), "Svd", Shape.of(3), Shape.of(4, 3), Shape.of(3, 3));
    check(tf.svd(x(4, 3), true), "Svd", Shape.of(3), Shape.of(4, 4), Shape.of(3, 3));
    check(tf.svdValues(x(4, 3)), "Svd", 3);
  }

  @Test
  void fluently() {
    check(x(5, 3, 3).trace(), "Sum", 5);
    check(x(5, 3, 3).matrixDiagPart(), "MatrixDiagPart", 5, 3);
    check(x(5, 3, 3).matrixDeterminant(), "MatrixDeterminant", 5);
    check(x(5, 3, 3).matrixInverse(), "MatrixInverse", 5, 3, 3);
    check(x(5, 3, 3).cholesky(), "Cholesky", 5, 3, 3);
  }
}
