package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** What becomes of examples that are over while others are not. */
final class Finished {
  private Finished() {}

  /**
   * A step's result with zeros for the outputs, and the states of before for the states, of the
   * examples that are over.
   *
   * @param over bools [batch]
   */
  static CellResult copyThrough(Ops tf, Tensor over, Object state, CellResult r) {
    Object output = Nest.map(r.output(), x -> choose(tf, over, tf.zerosLike(x), x));
    return new CellResult(output, keep(tf, over, state, r.state()));
  }

  /** {@code next} with the tensors of {@code before} for the examples that are over. */
  static Object keep(Ops tf, Tensor over, Object before, Object next) {
    return Nest.map(before, next, (old, x) -> choose(tf, over, old, x));
  }

  /** The rows of {@code then} where {@code over} holds, else of x; scalars and arrays pass. */
  private static Object choose(Ops tf, Tensor over, Object then, Object x) {
    Tensor t = (Tensor) x;
    boolean hasRows = t.dtype() != DataType.VARIANT && t.shape().rank() != 0;
    return hasRows ? tf.where(over, then, x) : x;
  }
}
