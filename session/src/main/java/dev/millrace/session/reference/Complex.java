package dev.millrace.session.reference;

/** A complex number. */
record Complex(double re, double im) {
  static final Complex ZERO = new Complex(0, 0);
  static final Complex ONE = new Complex(1, 0);

  Complex plus(Complex y) {
    return new Complex(re + y.re, im + y.im);
  }

  Complex minus(Complex y) {
    return new Complex(re - y.re, im - y.im);
  }

  Complex times(Complex y) {
    return new Complex(re * y.re - im * y.im, re * y.im + im * y.re);
  }

  Complex negated() {
    return new Complex(-re, -im);
  }

  Complex conjugate() {
    return new Complex(re, -im);
  }

  /** The quotient, computed by way of that of the parts, whose squares might overflow. */
  Complex over(Complex y) {
    if (Math.abs(y.re) >= Math.abs(y.im)) {
      double r = y.im / y.re;
      double d = y.re + y.im * r;
      return new Complex((re + im * r) / d, (im - re * r) / d);
    }
    double r = y.re / y.im;
    double d = y.re * r + y.im;
    return new Complex((re * r + im) / d, (im * r - re) / d);
  }

  Complex exp() {
    double e = Math.exp(re);
    return im == 0 ? new Complex(e, im) : new Complex(e * Math.cos(im), e * Math.sin(im));
  }

  double magnitude() {
    return Math.hypot(re, im);
  }

  /** In (-π, π]. */
  double angle() {
    return Math.atan2(im, re);
  }

  boolean isZero() {
    return re == 0 && im == 0;
  }
}
