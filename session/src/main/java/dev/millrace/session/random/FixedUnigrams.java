package dev.millrace.session.random;

import dev.millrace.graph.InvalidArgumentException;

/**
 * Classes are as likely as given weights say. Drawn by the alias method (Walker, "An efficient
 * method for generating discrete random variables with general distributions", 1977), its tables
 * made in TensorFlow's order, since the numbers drawn depend on it.
 */
public final class FixedUnigrams extends CandidateSampler {
  private final float[] weights;
  private final float total;
  private final float[] keep;
  private final int[] alias;

  /**
   * @param weights of all classes, none below 0 and not all 0
   */
  public FixedUnigrams(float[] weights) {
    super(weights.length);
    this.weights = weights.clone();
    int n = weights.length;
    float sum = 0;
    double exactSum = 0;
    for (float w : weights) {
      if (!(w >= 0) || Float.isInfinite(w)) {
        throw new InvalidArgumentException("a unigram's weight is " + w);
      }
      sum += w;
      exactSum += w;
    }
    if (!(sum > 0)) {
      throw new InvalidArgumentException("all unigrams' weights are 0");
    }
    total = sum;
    keep = new float[n];
    alias = new int[n];
    fillTables(exactSum);
  }

  /** Pairs each class that lacks likelihood with one that has too much. */
  private void fillTables(double sum) {
    int n = weights.length;
    double[] share = new double[n];
    int[] much = new int[n];
    int[] little = new int[n];
    int muches = 0;
    int littles = 0;
    for (int i = 0; i < n; i++) {
      share[i] = weights[i] * n / sum;
      if (share[i] < 1) {
        little[littles++] = i;
      } else {
        much[muches++] = i;
      }
    }
    while (muches > 0 && littles > 0) {
      int poor = little[--littles];
      int rich = much[muches - 1];
      alias[poor] = rich;
      share[rich] -= 1 - share[poor];
      if (share[rich] < 1) {
        muches--;
        little[littles++] = rich;
      }
    }
    for (int i = 0; i < n; i++) {
      keep[i] = (float) share[i];
    }
    // Rounding leaves some without a partner; their share is 1.
    for (int i = 0; i < muches; i++) {
      keep[much[i]] = 1;
    }
    for (int i = 0; i < littles; i++) {
      keep[little[i]] = 1;
    }
  }

  @Override
  long draw(PhiloxNumbers random) {
    float r = random.nextFloat();
    int i = random.below(weights.length);
    return r < keep[i] ? i : alias[i];
  }

  @Override
  float probability(long candidate) {
    return candidate < 0 || candidate >= weights.length ? 0 : weights[(int) candidate] / total;
  }

  @Override
  public long choices() {
    int zeros = 0;
    for (float w : weights) {
      zeros += w == 0 ? 1 : 0;
    }
    return (long) weights.length - zeros;
  }
}
