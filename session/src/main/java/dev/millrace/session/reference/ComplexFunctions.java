package dev.millrace.session.reference;

/** Functions of complex numbers, on their principal branches. */
final class ComplexFunctions {
  private static final Complex HALF = new Complex(0.5, 0);

  /** Beyond it, hyperbolic functions are exponentials. */
  private static final double FAR = 20;

  private ComplexFunctions() {}

  static Complex sqrt(Complex z) {
    if (z.isZero()) {
      return new Complex(0, z.im());
    }
    double t = Math.sqrt((Math.abs(z.re()) + z.magnitude()) / 2);
    return z.re() >= 0
        ? new Complex(t, z.im() / (2 * t))
        : new Complex(Math.abs(z.im()) / (2 * t), Math.copySign(t, z.im()));
  }

  static Complex log(Complex z) {
    return new Complex(Math.log(z.magnitude()), z.angle());
  }

  static Complex log1p(Complex z) {
    double x = z.re();
    double y = z.im();
    double square = x * (2 + x) + y * y;
    double re = square < 1 ? Math.log1p(square) / 2 : Math.log(Math.hypot(1 + x, y));
    return new Complex(re, Math.atan2(y, 1 + x));
  }

  static Complex expm1(Complex z) {
    double half = Math.sin(z.im() / 2);
    return new Complex(
        Math.expm1(z.re()) * Math.cos(z.im()) - 2 * half * half,
        Math.exp(z.re()) * Math.sin(z.im()));
  }

  static Complex sinh(Complex z) {
    return new Complex(Math.sinh(z.re()) * Math.cos(z.im()), Math.cosh(z.re()) * Math.sin(z.im()));
  }

  static Complex cosh(Complex z) {
    return new Complex(Math.cosh(z.re()) * Math.cos(z.im()), Math.sinh(z.re()) * Math.sin(z.im()));
  }

  static Complex tanh(Complex z) {
    if (Math.abs(z.re()) > FAR) {
      double rest = 4 * Math.exp(-2 * Math.abs(z.re()));
      return new Complex(Math.signum(z.re()), rest * Math.sin(2 * z.im()) / 2);
    }
    double d = Math.cosh(2 * z.re()) + Math.cos(2 * z.im());
    return new Complex(Math.sinh(2 * z.re()) / d, Math.sin(2 * z.im()) / d);
  }

  /** {@code iz}, by which trigonometric functions come from hyperbolic ones. */
  private static Complex turned(Complex z) {
    return new Complex(-z.im(), z.re());
  }

  private static Complex turnedBack(Complex z) {
    return new Complex(z.im(), -z.re());
  }

  static Complex sin(Complex z) {
    return turnedBack(sinh(turned(z)));
  }

  static Complex cos(Complex z) {
    return cosh(turned(z));
  }

  static Complex tan(Complex z) {
    return turnedBack(tanh(turned(z)));
  }

  static Complex asinh(Complex z) {
    return log(z.plus(sqrt(z.times(z).plus(Complex.ONE))));
  }

  static Complex acosh(Complex z) {
    Complex product = sqrt(z.plus(Complex.ONE)).times(sqrt(z.minus(Complex.ONE)));
    return log(z.plus(product));
  }

  static Complex atanh(Complex z) {
    return HALF.times(log1p(z).minus(log1p(z.negated())));
  }

  static Complex sigmoid(Complex z) {
    return Complex.ONE.over(Complex.ONE.plus(z.negated().exp()));
  }

  static Complex sign(Complex z) {
    double r = z.magnitude();
    return r == 0 ? Complex.ZERO : new Complex(z.re() / r, z.im() / r);
  }

  static Complex pow(Complex x, Complex y) {
    if (y.isZero()) {
      return Complex.ONE;
    }
    return x.isZero() ? Complex.ZERO : y.times(log(x)).exp();
  }
}
