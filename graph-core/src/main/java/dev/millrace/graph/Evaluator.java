package dev.millrace.graph;

import java.util.List;
import java.util.Map;

/**
 * Runs parts of a graph. An interactive session sets itself as its graph's, so that tensors can be
 * evaluated directly.
 */
public interface Evaluator {
  /**
   * The value of {@code fetch}; feeds are numbers, arrays or tensor values by the tensor they stand
   * for.
   */
  TensorValue eval(Output fetch, Map<? extends Operand, ?> feeds);

  /** Runs {@code targets} for their effects. */
  void run(List<Operation> targets, Map<? extends Operand, ?> feeds);
}
