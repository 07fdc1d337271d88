package dev.millrace.session.random;

import dev.millrace.graph.DataType;
import java.util.function.DoubleUnaryOperator;

/**
 * Numbers of Poisson distributions. Small rates multiply uniform numbers until the product falls
 * below exp(-rate) (Knuth, "Seminumerical Algorithms"); from a rate of 10 on, a transformed uniform
 * number is accepted or not (Hörmann, "The transformed rejection method for generating Poisson
 * random variables", 1993).
 */
public final class PoissonSampler {
  private static final double LARGE_RATE = 10;

  private final DoubleUnaryOperator logGamma;

  /**
   * @param logGamma the logarithm of the gamma function
   */
  public PoissonSampler(DoubleUnaryOperator logGamma) {
    this.logGamma = logGamma;
  }

  /**
   * Draws {@code samples} numbers of each distribution: 0 where the rate is below 0, NaN where it
   * is no finite number.
   *
   * @return number {@code i} of distribution {@code k} at {@code i * rates.length + k}
   */
  public double[] draw(Philox stream, double[] rates, int samples) {
    double[] out = new double[Math.multiplyExact(rates.length, samples)];
    for (int k = 0; k < rates.length; k++) {
      for (int i = 0; i < samples; i++) {
        long output = (long) k * samples + i;
        Philox own = stream.skip(PhiloxStream.BLOCKS_PER_OUTPUT * output);
        Draws draws = new Draws(own, DataType.FLOAT64);
        out[i * rates.length + k] = draw(draws, rates[k]);
      }
    }
    return out;
  }

  private double draw(Draws draws, double rate) {
    if (rate < LARGE_RATE) {
      return small(draws, rate);
    }
    return rate < Double.POSITIVE_INFINITY ? large(draws, rate) : Double.NaN;
  }

  private static double small(Draws draws, double rate) {
    double limit = Math.exp(-rate);
    double product = 1;
    for (int n = 0; ; n++) {
      product *= draws.uniform();
      if (product <= limit) {
        return n;
      }
    }
  }

  private double large(Draws draws, double rate) {
    double logRate = Math.log(rate);
    double b = 0.931 + 2.53 * Math.sqrt(rate);
    double a = -0.059 + 0.02483 * b;
    double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    double surely = 0.9277 - 3.6224 / (b - 2);
    while (true) {
      double u = draws.uniform() - 0.5;
      double v = draws.uniform();
      double s = 0.5 - Math.abs(u);
      double slope = 2 * a / s + b;
      double k = Math.floor(slope * u + rate + 0.43);
      if (s >= 0.07 && v <= surely) {
        return k;
      }
      if (k < 0 || (s < 0.013 && v > s)) {
        continue;
      }
      double density = a / (s * s) + b;
      double left = Math.log(v * inverseAlpha / density);
      double right = -rate + k * logRate - logGamma.applyAsDouble(k + 1);
      if (left <= right) {
        return k;
      }
    }
  }
}
