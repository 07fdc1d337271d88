package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * What a static unrolling gives.
 *
 * @param outputStructures the cell's output at each step
 * @param state the state after the last step, or after the last of each example
 */
public record StaticRnnResult(List<Object> outputStructures, Object state) {
  /** Keeps a copy of the list. */
  public StaticRnnResult {
    outputStructures = List.copyOf(outputStructures);
  }

  /**
   * The output at each step, of a cell that has one tensor for it.
   *
   * @throws InvalidArgumentException if it has a structure
   */
  public List<Tensor> outputs() {
    return outputStructures.stream().map(o -> new CellResult(o, state).tensor()).toList();
  }
}
