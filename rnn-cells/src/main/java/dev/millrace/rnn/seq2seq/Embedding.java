package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.Operand;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** Makes inputs of symbols. */
@FunctionalInterface
public interface Embedding {
  /**
   * Adds the ops.
   *
   * @param symbols integers of any shape
   * @return their shape and the size of a vector: [batch, size]
   */
  Tensor embed(Ops tf, Tensor symbols);

  /** Looks symbols up in a table, [classes, size]. */
  static Embedding of(Operand table) {
    return (tf, symbols) -> tf.gather(table, symbols);
  }
}
