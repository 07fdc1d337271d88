package dev.millrace.session.linalg;

import dev.millrace.session.linalg.ComplexMatrix.Complex;
import java.util.Arrays;

/**
 * The principal square root of a matrix, by that of its Schur triangle; Björck and Hammarling, "A
 * Schur method for the square root of a matrix" (1983).
 */
public final class SquareRoot {
  /** Relative to the largest eigenvalue, what rounding may make of one that is 0. */
  private static final double ROUNDING = 1e-12;

  private SquareRoot() {}

  /** The root of {@code a}; all NaN where no root, or none with real elements, is found. */
  public static Matrix of(Matrix a) {
    int n = a.rows();
    Schur schur = Schur.of(a);
    if (schur == null || hasNegativeEigenvalue(schur.t)) {
      Matrix none = new Matrix(n, n);
      Arrays.fill(none.values(), Double.NaN);
      return none;
    }
    ComplexMatrix r = ofTriangle(schur.t);
    Matrix root = new Matrix(n, n);
    for (int i = 0; i < n; i++) {
      Complex[] row = rowOfProduct(schur.u, r, i);
      for (int j = 0; j < n; j++) {
        Complex sum = Complex.ZERO;
        for (int k = 0; k < n; k++) {
          sum = sum.plus(row[k].times(schur.u.get(j, k).conjugate()));
        }
        root.set(i, j, sum.re());
      }
    }
    return root;
  }

  /** A real one, whose root would be imaginary. */
  private static boolean hasNegativeEigenvalue(ComplexMatrix t) {
    double most = largestEigenvalue(t);
    for (int i = 0; i < t.n; i++) {
      Complex x = t.get(i, i);
      if (-x.re() > ROUNDING * most && Math.abs(x.im()) <= ROUNDING * most) {
        return true;
      }
    }
    return false;
  }

  private static double largestEigenvalue(ComplexMatrix t) {
    double most = 0;
    for (int i = 0; i < t.n; i++) {
      most = Math.max(most, t.magnitude(i, i));
    }
    return most;
  }

  private static Complex[] rowOfProduct(ComplexMatrix u, ComplexMatrix r, int i) {
    Complex[] row = new Complex[u.n];
    for (int k = 0; k < u.n; k++) {
      row[k] = Complex.ZERO;
      for (int l = 0; l <= k; l++) {
        row[k] = row[k].plus(u.get(i, l).times(r.get(l, k)));
      }
    }
    return row;
  }

  private static ComplexMatrix ofTriangle(ComplexMatrix t) {
    ComplexMatrix r = ComplexMatrix.of(new Matrix(t.n, t.n));
    double most = largestEigenvalue(t);
    for (int j = 0; j < t.n; j++) {
      r.set(j, j, t.get(j, j).sqrt());
      for (int i = j - 1; i >= 0; i--) {
        Complex rest = t.get(i, j);
        for (int k = i + 1; k < j; k++) {
          rest = rest.minus(r.get(i, k).times(r.get(k, j)));
        }
        Complex divisor = r.get(i, i).plus(r.get(j, j));
        // Between two eigenvalues that are 0 there is nothing but rounding, or there is no root.
        boolean nothing = divisor.isZero() && rest.magnitude() <= ROUNDING * most;
        r.set(i, j, nothing ? Complex.ZERO : rest.over(divisor));
      }
    }
    return r;
  }
}
