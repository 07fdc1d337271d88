package dev.millrace.session.linalg;

import java.util.ArrayList;
import java.util.List;

/**
 * Eigenvalues and singular values of complex matrices, which are given and given back as {@link
 * Embedded} says: those of the real matrix, where each stands twice. A vector's phase is open.
 */
public final class ComplexPairs {
  private static final double SAME = 1e-9;

  private ComplexPairs() {}

  /** As {@link SymmetricEigen}, of a Hermitian matrix, of which the lower triangle is looked at. */
  public static SymmetricEigen eigen(Matrix a) {
    SymmetricEigen real = SymmetricEigen.of(Embedded.withRealDiagonal(a));
    int n = a.rows() / 2;
    List<double[]> vectors = new ArrayList<>();
    for (int k = 0; k < n; k++) {
      vectors.add(next(vectors, real.values(), real.vectors(), k));
    }
    return new SymmetricEigen(halved(real.values()), Embedded.ofColumns(n, vectors));
  }

  /** As {@link Svd}. */
  public static Svd svd(Matrix a) {
    Svd real = Svd.of(a);
    double[] values = halved(real.values());
    List<double[]> right = new ArrayList<>();
    List<double[]> left = new ArrayList<>();
    for (int k = 0; k < values.length; k++) {
      double[] v = next(right, real.values(), real.v(), k);
      right.add(v);
      if (values[k] > SAME * values[0]) {
        left.add(times(a, v, 1 / values[k]));
      } else {
        left.add(next(left, real.values(), real.u(), k));
      }
    }
    return new Svd(
        values, Embedded.ofColumns(a.rows() / 2, left), Embedded.ofColumns(a.columns() / 2, right));
  }

  /** Orthonormal columns, and more to so many, orthonormal to them. */
  public static Matrix completed(Matrix u, int columns) {
    List<double[]> all = new ArrayList<>();
    for (int j = 0; j < u.columns() / 2; j++) {
      all.add(Embedded.column(u, 2 * j));
    }
    int rows = u.rows() / 2;
    return Embedded.ofColumns(rows, Embedded.completed(all, rows, columns));
  }

  private static double[] halved(double[] twice) {
    double[] r = new double[twice.length / 2];
    for (int i = 0; i < r.length; i++) {
      r[i] = twice[2 * i];
    }
    return r;
  }

  /** A vector of value {@code k}, orthonormal to those before it. */
  private static double[] next(List<double[]> before, double[] values, Matrix vectors, int k) {
    double scale = 0;
    for (double x : values) {
      scale = Math.max(scale, Math.abs(x));
    }
    List<double[]> candidates = new ArrayList<>();
    for (int j = 0; j < values.length; j++) {
      if (j / 2 == k || Math.abs(values[j] - values[2 * k]) <= SAME * scale) {
        candidates.add(Embedded.column(vectors, j));
      }
    }
    return Embedded.farthest(before, candidates);
  }

  private static double[] times(Matrix a, double[] v, double by) {
    double[] r = new double[a.rows()];
    for (int i = 0; i < r.length; i++) {
      for (int j = 0; j < v.length; j++) {
        r[i] += a.get(i, j) * v[j] * by;
      }
    }
    return r;
  }
}
