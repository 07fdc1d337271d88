package dev.millrace.session.reference;

/**
 * The regularised incomplete beta function I_x(a, b), the probability that a beta-distributed
 * number is at most {@code x}, by its continued fraction (Abramowitz and Stegun, 26.5.8).
 */
final class IncompleteBeta {
  private static final double ENOUGH = 0x1p-54;
  private static final double TINY = 0x1p-1000;
  private static final int MOST_TERMS = 1_000_000;

  private IncompleteBeta() {}

  /** I_x(a, b); NaN unless a and b are above 0 and finite, and x from 0 to 1. */
  static double value(double a, double b, double x) {
    if (!(a > 0 && b > 0 && x >= 0 && x <= 1) || Double.isInfinite(a) || Double.isInfinite(b)) {
      return Double.NaN;
    } else if (x == 0 || x == 1) {
      return x;
    }
    // Left of the mean the fraction converges fast.
    return x < (a + 1) / (a + b + 2)
        ? density(a, b, x) / a * fraction(a, b, x)
        : 1 - density(b, a, 1 - x) / b * fraction(b, a, 1 - x);
  }

  /** {@code x^a (1-x)^b / beta(a, b)}. */
  private static double density(double a, double b, double x) {
    double from = SpecialFunctions.STIRLING_FROM;
    if (a < from || b < from) {
      double logBeta =
          SpecialFunctions.lgamma(a) + SpecialFunctions.lgamma(b) - SpecialFunctions.lgamma(a + b);
      return Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta);
    }
    // Stirling's formula with the large numbers cancelled.
    double u = x * b - (1 - x) * a;
    double rest =
        SpecialFunctions.stirlingRest(a + b)
            - SpecialFunctions.stirlingRest(a)
            - SpecialFunctions.stirlingRest(b);
    double exponent = a * Math.log1p(u / a) + b * Math.log1p(-u / b) + rest;
    return Math.sqrt(a / (a + b) * b / (2 * Math.PI)) * Math.exp(exponent);
  }

  /** {@code 1/(1+ d1/(1+ d2/(1+ …)))}, by Lentz's method. */
  private static double fraction(double a, double b, double x) {
    double c = 1;
    double d = 1 / away(1 - (a + b) * x / (a + 1));
    double f = d;
    for (int m = 1; m < MOST_TERMS; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / away(1 + even * d);
      c = away(1 + even / c);
      f *= c * d;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / away(1 + odd * d);
      c = away(1 + odd / c);
      f *= c * d;
      if (Math.abs(c * d - 1) <= ENOUGH) {
        break;
      }
    }
    return f;
  }

  /** Keeps a divisor away from 0. */
  private static double away(double x) {
    return Math.abs(x) < TINY ? TINY : x;
  }
}
