package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Linear algebra: what the cases of TensorFlow leave open. */
class LinalgKernelsTest {
  private static final TensorValue SINGULAR = TensorValue.of(new double[][] {{1, 2}, {2, 4}});

  private static KernelCall call(String type, TensorValue... inputs) {
    KernelCall c = KernelCall.of(type, inputs);
    for (String attr : new String[] {"adjoint", "full_matrices"}) {
      c.attr(attr, false);
    }
    c.attr("lower", true).attr("fast", true).attr("compute_v", true).attr("compute_uv", true);
    return c.attr("output_idx_type", DataType.INT32);
  }

  private static void fails(KernelCall call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatCannotBeInverted() {
    TensorValue b = TensorValue.of(new double[][] {{1}, {1}});
    fails(call("MatrixInverse", SINGULAR), "not invertible");
    fails(call("MatrixSolve", SINGULAR, b), "not invertible");
    fails(call("Lu", SINGULAR), "not invertible");
    TensorValue nan = TensorValue.of(new double[][] {{Double.NaN, 2}, {3, 4}});
    fails(call("MatrixInverse", nan), "not invertible");
    TensorValue zero = TensorValue.of(new double[][] {{1, 5}, {2, 0}});
    fails(call("MatrixTriangularSolve", zero, b), "a 0 on its diagonal");
    TensorValue indefinite = TensorValue.of(new double[][] {{1, 0}, {2, 1}});
    fails(call("Cholesky", indefinite), "not positive definite");
    TensorValue deficient = TensorValue.of(new double[][] {{1, 2}, {2, 4}, {3, 6}});
    TensorValue rhs = TensorValue.of(new double[3][1]);
    fails(call("MatrixSolveLs", deficient, rhs, TensorValue.of(0.0)), "rank deficient");
    assertThat(
            call("MatrixSolveLs", deficient, rhs, TensorValue.of(0.0))
                .attr("fast", false)
                .value()
                .doubles())
        .containsExactly(0, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MatrixDeterminant",
        "LogMatrixDeterminant",
        "MatrixInverse",
        "Cholesky",
        "MatrixSquareRoot",
        "Lu",
        "SelfAdjointEigV2"
      })
  void matricesMustBeSquare(String type) {
    fails(call(type, TensorValue.of(new double[2][3])), "must be square, not of shape [2,3]");
    fails(call(type, ofDoubles(1, 2)), "rank 2 or more");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MatrixInverse",
        "Cholesky",
        "MatrixSquareRoot",
        "Lu",
        "Qr",
        "Svd",
        "SelfAdjointEigV2"
      })
  void nothingGivesNothing(String type) {
    for (Shape s : new Shape[] {Shape.of(0, 3, 3), Shape.of(2, 0, 0)}) {
      TensorValue y = call(type, TensorValue.zeros(DataType.FLOAT32, s)).value();
      assertThat(y.size()).isZero();
      assertThat(y.shape().dim(0)).isEqualTo(s.dim(0));
    }
  }

  @Test
  void determinantsOfNothingAndOfHalves() {
    TensorValue none = TensorValue.zeros(DataType.FLOAT64, Shape.of(2, 0, 0));
    assertThat(call("MatrixDeterminant", none).value().doubles()).containsExactly(1, 1);
    TensorValue log = call("LogMatrixDeterminant", none).run().output(1);
    assertThat(log.doubles()).containsExactly(0, 0);
    TensorValue singular = call("LogMatrixDeterminant", SINGULAR).run().output(0);
    assertThat(singular.doubles()).containsExactly(0);
    TensorValue half =
        TensorValue.wrap(DataType.FLOAT16, Shape.of(1, 1), new short[] {0x4200}); // 3
    assertThat(call("MatrixDeterminant", half).value().getDouble(0)).isEqualTo(3);
  }

  @Test
  void integersAreNotDecomposed() {
    TensorValue x = TensorValue.zeros(DataType.INT32, Shape.of(2, 2));
    assertThatThrownBy(() -> call("MatrixInverse", x).run())
        .isInstanceOf(UnimplementedException.class)
        .hasMessage("MatrixInverse is not computed for int32");
  }

  private static TensorValue complex(double... parts) {
    int n = (int) Math.sqrt(parts.length / 2.0);
    return TensorValue.wrap(DataType.COMPLEX128, Shape.of(n, n), parts);
  }

