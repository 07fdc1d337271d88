package dev.millrace.session.reference;

/** Functions that {@link Math} does not have, to about the precision of a double. */
final class SpecialFunctions {
  private static final double EULER_GAMMA = 0.5772156649015329;
  private static final double HALF_LOG_2_PI = 0.9189385332046728;
  private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;

  /** The coefficients B(2n) / (2n (2n-1)) of Stirling's series. */
  private static final double[] STIRLING = {
    1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156
  };

  /** Where Stirling's series, cut off as above, is exact to a double. */
  static final double STIRLING_FROM = 10;

  /** zeta(k) - 1. */
  private static final double[] ZETA_LESS_1 = zetaLess1(40);

  private SpecialFunctions() {}

  static double asinh(double x) {
    double a = Math.abs(x);
    double r;
    if (a > 0x1p28) {
      r = Math.log(a) + Math.log(2);
    } else {
      r = Math.log1p(a + a * a / (1 + Math.sqrt(1 + a * a)));
    }
    return Math.copySign(r, x);
  }

  static double acosh(double x) {
    if (x > 0x1p28) {
      return Math.log(x) + Math.log(2);
    }
    if (x < 1) {
      return Double.NaN;
    }
    double t = x - 1;
    return Math.log1p(t + Math.sqrt(2 * t + t * t));
  }

  static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * Math.log1p(2 * a / (1 - a)), x);
  }

  static double erf(double x) {
    double a = Math.abs(x);
    return a < 2 ? erfSeries(x) : Math.copySign(1 - erfcFraction(a), x);
  }

  static double erfc(double x) {
    if (x < 0.5) {
      return 1 - erf(x);
    }
    return x < 2 ? 1 - erfSeries(x) : erfcFraction(x);
  }

  /** The series 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)), all of one sign. */
  private static double erfSeries(double x) {
    double term = x;
    double sum = 0;
    for (int n = 1; sum + term != sum; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 1);
    }
    return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
  }

  /** Laplace's continued fraction of erfc, from its tail; for x of at least 2. */
  private static double erfcFraction(double x) {
    if (Double.isNaN(x) || x > 27) {
      return Double.isNaN(x) ? x : 0;
    }
    double f = x;
    for (int n = 120; n > 0; n--) {
      f = x + n / 2.0 / f;
    }
    return TWO_OVER_SQRT_PI / 2 * Math.exp(-x * x) / f;
  }

  /** The logarithm of |gamma(x)|; infinite at 0 and the negative integers. */
  static double lgamma(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (Double.isInfinite(x) || (x <= 0 && x == Math.floor(x))) {
      return Double.POSITIVE_INFINITY;
    }
    if (x < 0) {
      return Math.log(Math.PI / Math.abs(sinPi(x))) - lgamma(1 - x);
    }
    if (x >= STIRLING_FROM) {
      return (x - 0.5) * Math.log(x) - x + HALF_LOG_2_PI + stirlingRest(x);
    }
    if (x < 0.5) {
      return lgammaFrom2(x, -1) - Math.log(x);
    }
    if (x < 1.5) {
      return lgammaFrom2(x - 1, -1);
    }
    double product = 1;
    double z = x;
    while (z > 2.5) {
      z -= 1;
      product *= z;
    }
    return lgammaFrom2(z - 2, 0) + Math.log(product);
  }

  /**
   * What Stirling's formula {@code (x-1/2) log x - x + log(2 pi)/2} lacks of log gamma(x), for x of
   * {@link #STIRLING_FROM} or more.
   */
  static double stirlingRest(double x) {
    double y = 1 / (x * x);
    double s = 0;
    for (int i = STIRLING.length - 1; i >= 0; i--) {
      s = s * y + STIRLING[i];
    }
    return s / x;
  }

  /**
   * For |z| up to a half: log gamma(2 + z), by its Taylor series, or less log(1 + z) where {@code
   * shift} is -1, which makes it log gamma(1 + z). Exact near the zeros at 1 and 2.
   */
  private static double lgammaFrom2(double z, int shift) {
    double sum = 0;
    for (int k = ZETA_LESS_1.length - 1; k >= 2; k--) {
      double c = ZETA_LESS_1[k] / k;
      sum = sum * z + (k % 2 == 0 ? c : -c);
    }
    return z * (1 - EULER_GAMMA) + z * z * sum + (shift == 0 ? 0 : -Math.log1p(z));
  }

  /** zeta(k) - 1 for k from 2, by summing to 60 and the Euler-Maclaurin formula for the rest. */
  private static double[] zetaLess1(int n) {
    double[] zeta = new double[n];
    double m = 60;
    for (int k = 2; k < n; k++) {
      double tail =
          Math.pow(m, 1 - k) / (k - 1)
              + Math.pow(m, -k) / 2
              + k * Math.pow(m, -k - 1) / 12
              - k * (k + 1.0) * (k + 2) * Math.pow(m, -k - 3) / 720
              + k * (k + 1.0) * (k + 2) * (k + 3) * (k + 4) * Math.pow(m, -k - 5) / 30240;
      for (int i = (int) m - 1; i >= 2; i--) {
        tail += Math.pow(i, -k);
      }
      zeta[k] = tail;
    }
    return zeta;
  }

  /** The derivative of log gamma; infinite at 0 and the negative integers, as TensorFlow has it. */
  static double digamma(double x) {
    if (x <= 0 && x == Math.floor(x)) {
      return Double.POSITIVE_INFINITY;
    }
    if (x < 0) {
      return digamma(1 - x) - Math.PI * cosPi(x) / sinPi(x);
    }
    double shift = 0;
    double z = x;
    while (z < STIRLING_FROM) {
      shift += 1 / z;
      z += 1;
    }
    double y = 1 / (z * z);
    double s = 0;
    for (int i = STIRLING.length - 1; i >= 0; i--) {
      s = s * y + STIRLING[i] * (2 * i + 1);
    }
    return Math.log(z) - 0.5 / z - y * s - shift;
  }

  /** sin(pi x), exact in the reduction of x. */
  private static double sinPi(double x) {
    return Math.sin(Math.PI * Math.IEEEremainder(x, 2));
  }

  private static double cosPi(double x) {
    return Math.cos(Math.PI * Math.IEEEremainder(x, 2));
  }
}
