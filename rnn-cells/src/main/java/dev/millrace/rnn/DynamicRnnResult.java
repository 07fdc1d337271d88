package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Tensor;

/**
 * What a loop over time gives.
 *
 * @param outputStructure the cell's outputs, [batch, time, …] or with timeMajor [time, batch, …];
 *     zeros past an example's length
 * @param state the state after the last step of each example
 */
public record DynamicRnnResult(Object outputStructure, Object state) {
  /**
   * The outputs of a cell that has one tensor for it.
   *
   * @throws InvalidArgumentException if it has a structure
   */
  public Tensor outputs() {
    return new CellResult(outputStructure, state).tensor();
  }
}