  @Test
  void complexMatrices() {
    TensorValue turn = complex(0, 0, 0, 1, 0, -1, 0, 0); // (0 i; -i 0), Hermitian
    assertThat(call("MatrixDeterminant", turn).value().doubles())
        .containsExactly(new double[] {-1, 0}, within(0.0));
    assertThat(call("MatrixInverse", turn).value().doubles())
        .containsExactly(new double[] {0, 0, 0, 1, 0, -1, 0, 0}, within(0.0));
    assertThat(call("SelfAdjointEigV2", turn).run().output(0).doubles())
        .containsExactly(new double[] {-1, 0, 1, 0}, within(1e-15));
    TensorValue positive = complex(4, 0, 0, -2, 0, 2, 5, 0);
    assertThat(call("Cholesky", positive).value().doubles())
        .containsExactly(new double[] {2, 0, 0, 0, 0, 1, 2, 0}, within(1e-15));
    assertThat(
            call("LogMatrixDeterminant", complex(0, 0, 0, 0, 0, 0, 0, 0)).run().output(0).doubles())
        .containsExactly(0, 0);
    fails(call("MatrixInverse", complex(1, 1, 2, 2, 2, 2, 4, 4)), "not invertible");
    fails(call("Cholesky", complex(1, 0, 0, -2, 0, 2, 1, 0)), "not positive definite");
  }

  /** Equal values leave their vectors open; they are orthonormal all the same. */
  @Test
  void complexVectorsOfEqualValuesAreOrthonormal() {
    TensorValue one = complex(1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0);
    TensorValue ones =
        complex(IntStream.range(0, 18).mapToDouble(i -> i % 2 == 0 ? 1 : 0).toArray());
    TensorValue none = complex(new double[18]);
    for (TensorValue x : List.of(one, ones, none)) {
      orthonormal(call("SelfAdjointEigV2", x).run().output(1));
      orthonormal(call("Svd", x).run().output(1));
      orthonormal(call("Svd", x).run().output(2));
    }
  }

  private static void orthonormal(TensorValue v) {
    for (int p = 0; p < 3; p++) {
      for (int q = 0; q < 3; q++) {
        double re = 0;
        double im = 0;
        for (int i = 0; i < 3; i++) {
          double[] d = v.doubles();
          int a = 2 * (3 * i + p);
          int b = 2 * (3 * i + q);
          re += d[a] * d[b] + d[a + 1] * d[b + 1];
          im += d[a] * d[b + 1] - d[a + 1] * d[b];
        }
        assertThat(re).isCloseTo(p == q ? 1 : 0, within(1e-12));
        assertThat(im).isCloseTo(0, within(1e-12));
      }
    }
  }

  @Test
  void systemsThatDoNotFit() {
    TensorValue a = TensorValue.of(new double[2][2]);
    fails(call("MatrixSolve", a, TensorValue.of(new double[3][1])), "must be equal");
    TensorValue batch = TensorValue.zeros(DataType.FLOAT64, Shape.of(4, 2, 1));
    fails(call("MatrixSolve", a, batch), "must be equal");
  }

  @Test
  void onlyOneTriangleCounts() {
    TensorValue x = TensorValue.of(new double[][] {{4, 99}, {2, 5}});
    double[] l = call("Cholesky", x).value().doubles();
    assertThat(l).containsExactly(2, 0, 1, 2);
    TensorValue e = call("SelfAdjointEigV2", x).value();
    assertThat(e.doubles()[0] + e.doubles()[1]).isCloseTo(9, within(1e-12));
    assertThat(e.doubles()[0] * e.doubles()[1]).isCloseTo(16, within(1e-12));
  }

  private static KernelCall einsum(String equation, TensorValue... inputs) {
    return KernelCall.of("Einsum", inputs).attr("equation", equation);
  }

  @Test
  void sumsOfAnything() {
    TensorValue x = TensorValue.of(new int[][] {{1, 2}, {3, 4}});
    assertThat(einsum("ij,jk->ik", x, x).value())
        .isEqualTo(TensorValue.of(new int[][] {{7, 10}, {15, 22}}));
    assertThat(einsum("ii->i", x).value()).isEqualTo(TensorValue.ofInts(1, 4));
    assertThat(einsum("ij -> ", x).value()).isEqualTo(TensorValue.of(10));
    TensorValue empty = TensorValue.zeros(DataType.FLOAT32, Shape.of(2, 0));
    assertThat(einsum("ij,kj->ik", empty, empty).value())
        .isEqualTo(TensorValue.zeros(DataType.FLOAT32, Shape.of(2, 2)));
    assertThat(einsum("ij->j", empty).value().shape()).isEqualTo(Shape.of(0));
    TensorValue words = TensorValue.of(new String[] {"a"});
    assertThatThrownBy(() -> einsum("i->i", words).run())
        .isInstanceOf(UnimplementedException.class);
    fails(einsum("ij,jk->ik", x, TensorValue.of(new int[3][2])), "the sizes of 'j'");
  }
}
