package dev.millrace.session.linalg;

import dev.millrace.session.linalg.ComplexMatrix.Complex;

/** As {@link Lu}, of a complex matrix, which is given and given back as {@link Embedded} says. */
public final class ComplexLu {
  private final Matrix lu;
  private final int[] order;
  private boolean odd;

  private ComplexLu(Matrix a) {
    lu = a.copy();
    order = new int[a.rows() / 2];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }

  /** Decomposes {@code a}, which may be singular. */
  public static ComplexLu of(Matrix a) {
    ComplexLu d = new ComplexLu(a);
    int n = d.order.length;
    for (int k = 0; k < n; k++) {
      d.bringUp(k, d.largestFrom(k));
      Complex pivot = d.get(k, k);
      if (pivot.isZero()) {
        continue;
      }
      for (int i = k + 1; i < n; i++) {
        Complex f = d.get(i, k).over(pivot);
        d.set(i, k, f);
        for (int j = k + 1; j < n; j++) {
          d.set(i, j, d.get(i, j).minus(f.times(d.get(k, j))));
        }
      }
    }
    return d;
  }

  private Complex get(int i, int j) {
    return new Complex(Embedded.re(lu, i, j), Embedded.im(lu, i, j));
  }

  private void set(int i, int j, Complex x) {
    Embedded.set(lu, i, j, x.re(), x.im());
  }

  private int largestFrom(int k) {
    int best = k;
    for (int i = k + 1; i < order.length; i++) {
      if (get(i, k).magnitude() > get(best, k).magnitude()) {
        best = i;
      }
    }
    return best;
  }

  private void bringUp(int k, int row) {
    if (row != k) {
      lu.swapRows(2 * k, 2 * row);
      lu.swapRows(2 * k + 1, 2 * row + 1);
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
    for (Complex x : diagonal()) {
      if (!(x.magnitude() > 0)) {
        return false;
      }
    }
    return true;
  }

  Complex[] diagonal() {
    Complex[] d = new Complex[order.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = get(i, i);
    }
    return d;
  }

  /** The logarithm of the determinant's magnitude, and the determinant by its magnitude. */
  public double[] logDeterminant() {
    double log = 0;
    Complex sign = new Complex(odd ? -1 : 1, 0);
    for (Complex x : diagonal()) {
      double m = x.magnitude();
      log += Math.log(m);
      sign = m > 0 ? sign.times(x.times(1 / m)) : Complex.ZERO;
    }
    return new double[] {log, sign.re(), sign.im()};
  }
}
