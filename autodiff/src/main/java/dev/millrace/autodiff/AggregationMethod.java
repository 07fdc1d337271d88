package dev.millrace.autodiff;

/** How the gradients that reach a tensor by several paths are summed. */
public enum AggregationMethod {
  /**
   * One {@code AddN} over all of them, which must all be ready: fastest, and what TensorFlow does.
   */
  ADD_N,
  /** Pairwise sums: the first terms can be freed before the last is computed. */
  TREE,
  /** One {@code AccumulateNV2}. */
  ACCUMULATE_N
}
