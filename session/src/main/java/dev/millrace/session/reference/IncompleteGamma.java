package dev.millrace.session.reference;

/**
 * The regularised incomplete gamma functions P(a, x), the probability that a gamma-distributed
 * number of shape {@code a} is at most {@code x}, and Q = 1 - P; and their derivatives by {@code
 * a}. Up to {@code x = max(1, a)} P is a power series, beyond it Q is Legendre's continued
 * fraction; the derivatives are those of every term.
 */
final class IncompleteGamma {
  private static final double ENOUGH = 0x1p-56;
  private static final double LARGE = 0x1p200;
  private static final int MOST_TERMS = 1_000_000;

  private IncompleteGamma() {}

  /** P(a, x); NaN unless a is above 0 and x at least 0, or x is 0. */
  static double p(double a, double x) {
    if (x == 0 && !Double.isNaN(a)) {
      return 0;
    } else if (!isInside(a, x)) {
      return Double.NaN;
    } else if (Double.isInfinite(a) || Double.isInfinite(x)) {
      return Double.isInfinite(a) ? (Double.isInfinite(x) ? Double.NaN : 0) : 1;
    }
    return bySeries(a, x) ? density(a, x) / a * series(a, x).value : 1 - q(a, x);
  }

  /** Q(a, x); NaN unless a is above 0 and x at least 0. */
  static double q(double a, double x) {
    if (!isInside(a, x)) {
      return Double.NaN;
    } else if (Double.isInfinite(a) || Double.isInfinite(x) || x == 0) {
      return 1 - p(a, x);
    }
    return bySeries(a, x) ? 1 - p(a, x) : density(a, x) * fraction(a, x).value;
  }

  /** The derivative of P(a, x) by a; NaN where {@link #p} is. */
  static double pByA(double a, double x) {
    if (x == 0 && !Double.isNaN(a)) {
      return 0;
    } else if (!isInside(a, x)) {
      return Double.NaN;
    } else if (Double.isInfinite(x)) {
      return 0;
    } else if (bySeries(a, x)) {
      return density(a, x) / a * seriesByA(a, x);
    }
    return -density(a, x) * fractionByA(a, x);
  }

  /** How a gamma-distributed {@code sample} moves with the shape when its probability is kept. */
  static double sampleGrad(double a, double sample) {
    if (!isInside(a, sample)) {
      return Double.NaN;
    } else if (sample == 0) {
      return 0;
    }
    // P's derivative by a over the density, density(a, x) / x, which cancels.
    return bySeries(a, sample)
        ? -sample / a * seriesByA(a, sample)
        : sample * fractionByA(a, sample);
  }

  private static boolean isInside(double a, double x) {
    return a > 0 && x >= 0;
  }

  private static boolean bySeries(double a, double x) {
    return x <= 1 || x <= a;
  }

  /** {@code x^a e^-x / gamma(a)}. */
  static double density(double a, double x) {
    if (a < SpecialFunctions.STIRLING_FROM) {
      return Math.exp(a * Math.log(x) - x - SpecialFunctions.lgamma(a));
    }
    // Stirling's formula with the large numbers cancelled.
    double u = (x - a) / a;
    double exponent = a * (Math.log1p(u) - u) - SpecialFunctions.stirlingRest(a);
    return Math.sqrt(a / (2 * Math.PI)) * Math.exp(exponent);
  }

  /** A number and its derivative by a. */
  private record Pair(double value, double byA) {}

  /** {@code P a / density = 1 + x/(a+1) + x²/((a+1)(a+2)) + …}. */
  private static Pair series(double a, double x) {
    double term = 1;
    double termByA = 0;
    double sum = 1;
    double sumByA = 0;
    for (int n = 1; n < MOST_TERMS; n++) {
      double f = x / (a + n);
      termByA = f * (termByA - term / (a + n));
      term *= f;
      sum += term;
      sumByA += termByA;
      if (term <= sum * ENOUGH && Math.abs(termByA) <= Math.abs(sumByA) * ENOUGH) {
        break;
      }
    }
    return new Pair(sum, sumByA);
  }

  /** P's derivative by a, over {@code density / a}. */
  private static double seriesByA(double a, double x) {
    Pair s = series(a, x);
    return s.value * (Math.log(x) - SpecialFunctions.digamma(a + 1)) + s.byA;
  }

  /**
   * {@code Q / density = 1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- …)))}, numerators and denominators
   * of its convergents by their recurrence.
   */
  private static Pair fraction(double a, double x) {
    double p0 = 0;
    double p1 = 1;
    double q0 = 1;
    double q1 = x + 1 - a;
    double dp0 = 0;
    double dp1 = 0;
    double dq0 = 0;
    double dq1 = -1;
    double value = p1 / q1;
    double byA = -value * dq1 / q1;
    for (int n = 1; n < MOST_TERMS; n++) {
      double s = n * (n - a);
      double z = x + 2 * n + 1 - a;
      double p2 = z * p1 - s * p0;
      double q2 = z * q1 - s * q0;
      double dp2 = z * dp1 - p1 - s * dp0 + n * p0;
      double dq2 = z * dq1 - q1 - s * dq0 + n * q0;
      double scale = Math.abs(q2) > LARGE ? 1 / LARGE : 1;
      p0 = p1 * scale;
      p1 = p2 * scale;
      q0 = q1 * scale;
      q1 = q2 * scale;
      dp0 = dp1 * scale;
      dp1 = dp2 * scale;
      dq0 = dq1 * scale;
      dq1 = dq2 * scale;
      double before = value;
      double byABefore = byA;
      value = p1 / q1;
      byA = (dp1 - value * dq1) / q1;
      if (Math.abs(value - before) <= Math.abs(value) * ENOUGH
          && Math.abs(byA - byABefore) <= Math.abs(byA) * ENOUGH * 16) {
        break;
      }
    }
    return new Pair(value, byA);
  }

  /** Q's derivative by a, over the density. */
  private static double fractionByA(double a, double x) {
    Pair f = fraction(a, x);
    return f.value * (Math.log(x) - SpecialFunctions.digamma(a)) + f.byA;
  }
}
