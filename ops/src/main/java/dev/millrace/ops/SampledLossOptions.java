package dev.millrace.ops;

/**
 * What can be said about a loss over sampled classes beside its parts. Immutable; each method gives
 * other options.
 *
 * <pre>{@code
 * tf.nceLoss(w, b, labels, x, 64, 50_000, new SampledLossOptions().numTrue(3).seed(1));
 * }</pre>
 */
public final class SampledLossOptions {
  private final int numTrue;
  private final CandidateSample sample;
  private final Boolean removeAccidentalHits;
  private final PartitionStrategy strategy;
  private final Long seed;

  /** One true class, log-uniform sampling, ids shared out among shards by their remainder. */
  public SampledLossOptions() {
    this(1, null, null, PartitionStrategy.MOD, null);
  }

  private SampledLossOptions(
      int numTrue,
      CandidateSample sample,
      Boolean removeAccidentalHits,
      PartitionStrategy strategy,
      Long seed) {
    this.numTrue = numTrue;
    this.sample = sample;
    this.removeAccidentalHits = removeAccidentalHits;
    this.strategy = strategy;
    this.seed = seed;
  }

  /** How many true classes an example has: the columns of the labels; at least 1. */
  public SampledLossOptions numTrue(int n) {
    if (n < 1) {
      throw GraphApi.error("numTrue must be 1 at least, not " + n);
    }
    return new SampledLossOptions(n, sample, removeAccidentalHits, strategy, seed);
  }

  /** The classes to use instead of those that a log-uniform sampler draws. */
  public SampledLossOptions sample(CandidateSample drawn) {
    return new SampledLossOptions(numTrue, drawn, removeAccidentalHits, strategy, seed);
  }

  /**
   * Whether drawn classes that are true ones of an example are left out of its loss; if nothing is
   * said, the sampled softmax does so and the NCE loss does not.
   */
  public SampledLossOptions removeAccidentalHits(boolean on) {
    return new SampledLossOptions(numTrue, sample, on, strategy, seed);
  }

  /** How ids are shared out where the weights are in several shards. */
  public SampledLossOptions partitionStrategy(PartitionStrategy s) {
    return new SampledLossOptions(numTrue, sample, removeAccidentalHits, s, seed);
  }

  /** The op seed of the sampler. */
  public SampledLossOptions seed(long opSeed) {
    return new SampledLossOptions(numTrue, sample, removeAccidentalHits, strategy, opSeed);
  }

  int numTrue() {
    return numTrue;
  }

  CandidateSample sample() {
    return sample;
  }

  boolean removesAccidentalHitsOr(boolean otherwise) {
    return removeAccidentalHits == null ? otherwise : removeAccidentalHits;
  }

  PartitionStrategy strategy() {
    return strategy;
  }

  Long seed() {
    return seed;
  }
}
