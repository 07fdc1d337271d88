package dev.millrace.session.random;

import dev.millrace.graph.InvalidArgumentException;

/**
 * Classes are as likely as they have been frequent so far, each counted once in advance. Counts are
 * summed in a binary indexed tree (Fenwick, "A new data structure for cumulative frequency tables",
 * 1994), so that drawing and counting take a time logarithmic in their number.
 */
public final class LearnedUnigrams extends CandidateSampler {
  private final int[] counts;
  private final int[] sums; // sums[i] is that of the counts of the lowest set bit of i up to i
  private int total;

  /**
   * @param range how many classes there are
   */
  public LearnedUnigrams(long range) {
    super(range);
    if (range >= Integer.MAX_VALUE) {
      throw new InvalidArgumentException(
          "range_max must be below 2^31 - 1 where counts are kept, but is " + range);
    }
    int n = (int) range;
    counts = new int[n];
    sums = new int[n + 1];
    for (int i = 0; i < n; i++) {
      counts[i] = 1;
      sums[i + 1] = Integer.lowestOneBit(i + 1);
    }
    total = n;
  }

  @Override
  long draw(PhiloxNumbers random) {
    int rest = random.below(total);
    int at = 0;
    for (int step = Integer.highestOneBit(counts.length); step > 0; step >>= 1) {
      if (at + step < sums.length && sums[at + step] <= rest) {
        at += step;
        rest -= sums[at];
      }
    }
    return at;
  }

  @Override
  float probability(long candidate) {
    return (float) counts[index(candidate)] / total;
  }

  @Override
  public void learn(long[] candidates) {
    for (long c : candidates) {
      if (total == Integer.MAX_VALUE) {
        return; // there is no room for more
      }
      int at = index(c);
      counts[at]++;
      total++;
      for (int i = at + 1; i < sums.length; i += Integer.lowestOneBit(i)) {
        sums[i]++;
      }
    }
  }

  private int index(long candidate) {
    if (candidate < 0 || candidate >= counts.length) {
      throw new InvalidArgumentException(
          "a true class is " + candidate + ", but there are classes 0 to " + (counts.length - 1));
    }
    return (int) candidate;
  }
}
