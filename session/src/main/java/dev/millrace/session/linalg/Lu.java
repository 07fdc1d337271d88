package dev.millrace.session.linalg;

/**
 * The decomposition of a square matrix, its rows in another order, into a lower triangle with ones
 * on the diagonal and an upper one. Each step takes the row with the largest element first.
 */
public final class Lu {
  private final Matrix lu;
  private final int[] order;
  private boolean odd;

  private Lu(Matrix a) {
    lu = a.copy();
    order = new int[a.rows()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }

  /** Decomposes {@code a}, which may be singular. */
  public static Lu of(Matrix a) {
    Lu d = new Lu(a);
    int n = a.rows();
    for (int k = 0; k < n; k++) {
      d.bringUp(k, d.largestFrom(k));
      double pivot = d.lu.get(k, k);
      if (pivot == 0) {
        continue;
      }
      for (int i = k + 1; i < n; i++) {
        double f = d.lu.get(i, k) / pivot;
        d.lu.set(i, k, f);
        for (int j = k + 1; j < n; j++) {
          d.lu.add(i, j, -f * d.lu.get(k, j));
        }
      }
    }
    return d;
  }

  private int largestFrom(int k) {
    int best = k;
    for (int i = k + 1; i < lu.rows(); i++) {
      if (Math.abs(lu.get(i, k)) > Math.abs(lu.get(best, k))) {
        best = i;
      }
    }
    return best;
  }

  private void bringUp(int k, int row) {
    if (row != k) {
      lu.swapRows(k, row);
      int t = order[k];
      order[k] = order[row];
      order[row] = t;
      odd = !odd;
    }
  }

  /** Both triangles in one matrix; the ones are left out. */
  public Matrix triangles() {
    return lu;
  }

  /** Which row of the matrix became row i. */
  public int[] order() {
    return order;
  }

  /** Whether rows changed places an odd number of times. */
  public boolean isOdd() {
    return odd;
  }

  /** Whether nothing on the diagonal is 0, or not a number. */
  public boolean isInvertible() {
    for (int i = 0; i < lu.rows(); i++) {
      if (!(Math.abs(lu.get(i, i)) > 0)) {
        return false;
      }
    }
    return true;
  }

  /** The determinant; 1 of a matrix without elements. */
  public double determinant() {
    double d = odd ? -1 : 1;
    for (int i = 0; i < lu.rows(); i++) {
      d *= lu.get(i, i);
    }
    return d;
  }

  /** Solves {@code a x = b}, or with the transpose of {@code a}; a must be invertible. */
  public Matrix solve(Matrix b, boolean transposed) {
    if (!transposed) {
      Matrix y = Triangular.solve(lu, true, false, true, b.pickRows(order));
      return Triangular.solve(lu, false, false, y);
    }
    Matrix y = Triangular.solve(lu, false, true, b);
    Matrix z = Triangular.solve(lu, true, true, true, y);
    int[] back = new int[order.length];
    for (int i = 0; i < back.length; i++) {
      back[order[i]] = i;
    }
    return z.pickRows(back);
  }
}
