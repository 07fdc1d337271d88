package dev.millrace.session.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That the factors have the properties they must have, and give the matrix back. */
class DecompositionsTest {
  private final Random random = new Random(5);

  private Matrix random(int rows, int columns) {
    Matrix m = new Matrix(rows, columns);
    Arrays.setAll(m.values(), i -> random.nextGaussian());
    return m;
  }

  /** The product of two thin factors. */
  private Matrix ofRank(int rank, int rows, int columns) {
    return random(rows, rank).times(random(rank, columns));
  }

  private static void near(Matrix got, Matrix want) {
    assertThat(got.rows()).isEqualTo(want.rows());
    assertThat(got.columns()).isEqualTo(want.columns());
    double scale = 1 + Arrays.stream(want.values()).map(Math::abs).max().orElse(0);
    for (int i = 0; i < want.values().length; i++) {
      assertThat(got.values()[i]).isCloseTo(want.values()[i], within(1e-11 * scale));
    }
  }

  private static void orthonormal(Matrix columns) {
    near(columns.transpose().times(columns), Matrix.identity(columns.columns(), columns.columns()));
  }

  private static Matrix diagonal(double[] values) {
    Matrix d = new Matrix(values.length, values.length);
    for (int i = 0; i < values.length; i++) {
      d.set(i, i, values[i]);
    }
    return d;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 30})
  void lu(int n) {
    Matrix a = random(n, n);
    Lu lu = Lu.of(a);
    Matrix l = Matrix.identity(n, n);
    Matrix u = new Matrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        (j < i ? l : u).set(i, j, lu.triangles().get(i, j));
        assertThat(j >= i || Math.abs(l.get(i, j)) <= 1).isTrue();
      }
    }
    near(l.times(u), a.pickRows(lu.order()));
    Matrix b = random(n, 3);
    near(a.times(lu.solve(b, false)), b);
    near(a.transpose().times(lu.solve(b, true)), b);
    assertThat(lu.isInvertible()).isTrue();
  }

  @Test
  void determinants() {
    Matrix a = new Matrix(3, 3, new double[] {0, 2, 0, 1, 0, 0, 0, 0, 3});
    assertThat(Lu.of(a).determinant()).isEqualTo(-6);
    assertThat(Lu.of(new Matrix(0, 0)).determinant()).isOne();
    Lu singular = Lu.of(new Matrix(2, 2, new double[] {1, 2, 2, 4}));
    assertThat(singular.determinant()).isZero();
    assertThat(singular.isInvertible()).isFalse();
    assertThat(Lu.of(new Matrix(1, 1, new double[] {Double.NaN})).isInvertible()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"true, false", "true, true", "false, false", "false, true"})
  void triangularSystems(boolean lower, boolean transposed) {
    Matrix t = random(5, 5);
    Matrix triangle = new Matrix(5, 5);
    for (int i = 0; i < 5; i++) {
      t.add(i, i, 3);
      for (int j = 0; j < 5; j++) {
        triangle.set(i, j, (lower ? j <= i : j >= i) ? t.get(i, j) : 0);
      }
    }
    Matrix b = random(5, 2);
    Matrix x = Triangular.solve(t, lower, transposed, b);
    near((transposed ? triangle.transpose() : triangle).times(x), b);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 25})
  void cholesky(int n) {
    Matrix f = random(n, n + 1);
    Matrix a = f.times(f.transpose());
    Matrix l = Triangular.cholesky(a);
    near(l.times(l.transpose()), a);
    assertThat(n < 2 || l.get(0, 1) == 0).isTrue();
    assertThat(Triangular.cholesky(new Matrix(2, 2, new double[] {1, 2, 2, 1}))).isNull();
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "7, 3", "3, 7", "1, 1", "0, 3", "3, 0", "40, 20"})
  void qr(int m, int n) {
    Matrix a = random(m, n);
    Qr qr = Qr.of(a);
    int k = Math.min(m, n);
    near(qr.q(k).times(qr.r(k)), a);
    orthonormal(qr.q(k));
    orthonormal(qr.q(m));
    near(qr.q(m).times(qr.r(m)), a);
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < Math.min(i, n); j++) {
        assertThat(qr.r(k).get(i, j)).isZero();
      }
    }
  }

  @Test
  void qrLeavesATriangleAlone() {
    Matrix a = new Matrix(2, 2, new double[] {-2, 1, 0, -3});
    near(Qr.of(a).r(2), a);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 6, 30})
  void symmetricEigenvalues(int n) {
    Matrix f = ofRank(Math.max(1, n - 2), n, n);
    Matrix a = new Matrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a.set(i, j, f.get(Math.max(i, j), Math.min(i, j)));
      }
    }
    SymmetricEigen e = SymmetricEigen.of(f);
    orthonormal(e.vectors());
    near(e.vectors().times(diagonal(e.values())).times(e.vectors().transpose()), a);
    assertThat(e.values()).isSorted();
  }

  @ParameterizedTest
  @CsvSource({"5, 5, 5", "7, 3, 3", "3, 7, 3", "6, 6, 2", "8, 5, 1", "30, 20, 20", "4, 3, 0"})
  void singularValues(int m, int n, int rank) {
    Matrix a = rank == 0 ? new Matrix(m, n) : ofRank(rank, m, n);
    Svd s = Svd.of(a);
    orthonormal(s.u());
    orthonormal(s.v());
    near(s.u().times(diagonal(s.values())).times(s.v().transpose()), a);
    for (int i = 1; i < s.values().length; i++) {
      assertThat(s.values()[i]).isLessThanOrEqualTo(s.values()[i - 1]);
    }
    assertThat(Arrays.stream(s.values()).filter(x -> x > 1e-12 * (1 + s.values()[0])).count())
        .isEqualTo(rank);
    orthonormal(Svd.completed(s.u(), m));
    near(Svd.completed(s.u(), m).corner(m, s.values().length), s.u());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 6, 20})
  void squareRoots(int n) {
    Matrix f = random(n, n);
    for (int i = 0; i < n; i++) {
      f.add(i, i, 3 * Math.sqrt(n)); // keeps the eigenvalues to the right
    }
    near(SquareRoot.of(f.times(f)), f);
    Matrix semidefinite = ofRank(Math.max(1, n / 2), n, n);
    Matrix a = semidefinite.times(semidefinite.transpose());
    Matrix root = SquareRoot.of(a);
    Matrix square = root.times(root);
    for (int i = 0; i < a.values().length; i++) {
      assertThat(square.values()[i]).isCloseTo(a.values()[i], within(1e-6 * (1 + n * n)));
    }
  }

  @Test
  void rootsOfRotationsAndOfWhatHasNone() {
    double h = Math.sqrt(0.5);
    near(
        SquareRoot.of(new Matrix(2, 2, new double[] {0, -1, 1, 0})),
        new Matrix(2, 2, new double[] {h, -h, h, h}));
    assertThat(SquareRoot.of(new Matrix(2, 2, new double[] {-4, 0, 0, 9})).values())
        .containsOnly(Double.NaN);
    assertThat(SquareRoot.of(new Matrix(1, 1, new double[] {Double.NaN})).values())
        .containsOnly(Double.NaN);
    assertThat(
            SquareRoot.of(new Matrix(2, 2, new double[] {Double.POSITIVE_INFINITY, 1, 1, 1}))
                .values())
        .contains(Double.NaN);
    near(SquareRoot.of(new Matrix(2, 2)), new Matrix(2, 2));
  }
}
