package dev.millrace.session.random;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.InvalidArgumentException;

/**
 * Numbers of normal distributions cut off at two bounds, by rejection: of normal numbers where the
 * bounds lie wide, else of uniform or exponential ones (Robert, "Simulation of truncated normal
 * variables", 1995). Computed in the dtype, as TensorFlow does, since every rejection moves the
 * stream on.
 */
public final class BoundedNormalSampler {
  /** How many times a number may be rejected before it is given up. */
  public static final int MOST_REJECTIONS = 1000;

  /** A normal number is used where so many standard deviations lie between mean and bound. */
  private static final double WIDE = 1.3;

  private final DataType dtype;
  private final Draws draws;
  private final double[] first;
  private final double[] second;

  /**
   * @param stream from the first number on
   */
  public BoundedNormalSampler(Philox stream, DataType dtype) {
    this.dtype = dtype;
    this.draws = new Draws(stream, dtype);
    this.first = new double[draws.perBlock()];
    this.second = new double[draws.perBlock()];
  }

  /**
   * Fills {@code out} from {@code from} to before {@code to}.
   *
   * @throws InvalidArgumentException if the standard deviation is not above 0, or no number or no
   *     bound lies between the bounds
   */
  public void draw(
      double mean, double stddev, double min, double max, double[] out, int from, int to) {
    if (!(stddev > 0 && min < max && (Double.isFinite(min) || Double.isFinite(max)))) {
      throw new InvalidArgumentException(
          "stddev must be above 0, minval below maxval, and one of them finite; they are "
              + stddev
              + ", "
              + min
              + " and "
              + max);
    }
    // The bound that is finite, or nearer to the mean, becomes the lower one.
    boolean flipped = min == Double.NEGATIVE_INFINITY || max < mean;
    double sigma = flipped ? -stddev : stddev;
    double low = round(round((flipped ? max : min) - mean) / sigma);
    double high = round(round((flipped ? min : max) - mean) / sigma);
    double wide = round(WIDE);
    if ((low < -wide && high >= 0) || (high > wide && low <= 0)) {
      ofNormal(low, high, sigma, mean, out, from, to);
    } else if (round(high - low) < cutoff(low)) {
      ofUniform(low, high, sigma, mean, out, from, to);
    } else {
      ofExponential(low, high, sigma, mean, out, from, to);
    }
  }

  /** Up to this width, uniform numbers are rejected less often than exponential ones. */
  private double cutoff(double low) {
    double root = round(Math.sqrt(round(round(low * low) + 4)));
    double exponent = round(0.5 + round(round(low * round(low - root)) / 4));
    return round(round(2 * round(Math.exp(exponent))) / round(low + root));
  }

  private void ofNormal(
      double low, double high, double sigma, double mean, double[] out, int from, int to) {
    int rejected = 0;
    for (int at = from; at < to; ) {
      draws.normals(first);
      for (int i = 0; i < first.length && at < to; i++) {
        if (first[i] >= low && first[i] <= high) {
          out[at++] = scaled(first[i], sigma, mean);
          rejected = 0;
        } else if (++rejected > MOST_REJECTIONS) {
          throw givenUp(low, high);
        }
      }
    }
  }

  private void ofUniform(
      double low, double high, double sigma, double mean, double[] out, int from, int to) {
    double width = round(high - low);
    double least = low < 0 ? 0 : round(low * low);
    int rejected = 0;
    for (int at = from; at < to; ) {
      draws.uniforms(first);
      draws.uniforms(second);
      for (int i = 0; i < first.length && at < to; i++) {
        double z = round(round(first[i] * width) + low);
        double g = round(round(least - round(z * z)) / 2);
        if (second[i] <= round(Math.exp(g))) {
          out[at++] = scaled(z, sigma, mean);
          rejected = 0;
        } else if (++rejected >= MOST_REJECTIONS) {
          throw givenUp(low, high);
        }
      }
    }
  }

  private void ofExponential(
      double low, double high, double sigma, double mean, double[] out, int from, int to) {
    double alpha = round(round(low + round(Math.sqrt(round(round(low * low) + 4)))) / 2);
    int rejected = 0;
    for (int at = from; at < to; ) {
      draws.uniforms(first);
      for (int i = 0; i < first.length && at < to; i += 2) {
        double z = round(round(-round(Math.log(first[i])) / alpha) + low);
        double x = low < alpha ? round(alpha - z) : round(low - alpha);
        double g = round(Math.exp(round(round(-x * x) / 2)));
        if (first[i + 1] <= g && z < high) {
          out[at++] = scaled(z, sigma, mean);
          rejected = 0;
        } else if (++rejected >= MOST_REJECTIONS) {
          throw givenUp(low, high);
        }
      }
    }
  }

  private double scaled(double z, double sigma, double mean) {
    return round(round(z * sigma) + mean);
  }

  private static InternalException givenUp(double low, double high) {
    return new InternalException(
        "no normal number between "
            + low
            + " and "
            + high
            + " standard deviations was found in "
            + MOST_REJECTIONS
            + " draws");
  }

  private double round(double x) {
    return Rounding.of(dtype, x);
  }
}
