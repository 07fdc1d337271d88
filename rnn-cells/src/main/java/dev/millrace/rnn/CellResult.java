package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Tensor;

/**
 * What a cell gives for one step.
 *
 * @param output the output, [batch, …]: a tensor, or a structure of them
 * @param state the new state, in the structure of the old one
 */
public record CellResult(Object output, Object state) {
  /**
   * The output of a cell that has one tensor for it.
   *
   * @throws InvalidArgumentException if it has a structure
   */
  public Tensor tensor() {
    if (output instanceof Tensor t) {
      return t;
    }
    throw InvalidArgumentException.atCall("the output is not one tensor but " + output);
  }
}
