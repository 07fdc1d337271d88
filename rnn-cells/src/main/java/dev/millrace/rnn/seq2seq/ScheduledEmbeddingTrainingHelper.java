package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Feeds the true inputs, and now and then the embedding of a symbol that was drawn from the
 * decoder's own outputs (TensorFlow's ScheduledEmbeddingTrainingHelper): Bengio et al., "Scheduled
 * Sampling for Sequence Prediction with Recurrent Neural Networks", 2015. Samples are -1 where none
 * was drawn.
 */
public final class ScheduledEmbeddingTrainingHelper extends TrainingHelper {
  private final Embedding embedding;
  private final Object probability;
  private final Long seed;
  private final Long schedulingSeed;

  /** For inputs [batch, time, size], drawing with {@code probability}. */
  public ScheduledEmbeddingTrainingHelper(
      Tensor inputs, Object sequenceLength, Embedding embedding, Object probability) {
    this(inputs, sequenceLength, embedding, probability, false, null, null);
  }

  /**
   * For the inputs of all steps.
   *
   * @param inputs [batch, time, size], or with {@code timeMajor} [time, batch, size]
   * @param embedding makes inputs of drawn symbols
   * @param probability with which a step's inputs are drawn: a number, or a tensor, scalar or
   *     [batch]
   * @param seed of the symbols; null for none
   * @param schedulingSeed of the choice where to draw; null for none
   */
  public ScheduledEmbeddingTrainingHelper(
      Tensor inputs,
      Object sequenceLength,
      Embedding embedding,
      Object probability,
      boolean timeMajor,
      Long seed,
      Long schedulingSeed) {
    super(inputs, sequenceLength, timeMajor);
    this.embedding = embedding;
    this.probability = probability;
    this.seed = seed;
    this.schedulingSeed = schedulingSeed;
  }

  @Override
  public Tensor sample(Tensor time, Tensor outputs, Object state) {
    Tensor draw = Drawing.chosen(tf(), probability, batchSize(), schedulingSeed);
    Tensor drawn = Drawing.classes(tf(), outputs, seed);
    return tf().where(draw, drawn, tf().fill(tf().stack(List.of(batchSize())), -1));
  }

  @Override
  public Next next(Tensor time, Tensor outputs, Object state, Tensor samples) {
    Next base = super.next(time, outputs, state, samples);
    Object inputs =
        tf().cond(
                tf().reduceAll(base.finished()),
                () -> tf().identity(base.inputs()),
                () -> {
                  Tensor drawn = embedding.embed(tf(), tf().maximum(samples, 0));
                  return tf().where(tf().greater(samples, -1), drawn, base.inputs());
                });
    return new Next(base.finished(), inputs, base.state());
  }

  @Override
  public DataType sampleType() {
    return DataType.INT32;
  }
}
