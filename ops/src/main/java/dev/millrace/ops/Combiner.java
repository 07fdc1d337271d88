package dev.millrace.ops;

/** How the embeddings of one row become one. */
public enum Combiner {
  /** Their sum, by their weights. */
  SUM,
  /** The sum divided by that of the weights. */
  MEAN,
  /** The sum divided by the root of the sum of the weights' squares. */
  SQRTN
}
