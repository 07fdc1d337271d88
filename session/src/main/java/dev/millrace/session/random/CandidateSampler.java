package dev.millrace.session.random;

import java.util.HashSet;
import java.util.Set;

/**
 * Draws classes, numbered from 0, to stand for all of them, and tells how often a class is to be
 * expected among those drawn. Not safe for concurrent use.
 */
public abstract class CandidateSampler {
  private final long range;

  /**
   * @param range how many classes there are
   */
  CandidateSampler(long range) {
    this.range = range;
  }

  /** Draws one class. */
  abstract long draw(PhiloxNumbers random);

  /** How likely {@link #draw} is to give that class. */
  abstract float probability(long candidate);

  /** Learns that these classes have occurred, where the sampler learns. */
  public void learn(long[] candidates) {}

  /** How many classes there are. */
  public final long range() {
    return range;
  }

  /** How many classes there are that can be drawn. */
  public long choices() {
    return range;
  }

  /**
   * Classes drawn together.
   *
   * @param candidates the classes, in the order in which they were drawn
   * @param tries how many were drawn in all, those included that had been drawn before
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sample(long[] candidates, int tries) {}

  /**
   * Draws {@code n} classes.
   *
   * @param unique whether each may come once only; {@code n} must not be above {@link #choices}
   */
  public final Sample sample(PhiloxNumbers random, int n, boolean unique) {
    long[] drawn = new long[n];
    if (!unique) {
      for (int i = 0; i < n; i++) {
        drawn[i] = draw(random);
      }
      return new Sample(drawn, n);
    }
    Set<Long> seen = new HashSet<>(2 * n);
    int tries = 0;
    for (int i = 0; i < n; tries++) {
      drawn[i] = draw(random);
      if (seen.add(drawn[i])) {
        i++;
      }
    }
    return new Sample(drawn, tries);
  }

  /**
   * How often {@code candidate} is to be expected in a sample. Where classes come once only, this
   * takes the number of tries as if it were the same for every sample: {@code 1 - (1 - p)^tries}.
   */
  public final float expectedCount(long candidate, Sample sample) {
    float p = probability(candidate);
    int n = sample.candidates().length;
    if (sample.tries() == n) {
      return p * n;
    }
    return (float) -Math.expm1(sample.tries() * (float) Math.log1p(-p));
  }

  /** All classes are equally likely. */
  public static CandidateSampler uniform(long range) {
    return new CandidateSampler(range) {
      @Override
      long draw(PhiloxNumbers random) {
        return random.below(range());
      }

      @Override
      float probability(long candidate) {
        return (float) (1.0 / range());
      }
    };
  }

  /**
   * Classes are about as likely as words of a language, numbered from the most frequent one (Zipf's
   * law): {@code log((c + 2) / (c + 1)) / log(range + 1)}.
   */
  public static CandidateSampler logUniform(long range) {
    double logRange = Math.log1p((double) range);
    return new CandidateSampler(range) {
      @Override
      long draw(PhiloxNumbers random) {
        long drawn = (long) Math.exp(random.nextDouble() * logRange) - 1;
        return drawn % range(); // rounding must not lead out of the range
      }

      @Override
      float probability(long candidate) {
        return (float) (Math.log((candidate + 2.0) / (candidate + 1.0)) / logRange);
      }
    };
  }
}
