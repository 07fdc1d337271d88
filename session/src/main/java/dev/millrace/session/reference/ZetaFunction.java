package dev.millrace.session.reference;

/** The Hurwitz zeta function, and the derivatives of digamma that are made of it. */
final class ZetaFunction {
  /** B(2j) / (2j)!, the coefficients of the Euler-Maclaurin formula. */
  private static final double[] BERNOULLI = {
    1.0 / 12,
    -1.0 / 720,
    1.0 / 30240,
    -1.0 / 1209600,
    1.0 / 47900160,
    -691.0 / 1307674368000.0,
    1.0 / 74724249600.0,
    -3617.0 / 10670622842880000.0,
    43867.0 / 5109094217170944000.0,
    -174611.0 / 802857662698291200000.0
  };

  /** From here on the Euler-Maclaurin formula, cut off as above, is exact to a double. */
  private static final int SUM_TO = 10;

  private ZetaFunction() {}

  /**
   * {@code 1/q^x + 1/(q+1)^x + …}: infinite where x is 1 or q is 0 or a negative whole number; NaN
   * where x is below 1, or q below 0 and x not whole.
   */
  static double zeta(double x, double q) {
    if (Double.isNaN(q) || !(x >= 1)) {
      return Double.NaN;
    } else if (x == 1 || (q <= 0 && q == Math.floor(q))) {
      return Double.POSITIVE_INFINITY;
    } else if (q < 0 && x != Math.floor(x)) {
      return Double.NaN;
    } else if (Double.isInfinite(x)) {
      return q == 1 ? 1 : Math.abs(q) > 1 ? 0 : Double.POSITIVE_INFINITY;
    } else if (Double.isInfinite(q)) {
      return 0;
    }
    double sum = 0;
    double z = q;
    while (z < SUM_TO) {
      sum += Math.pow(z, -x);
      z += 1;
    }
    double power = Math.pow(z, -x);
    sum += power * z / (x - 1) + power / 2;
    double f = x * power / z; // x (x+1) … (x+2j) / z^(x+2j+1)
    for (int j = 0; j < BERNOULLI.length; j++) {
      double term = BERNOULLI[j] * f;
      sum += term;
      if (Math.abs(term) < Math.abs(sum) * 0x1p-56) {
        break;
      }
      f *= (x + 2 * j + 1) / z * ((x + 2 * j + 2) / z);
    }
    return sum;
  }

  /** The derivative of digamma of order n at x; NaN where n is negative or not whole. */
  static double polygamma(double n, double x) {
    if (!(n >= 0) || n != Math.floor(n)) {
      return Double.NaN;
    } else if (n == 0) {
      return SpecialFunctions.digamma(x);
    }
    double magnitude = Math.exp(SpecialFunctions.lgamma(n + 1)) * zeta(n + 1, x);
    return n % 2 == 0 ? -magnitude : magnitude;
  }
}
