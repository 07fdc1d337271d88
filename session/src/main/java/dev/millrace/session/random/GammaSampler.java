package dev.millrace.session.random;

import dev.millrace.graph.DataType;

/**
 * Numbers of gamma distributions of scale 1, by Marsaglia and Tsang, "A simple method for
 * generating gamma variables" (2000): a normal number is cubed and accepted with a probability that
 * makes up for the difference. Everything is computed in double.
 */
public final class GammaSampler {
  private GammaSampler() {}

  /**
   * Draws {@code samples} numbers of each distribution; NaN where the shape is not above -2/3.
   *
   * @param alphas the shapes of the distributions
   * @return number {@code i} of distribution {@code k} at {@code i * alphas.length + k}
   */
  public static double[] draw(Philox stream, double[] alphas, int samples) {
    double[] out = new double[Math.multiplyExact(alphas.length, samples)];
    for (int k = 0; k < alphas.length; k++) {
      for (int i = 0; i < samples; i++) {
        long output = (long) k * samples + i;
        Philox own = stream.skip(PhiloxStream.BLOCKS_PER_OUTPUT * output);
        out[i * alphas.length + k] = draw(new Draws(own, DataType.FLOAT64), alphas[k]);
      }
    }
    return out;
  }

  private static double draw(Draws draws, double alpha) {
    if (alpha == 1) {
      return -Math.log1p(-draws.uniform());
    }
    // A shape below 1 is drawn as one more, and then made smaller by a power of a uniform number.
    boolean small = alpha < 1;
    double d = alpha + (small ? 2.0 / 3 : -1.0 / 3);
    if (!(d > 0)) {
      return Double.NaN;
    }
    double c = 1.0 / 3 / Math.sqrt(d);
    while (true) {
      double x = draws.normal();
      double v = 1 + c * x;
      if (v <= 0) {
        continue;
      }
      v = v * v * v;
      double u = draws.uniform();
      double x2 = x * x;
      boolean surely = u < 1 - 0.0331 * x2 * x2;
      if (surely || Math.log(u) < 0.5 * x2 + d * (1 - v + Math.log(v))) {
        return small ? d * v * Math.pow(draws.uniform(), 1 / alpha) : d * v;
      }
    }
  }
}
