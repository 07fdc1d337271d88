package dev.millrace.session.linalg;

/** A square matrix of complex numbers, as far as a Schur decomposition needs it. */
final class ComplexMatrix {
  final int n;
  final Matrix re;
  final Matrix im;

  ComplexMatrix(Matrix re, Matrix im) {
    this.n = re.rows();
    this.re = re;
    this.im = im;
  }

  static ComplexMatrix of(Matrix real) {
    return new ComplexMatrix(real.copy(), new Matrix(real.rows(), real.rows()));
  }

  Complex get(int i, int j) {
    return new Complex(re.get(i, j), im.get(i, j));
  }

  void set(int i, int j, Complex x) {
    re.set(i, j, x.re());
    im.set(i, j, x.im());
  }

  /** The magnitude, without squares that overflow. */
  double magnitude(int i, int j) {
    return Math.abs(re.get(i, j)) + Math.abs(im.get(i, j));
  }

  /** A complex number. */
  record Complex(double re, double im) {
    static final Complex ZERO = new Complex(0, 0);

    Complex plus(Complex x) {
      return new Complex(re + x.re, im + x.im);
    }

    Complex minus(Complex x) {
      return new Complex(re - x.re, im - x.im);
    }

    Complex times(Complex x) {
      return new Complex(re * x.re - im * x.im, re * x.im + im * x.re);
    }

    Complex times(double x) {
      return new Complex(re * x, im * x);
    }

    Complex over(Complex x) {
      double d = x.re * x.re + x.im * x.im;
      return new Complex((re * x.re + im * x.im) / d, (im * x.re - re * x.im) / d);
    }

    Complex conjugate() {
      return new Complex(re, -im);
    }

    double magnitude() {
      return Math.hypot(re, im);
    }

    /** The square root in the right half plane. */
    Complex sqrt() {
      double m = magnitude();
      double x = Math.sqrt((m + re) / 2);
      double y = Math.sqrt((m - re) / 2);
      return new Complex(x, im < 0 ? -y : y);
    }

    boolean isZero() {
      return re == 0 && im == 0;
    }
  }
}
