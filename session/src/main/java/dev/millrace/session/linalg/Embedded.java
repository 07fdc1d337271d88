package dev.millrace.session.linalg;

import java.util.ArrayList;
import java.util.List;

/**
 * Complex matrices as real ones of twice the size: a + bi becomes the block (a -b; b a). Sums,
 * products and inverses of these are those of the complex matrices, the transpose is the adjoint,
 * and what is unique of a positive matrix, as its Cholesky factor, is the same too.
 */
public final class Embedded {
  private Embedded() {}

  /** Sets element (i, j). */
  public static void set(Matrix m, int i, int j, double re, double im) {
    m.set(2 * i, 2 * j, re);
    m.set(2 * i + 1, 2 * j + 1, re);
    m.set(2 * i + 1, 2 * j, im);
    m.set(2 * i, 2 * j + 1, -im);
  }

  /** The real part of element (i, j). */
  public static double re(Matrix m, int i, int j) {
    return m.get(2 * i, 2 * j);
  }

  /** The imaginary part of element (i, j). */
  public static double im(Matrix m, int i, int j) {
    return m.get(2 * i + 1, 2 * j);
  }

  /** A copy whose diagonal is real, as that of a Hermitian matrix is. */
  public static Matrix withRealDiagonal(Matrix m) {
    Matrix r = m.copy();
    for (int i = 0; i < r.rows() / 2; i++) {
      set(r, i, i, re(m, i, i), 0);
    }
    return r;
  }

  /** A copy with 0 above or below the diagonal. */
  public static Matrix triangle(Matrix m, boolean lower) {
    Matrix r = m.copy();
    for (int i = 0; i < r.rows() / 2; i++) {
      for (int j = 0; j < r.columns() / 2; j++) {
        if (lower ? j > i : j < i) {
          set(r, i, j, 0, 0);
        }
      }
    }
    return r;
  }

  /** The determinant, its real and its imaginary part; 1 of a matrix without elements. */
  public static double[] determinant(Matrix m) {
    ComplexLu lu = ComplexLu.of(m);
    ComplexMatrix.Complex d = new ComplexMatrix.Complex(lu.isOdd() ? -1 : 1, 0);
    for (ComplexMatrix.Complex x : lu.diagonal()) {
      d = d.times(x);
    }
    return new double[] {d.re(), d.im()};
  }

  /** Column {@code j} of the real matrix, as a complex vector, the parts side by side. */
  static double[] column(Matrix m, int j) {
    double[] r = new double[m.rows()];
    for (int i = 0; i < r.length; i++) {
      r[i] = m.get(i, j);
    }
    return r;
  }

  /** The matrix of these complex columns. */
  static Matrix ofColumns(int rows, List<double[]> columns) {
    Matrix m = new Matrix(2 * rows, 2 * columns.size());
    for (int j = 0; j < columns.size(); j++) {
      for (int i = 0; i < rows; i++) {
        set(m, i, j, columns.get(j)[2 * i], columns.get(j)[2 * i + 1]);
      }
    }
    return m;
  }

  /**
   * Of the candidates the one that is farthest from the space of some orthonormal vectors, made
   * orthonormal to them.
   */
  static double[] farthest(List<double[]> basis, List<double[]> candidates) {
    double[] best = null;
    double most = -1;
    for (double[] c : candidates) {
      double[] r = c.clone();
      for (int again = 0; again < 2; again++) { // once more for what rounding left
        for (double[] b : basis) {
          subtractProjection(r, b);
        }
      }
      double norm = norm(r);
      if (norm > most) {
        most = norm;
        best = r;
      }
    }
    for (int i = 0; i < best.length; i++) {
      best[i] /= most;
    }
    return best;
  }

  private static void subtractProjection(double[] r, double[] b) {
    double re = 0;
    double im = 0;
    for (int i = 0; i < r.length; i += 2) {
      re += b[i] * r[i] + b[i + 1] * r[i + 1];
      im += b[i] * r[i + 1] - b[i + 1] * r[i];
    }
    for (int i = 0; i < r.length; i += 2) {
      r[i] -= re * b[i] - im * b[i + 1];
      r[i + 1] -= re * b[i + 1] + im * b[i];
    }
  }

  private static double norm(double[] x) {
    double sum = 0;
    for (double y : x) {
      sum += y * y;
    }
    return Math.sqrt(sum);
  }

  /** Orthonormal columns and more, orthonormal to them. */
  static List<double[]> completed(List<double[]> columns, int rows, int count) {
    List<double[]> units = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      double[] e = new double[2 * rows];
      e[2 * i] = 1;
      units.add(e);
    }
    List<double[]> all = new ArrayList<>(columns);
    while (all.size() < count) {
      all.add(farthest(all, units));
    }
    return all;
  }
}
