package dev.millrace.session.random;

/**
 * Indices drawn with probabilities given by logarithms up to a constant, row after row: a uniform
 * number is looked up in the running sums.
 *
 * <p>TensorFlow splits many rows among its threads, and skips to another part of the stream where
 * it does; its numbers then depend on how many threads it has. These are those of one thread.
 */
public final class CategorySampler {
  private final int[] block = new int[Philox.BLOCK];
  private final Philox stream;
  private long next;

  /**
   * @param stream from the first number on
   */
  public CategorySampler(Philox stream) {
    this.stream = stream;
  }

  /** How many of an op's outputs TensorFlow sets blocks aside for. */
  public static long outputs(int rows, int samples) {
    return rows * ((samples + 3L) / 4 * 4) * 2;
  }

  /**
   * Draws from the next row.
   *
   * @param logits the logarithm of each index's probability; those that are not finite are left out
   * @return {@code samples} indices; the number of logits where there is nothing to choose
   */
  public int[] draw(double[] logits, int samples) {
    double most = Double.NEGATIVE_INFINITY;
    for (double x : logits) {
      most = Double.isFinite(x) ? Math.max(most, x) : most;
    }
    double[] sums = new double[logits.length];
    double total = 0;
    for (int i = 0; i < sums.length; i++) {
      total += Double.isFinite(logits[i]) ? Math.exp(logits[i] - most) : 0;
      sums[i] = total;
    }
    int[] drawn = new int[samples];
    for (int j = 0; j < samples; j++) {
      drawn[j] = firstAbove(sums, uniform() * total);
    }
    return drawn;
  }

  private static int firstAbove(double[] sorted, double x) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle] > x) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  private double uniform() {
    int half = (int) (next % 2);
    if (half == 0) {
      stream.block(next / 2, block, 0);
    }
    next++;
    return Distributions.uniformDouble(block[2 * half], block[2 * half + 1]);
  }
}
