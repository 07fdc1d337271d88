package dev.millrace.session.linalg;

import dev.millrace.session.linalg.ComplexMatrix.Complex;
import java.util.Arrays;

/**
 * The complex Schur decomposition {@code a = u t uᴴ} into a unitary matrix and an upper triangle,
 * by the QR algorithm with Wilkinson's shifts; Golub and Van Loan, "Matrix Computations", 7.5. What
 * is below the first diagonal under the main one is made 0 first.
 */
final class Schur {
  private static final int MOST_STEPS = 60;

  final ComplexMatrix t;
  final ComplexMatrix u;
  private final int n;
  private final double norm;

  private Schur(Matrix a) {
    n = a.rows();
    norm = Math.sqrt(Arrays.stream(a.values()).map(x -> x * x).sum());
    t = ComplexMatrix.of(a);
    u = ComplexMatrix.of(Matrix.identity(n, n));
  }

  /** Decomposes {@code a}; null where that does not come to an end, as with infinite numbers. */
  static Schur of(Matrix a) {
    Schur s = new Schur(a);
    for (int j = 0; j < s.n - 2; j++) {
      for (int i = s.n - 1; i > j + 1; i--) {
        s.eliminate(i - 1, i, j);
      }
    }
    return s.triangulate() ? s : null;
  }

  private boolean triangulate() {
    int last = n - 1;
    for (int steps = 0; last > 0; steps++) {
      int first = last;
      while (first > 0 && !isNegligible(first)) {
        first--;
      }
      if (first == last) {
        last--;
        steps = -1;
      } else if (steps > MOST_STEPS) {
        return false;
      } else {
        // Now and then another shift, in case this one leads in circles.
        step(
            first,
            last,
            steps % 11 == 10 ? new Complex(t.magnitude(last, last - 1), 0) : shift(last));
      }
    }
    return true;
  }

  /** Whether what is left of the diagonal in row {@code i} is as good as 0; then it becomes 0. */
  private boolean isNegligible(int i) {
    if (t.magnitude(i, i - 1) > 0x1p-53 * norm) {
      return false;
    }
    boolean known = !Double.isNaN(t.magnitude(i, i - 1));
    if (known) {
      t.set(i, i - 1, Complex.ZERO);
    }
    return known;
  }

  /** The eigenvalue of the last two rows and columns that is nearer to the last element. */
  private Complex shift(int last) {
    Complex a = t.get(last - 1, last - 1);
    Complex d = t.get(last, last);
    Complex half = a.minus(d).times(0.5);
    Complex bc = t.get(last - 1, last).times(t.get(last, last - 1));
    Complex root = half.times(half).plus(bc).sqrt();
    Complex one = half.plus(root);
    Complex other = half.minus(root);
    Complex larger = one.magnitude() > other.magnitude() ? one : other;
    return larger.isZero() ? d : d.minus(bc.over(larger));
  }

  /** A QR step on the rows and columns from {@code first} to {@code last}. */
  private void step(int first, int last, Complex shift) {
    addToDiagonal(shift.times(-1));
    Complex[] c = new Complex[n];
    Complex[] s = new Complex[n];
    for (int k = first; k < last; k++) {
      double norm = Math.hypot(t.get(k, k).magnitude(), t.get(k + 1, k).magnitude());
      c[k] = norm == 0 ? new Complex(1, 0) : t.get(k, k).times(1 / norm);
      s[k] = norm == 0 ? Complex.ZERO : t.get(k + 1, k).times(1 / norm);
      rotateRows(k, k + 1, c[k], s[k]);
    }
    for (int k = first; k < last; k++) {
      rotateColumns(t, k, k + 1, c[k], s[k]);
      rotateColumns(u, k, k + 1, c[k], s[k]);
    }
    addToDiagonal(shift);
  }

  private void addToDiagonal(Complex x) {
    for (int i = 0; i < n; i++) {
      t.set(i, i, t.get(i, i).plus(x));
    }
  }

  /** Makes element (q, column) 0 by a rotation of rows p and q, and of the columns likewise. */
  private void eliminate(int p, int q, int column) {
    double norm = Math.hypot(t.get(p, column).magnitude(), t.get(q, column).magnitude());
    if (norm == 0 || t.get(q, column).isZero()) {
      return;
    }
    Complex c = t.get(p, column).times(1 / norm);
    Complex s = t.get(q, column).times(1 / norm);
    rotateRows(p, q, c, s);
    t.set(q, column, Complex.ZERO);
    rotateColumns(t, p, q, c, s);
    rotateColumns(u, p, q, c, s);
  }

  /** Row p becomes {@code c̄ p + s̄ q}, row q {@code c q - s p}. */
  private void rotateRows(int p, int q, Complex c, Complex s) {
    for (int j = 0; j < n; j++) {
      Complex x = t.get(p, j);
      Complex y = t.get(q, j);
      t.set(p, j, c.conjugate().times(x).plus(s.conjugate().times(y)));
      t.set(q, j, c.times(y).minus(s.times(x)));
    }
  }

  /** The columns are multiplied by the adjoint of what rows are multiplied by. */
  private static void rotateColumns(ComplexMatrix m, int p, int q, Complex c, Complex s) {
    for (int i = 0; i < m.n; i++) {
      Complex x = m.get(i, p);
      Complex y = m.get(i, q);
      m.set(i, p, x.times(c).plus(y.times(s)));
      m.set(i, q, y.times(c.conjugate()).minus(x.times(s.conjugate())));
    }
  }
}
