package dev.millrace.graph;

/**
 * What stands for a graph's tensors in a place of it where they cannot be used as they are, as in
 * the loop of TensorFlow 1 that computes the gradients of another one. See {@link
 * Graph#translating}.
 */
public interface Translation {
  /**
   * What an operation that is being made takes in place of {@code x}.
   *
   * @param opType the type of that operation
   */
  Output translate(String opType, Output x);

  /** What operations without inputs wait for; null for nothing. */
  Operation pivot();
}
