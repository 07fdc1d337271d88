package dev.millrace.rnn.seq2seq;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/**
 * Feeds the embedding of a class drawn by the outputs, which are logits, until it is the end symbol
 * (TensorFlow's SampleEmbeddingHelper).
 */
public final class SampleEmbeddingHelper extends GreedyEmbeddingHelper {
  private final Object temperature;
  private final Long seed;

  /** Begins with one symbol for each example. */
  public SampleEmbeddingHelper(Ops tf, Embedding embedding, Object startSymbols, Object endSymbol) {
    this(tf, embedding, startSymbols, endSymbol, null, null);
  }

  /**
   * Begins with one symbol for each example.
   *
   * @param temperature what logits are divided by, a number or scalar tensor: above 1 the draws are
   *     more random, below 1 less; null for 1
   * @param seed of the draws; null for none
   */
  public SampleEmbeddingHelper(
      Ops tf,
      Embedding embedding,
      Object startSymbols,
      Object endSymbol,
      Object temperature,
      Long seed) {
    super(tf, embedding, startSymbols, endSymbol);
    this.temperature = temperature;
    this.seed = seed;
  }

  @Override
  public Tensor sample(Tensor time, Tensor outputs, Object state) {
    Tensor logits = temperature == null ? outputs : tf().div(outputs, temperature);
    return Drawing.classes(tf(), logits, seed);
  }
}
