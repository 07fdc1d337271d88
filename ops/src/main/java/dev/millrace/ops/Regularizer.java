package dev.millrace.ops;

/** Makes the loss that keeps a variable small. {@link Regularizers} has the usual ones. */
@FunctionalInterface
public interface Regularizer {
  /**
   * Adds the ops of the loss.
   *
   * @param tf the ops of the variable's graph, in the scope {@code variable/Regularizer}
   * @param weights the variable's value
   * @return a scalar, or null for no loss
   */
  Tensor loss(Ops tf, Tensor weights);
}
