package dev.millrace.session.linalg;

/** Triangular systems of equations, and Cholesky's decomposition, which leads to them. */
public final class Triangular {
  private Triangular() {}

  /**
   * Solves {@code op(t) x = b}; only one triangle of {@code t} is looked at.
   *
   * @param lower whether that is the lower one
   * @param transposed whether {@code op} transposes
   */
  public static Matrix solve(Matrix t, boolean lower, boolean transposed, Matrix b) {
    return solve(t, lower, transposed, false, b);
  }

  /**
   * As {@link #solve(Matrix, boolean, boolean, Matrix)}.
   *
   * @param unit whether the diagonal is to be taken as ones
   */
  static Matrix solve(Matrix t, boolean lower, boolean transposed, boolean unit, Matrix b) {
    int n = t.rows();
    Matrix x = b.copy();
    // The unknowns come one after the other: from the top where the system is a lower triangle.
    boolean down = lower != transposed;
    for (int step = 0; step < n; step++) {
      int i = down ? step : n - 1 - step;
      for (int k = down ? 0 : i + 1; k < (down ? i : n); k++) {
        double f = transposed ? t.get(k, i) : t.get(i, k);
        for (int j = 0; j < x.columns(); j++) {
          x.add(i, j, -f * x.get(k, j));
        }
      }
      if (!unit) {
        for (int j = 0; j < x.columns(); j++) {
          x.set(i, j, x.get(i, j) / t.get(i, i));
        }
      }
    }
    return x;
  }

  /** Whether a number on the diagonal is 0. */
  public static boolean hasZero(Matrix t) {
    for (int i = 0; i < t.rows(); i++) {
      if (t.get(i, i) == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * The lower triangular L with {@code L Lᵀ = a}, where only the lower triangle of {@code a} is
   * looked at; null where {@code a} is not positive definite.
   */
  public static Matrix cholesky(Matrix a) {
    int n = a.rows();
    Matrix l = new Matrix(n, n);
    for (int j = 0; j < n; j++) {
      double d = a.get(j, j);
      for (int k = 0; k < j; k++) {
        d -= l.get(j, k) * l.get(j, k);
      }
      if (d <= 0) {
        return null;
      }
      double root = Math.sqrt(d);
      l.set(j, j, root);
      for (int i = j + 1; i < n; i++) {
        double x = a.get(i, j);
        for (int k = 0; k < j; k++) {
          x -= l.get(i, k) * l.get(j, k);
        }
        l.set(i, j, x / root);
      }
    }
    return l;
  }
}
