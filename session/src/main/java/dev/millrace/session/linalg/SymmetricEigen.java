package dev.millrace.session.linalg;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, each of which makes two
 * elements beside the diagonal 0, until all are; Golub and Van Loan, "Matrix Computations", 8.5.
 *
 * @param values ascending
 * @param vectors in the columns, of length 1
 */
@SuppressWarnings("ArrayRecordComponent") // decompositions are never compared
public record SymmetricEigen(double[] values, Matrix vectors) {
  private static final int MOST_SWEEPS = 100;

  /** Decomposes {@code a}, of which only the lower triangle is looked at. */
  public static SymmetricEigen of(Matrix a) {
    int n = a.rows();
    Matrix d = new Matrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        d.set(i, j, a.get(Math.max(i, j), Math.min(i, j)));
      }
    }
    Matrix v = Matrix.identity(n, n);
    double negligible = 0x1p-56 * norm(d);
    boolean turned = true;
    for (int sweep = 0; turned && sweep < MOST_SWEEPS; sweep++) {
      turned = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          turned |= rotate(d, v, p, q, negligible);
        }
      }
    }
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> d.get(i, i)))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = d.get(order[i], order[i]);
    }
    return new SymmetricEigen(values, v.pickColumns(order));
  }

  private static double norm(Matrix d) {
    double sum = 0;
    for (double x : d.values()) {
      sum += x * x;
    }
    return Math.sqrt(sum);
  }

  /** Makes elements (p, q) and (q, p) 0; false if they are as good as that. */
  private static boolean rotate(Matrix d, Matrix v, int p, int q, double negligible) {
    double x = d.get(p, q);
    if (!(Math.abs(x) > negligible) || Math.abs(x) < Double.MIN_NORMAL) {
      return false;
    }
    double tau = (d.get(q, q) - d.get(p, p)) / (2 * x);
    double t = Math.signum(tau) / (Math.abs(tau) + Math.hypot(1, tau));
    t = tau == 0 ? 1 : t;
    double c = 1 / Math.hypot(1, t);
    double s = t * c;
    double pp = d.get(p, p) - t * x;
    double qq = d.get(q, q) + t * x;
    for (int k = 0; k < d.rows(); k++) {
      double kp = d.get(k, p);
      double kq = d.get(k, q);
      d.set(k, p, c * kp - s * kq);
      d.set(p, k, c * kp - s * kq);
      d.set(k, q, s * kp + c * kq);
      d.set(q, k, s * kp + c * kq);
    }
    d.set(p, p, pp);
    d.set(q, q, qq);
    d.set(p, q, 0);
    d.set(q, p, 0);
    v.rotateColumns(p, q, c, s);
    return true;
  }
}
