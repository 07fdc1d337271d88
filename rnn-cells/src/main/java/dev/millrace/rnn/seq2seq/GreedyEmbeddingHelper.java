package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Feeds the embedding of the likeliest class of the outputs, until it is the end symbol
 * (TensorFlow's GreedyEmbeddingHelper).
 */
public class GreedyEmbeddingHelper implements Helper {
  private final Ops tf;
  private final Embedding embedding;
  private final Object batch;
  private final Tensor end;
  private final Tensor first;

  /**
   * Begins with one symbol for each example.
   *
   * @param embedding makes inputs of symbols
   * @param startSymbols integers [batch]
   * @param endSymbol an integer: a number or a scalar tensor
   */
  public GreedyEmbeddingHelper(Ops tf, Embedding embedding, Object startSymbols, Object endSymbol) {
    this.tf = tf;
    this.embedding = embedding;
    Tensor start = Sizes.integers(tf, startSymbols, "startSymbols");
    this.batch = Sizes.of(start, 0);
    this.end =
        endSymbol instanceof Operand o
            ? tf.tensor(o)
            : tf.constant("end_token", endSymbol, DataType.INT32);
    this.first = embedding.embed(tf, start);
  }

  /** What to build with. */
  final Ops tf() {
    return tf;
  }

  @Override
  public Object batchSize() {
    return batch;
  }

  @Override
  public First initialize() {
    return new First(tf.fill(tf.stack(List.of(batch)), false), first);
  }

  @Override
  public Tensor sample(Tensor time, Tensor outputs, Object state) {
    return tf.argMax(outputs, -1, DataType.INT32);
  }

  @Override
  public Next next(Tensor time, Tensor outputs, Object state, Tensor samples) {
    Tensor finished = tf.equal(samples, end);
    // When all is over the next inputs matter no more.
    Tensor inputs =
        tf.cond(
            tf.reduceAll(finished), () -> tf.identity(first), () -> embedding.embed(tf, samples));
    return new Next(finished, inputs, state);
  }
}
