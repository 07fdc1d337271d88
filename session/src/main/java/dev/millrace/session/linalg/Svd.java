package dev.millrace.session.linalg;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The singular value decomposition {@code a = u diag(values) vᵀ}, by rotations of the columns
 * (Hestenes, 1958): each makes two of them orthogonal, until all are.
 *
 * @param values descending, as many as the smaller side of the matrix
 * @param u orthonormal columns, as many as there are values
 * @param v orthonormal columns, as many as there are values
 */
@SuppressWarnings("ArrayRecordComponent") // decompositions are never compared
public record Svd(double[] values, Matrix u, Matrix v) {
  private static final int MOST_SWEEPS = 100;
  private static final double ORTHOGONAL = 0x1p-52;

  /** Decomposes {@code a}, of any shape. */
  public static Svd of(Matrix a) {
    if (a.rows() < a.columns()) {
      Svd t = of(a.transpose());
      return new Svd(t.values, t.v, t.u);
    }
    int n = a.columns();
    Matrix w = a.copy();
    Matrix v = Matrix.identity(n, n);
    boolean turned = true;
    for (int sweep = 0; turned && sweep < MOST_SWEEPS; sweep++) {
      turned = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          turned |= rotate(w, v, p, q);
        }
      }
    }
    double[] norms = IntStream.range(0, n).mapToDouble(j -> Math.sqrt(w.dot(j, j))).toArray();
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(j -> -norms[j]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] values = IntStream.of(order).mapToDouble(j -> norms[j]).toArray();
    return new Svd(values, normalized(w.pickColumns(order), values), v.pickColumns(order));
  }

  private static boolean rotate(Matrix w, Matrix v, int p, int q) {
    double pp = w.dot(p, p);
    double qq = w.dot(q, q);
    double pq = w.dot(p, q);
    if (!(Math.abs(pq) > ORTHOGONAL * Math.sqrt(pp * qq)) || Math.abs(pq) < Double.MIN_NORMAL) {
      return false;
    }
    double tau = (qq - pp) / (2 * pq);
    double t = tau == 0 ? 1 : Math.signum(tau) / (Math.abs(tau) + Math.hypot(1, tau));
    double c = 1 / Math.hypot(1, t);
    w.rotateColumns(p, q, c, c * t);
    v.rotateColumns(p, q, c, c * t);
    return true;
  }

  /** The columns divided by their norms; those that vanish are filled up by orthonormal ones. */
  private static Matrix normalized(Matrix w, double[] norms) {
    int rank = 0;
    while (rank < norms.length && norms[rank] > Double.MIN_NORMAL) {
      for (int i = 0; i < w.rows(); i++) {
        w.set(i, rank, w.get(i, rank) / norms[rank]);
      }
      rank++;
    }
    return rank == norms.length ? w : completed(w.corner(w.rows(), rank), norms.length);
  }

  /** Orthonormal columns, and more to so many, orthonormal to them. */
  public static Matrix completed(Matrix u, int columns) {
    Matrix all = Qr.of(u).q(columns);
    for (int i = 0; i < u.rows(); i++) {
      for (int j = 0; j < u.columns(); j++) {
        all.set(i, j, u.get(i, j)); // the same, up to its sign
      }
    }
    return all;
  }
}
