package dev.millrace.session.linalg;

import dev.millrace.session.linalg.ComplexMatrix.Complex;

/**
 * As {@link Qr}, of a complex matrix, which is given and given back as {@link Embedded} says. The
 * triangle's diagonal is real, and of the opposite sign of the real part that was there.
 */
public final class ComplexQr {
  private final Matrix r;
  private final Complex[][] vectors; // the reflections' vectors, from row k on
  private final Complex[] factors;

  private ComplexQr(Matrix a) {
    r = a.copy();
    vectors = new Complex[Math.min(rows(), a.columns() / 2)][];
    factors = new Complex[vectors.length];
  }

  private int rows() {
    return r.rows() / 2;
  }

  /** Decomposes {@code a}, of any shape. */
  public static ComplexQr of(Matrix a) {
    ComplexQr d = new ComplexQr(a);
    for (int k = 0; k < d.factors.length; k++) {
      d.reflect(k);
    }
    return d;
  }

  private static Complex get(Matrix m, int i, int j) {
    return new Complex(Embedded.re(m, i, j), Embedded.im(m, i, j));
  }

  private static void set(Matrix m, int i, int j, Complex x) {
    Embedded.set(m, i, j, x.re(), x.im());
  }

  private void reflect(int k) {
    Complex first = get(r, k, k);
    double below = 0;
    for (int i = k + 1; i < rows(); i++) {
      double m = get(r, i, k).magnitude();
      below += m * m;
    }
    if (below <= Double.MIN_NORMAL && first.im() * first.im() <= Double.MIN_NORMAL) {
      return;
    }
    double norm = Math.sqrt(first.re() * first.re() + first.im() * first.im() + below);
    double onDiagonal = first.re() >= 0 ? -norm : norm;
    Complex scale = first.minus(new Complex(onDiagonal, 0));
    Complex[] v = new Complex[rows() - k];
    v[0] = new Complex(1, 0);
    for (int i = 1; i < v.length; i++) {
      v[i] = get(r, k + i, k).over(scale);
    }
    vectors[k] = v;
    factors[k] = scale.conjugate().times(-1 / onDiagonal);
    apply(k, factors[k], r, k);
    set(r, k, k, new Complex(onDiagonal, 0));
    for (int i = k + 1; i < rows(); i++) {
      set(r, i, k, Complex.ZERO);
    }
  }

  /** Applies a reflection by {@code factor} to the columns of {@code m} from {@code from} on. */
  private void apply(int k, Complex factor, Matrix m, int from) {
    Complex[] v = vectors[k];
    for (int j = from; j < m.columns() / 2; j++) {
      Complex sum = Complex.ZERO;
      for (int i = 0; i < v.length; i++) {
        sum = sum.plus(v[i].conjugate().times(get(m, k + i, j)));
      }
      Complex by = factor.times(sum);
      for (int i = 0; i < v.length; i++) {
        set(m, k + i, j, get(m, k + i, j).minus(by.times(v[i])));
      }
    }
  }

  /** The first columns of the unitary matrix. */
  public Matrix q(int columns) {
    Matrix q = Matrix.identity(r.rows(), 2 * columns);
    for (int k = factors.length - 1; k >= 0; k--) {
      if (vectors[k] != null) {
        apply(k, factors[k].conjugate(), q, 0);
      }
    }
    return q;
  }

  /** The first rows of the triangle. */
  public Matrix r(int rows) {
    return r.corner(2 * rows, r.columns());
  }
}
