package dev.millrace.session.linalg;

/**
 * The decomposition into an orthogonal matrix and an upper triangle, by Householder's reflections.
 * A reflection leaves a column that is 0 below the diagonal as it is, and else makes the element on
 * the diagonal of the opposite sign, as LAPACK and Eigen do.
 */
public final class Qr {
  private final Matrix r;
  private final Matrix
      vectors; // column k: the reflection's vector from row k on, which begins with 1
  private final double[] factors;

  private Qr(Matrix a) {
    r = a.copy();
    vectors = new Matrix(a.rows(), Math.min(a.rows(), a.columns()));
    factors = new double[vectors.columns()];
  }

  /** Decomposes {@code a}, of any shape. */
  public static Qr of(Matrix a) {
    Qr d = new Qr(a);
    for (int k = 0; k < d.factors.length; k++) {
      d.reflect(k);
    }
    return d;
  }

  private void reflect(int k) {
    double below = 0;
    for (int i = k + 1; i < r.rows(); i++) {
      below += r.get(i, k) * r.get(i, k);
    }
    if (below <= Double.MIN_NORMAL) {
      return;
    }
    double first = r.get(k, k);
    double norm = Math.sqrt(first * first + below);
    double onDiagonal = first >= 0 ? -norm : norm;
    vectors.set(k, k, 1);
    for (int i = k + 1; i < r.rows(); i++) {
      vectors.set(i, k, r.get(i, k) / (first - onDiagonal));
    }
    factors[k] = (onDiagonal - first) / onDiagonal;
    apply(k, r, k);
    for (int i = k + 1; i < r.rows(); i++) {
      r.set(i, k, 0);
    }
  }

  /** Applies reflection {@code k} to the columns of {@code m} from {@code from} on. */
  private void apply(int k, Matrix m, int from) {
    for (int j = from; j < m.columns(); j++) {
      double sum = 0;
      for (int i = k; i < m.rows(); i++) {
        sum += vectors.get(i, k) * m.get(i, j);
      }
      for (int i = k; i < m.rows(); i++) {
        m.add(i, j, -factors[k] * sum * vectors.get(i, k));
      }
    }
  }

  /** The first columns of the orthogonal matrix. */
  public Matrix q(int columns) {
    Matrix q = Matrix.identity(r.rows(), columns);
    for (int k = factors.length - 1; k >= 0; k--) {
      apply(k, q, 0);
    }
    return q;
  }

  /** The first rows of the triangle. */
  public Matrix r(int rows) {
    return r.corner(rows, r.columns());
  }
}
