package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Tensor;

/**
 * The state of an {@link AttentionWrapper}.
 *
 * @param cellState the state of the cell
 * @param attention the attention of the step before, [batch, size]
 * @param time the number of steps done, an int32 scalar
 * @param alignments the weights of the memory's rows, [batch, memory time]; of several mechanisms a
 *     list
 * @param alignmentHistory the alignments of all steps, a {@link dev.millrace.ops.TensorArray}, or
 *     after a beam search a tensor; an empty list where they are not kept; of several mechanisms a
 *     list of these
 * @param attentionState the state of the mechanism; of several a list
 */
public record AttentionWrapperState(
    Object cellState,
    Tensor attention,
    Tensor time,
    Object alignments,
    Object alignmentHistory,
    Object attentionState) {
  /**
   * The same with another state of the cell, as that of an encoder: TensorFlow's {@code
   * clone(cell_state=…)}.
   *
   * @throws InvalidArgumentException if it is of another structure or other shapes
   */
  public AttentionWrapperState withCellState(Object state) {
    Object checked =
        Nest.map(
            cellState,
            state,
            (old, next) -> {
              Shape before = ((Tensor) old).shape();
              Shape after = ((Tensor) next).shape();
              if (!before.isCompatibleWith(after)) {
                throw InvalidArgumentException.atCall(
                    "the state "
                        + next
                        + " does not fit a decoder's, which is of shape "
                        + before
                        + "; is the memory tiled for a beam search, and the state not?");
              }
              return next;
            });
    return new AttentionWrapperState(
        checked, attention, time, alignments, alignmentHistory, attentionState);
  }
}
