package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Tells how much a query has to do with each row of a memory. */
public interface AttentionMechanism {
  /**
   * How a query is aligned with the memory.
   *
   * @param alignments the weight of each of the memory's rows, [batch, memory time]
   * @param state the mechanism's next state
   */
  record Alignment(Tensor alignments, Object state) {}

  /** The memory's rows, [batch, memory time, size]. */
  Tensor values();

  /**
   * Adds the ops of one alignment.
   *
   * @param query [batch, size]
   * @param state the state of the step before
   */
  Alignment align(Ops tf, Tensor query, Object state);

  /** The alignments before the first step, [batch, memory time]: by default zeros. */
  default Tensor initialAlignments(Ops tf, Object batchSize, DataType dtype) {
    Tensor rows = values();
    long time = rows.shape().dim(1);
    Object columns = time == Shape.UNKNOWN ? rows.shapeTensor().get(1) : (Object) time;
    Tensor zeros = tf.zeros(dtype, List.of(batchSize, columns));
    long batch = batchSize instanceof Number n ? n.longValue() : Shape.UNKNOWN;
    return zeros.setShape(batch, time);
  }

  /** The state before the first step; by default the initial alignments. */
  default Object initialState(Ops tf, Object batchSize, DataType dtype) {
    return initialAlignments(tf, batchSize, dtype);
  }

  /** The shape of the state for one example: by default that of the alignments. */
  default Shape alignmentsSize() {
    return Shape.vector(values().shape().dim(1));
  }
}
