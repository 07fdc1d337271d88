package dev.millrace.ops;

/** What becomes of the weighted losses of the elements. */
public enum Reduction {
  /** They stay as they are. */
  NONE,
  /** Their sum. */
  SUM,
  /** Their sum divided by the sum of the weights. */
  MEAN,
  /** Their sum divided by their number. */
  SUM_OVER_BATCH_SIZE,
  /** Their sum divided by the number of weights that are not 0: TensorFlow 1's usual one. */
  SUM_BY_NONZERO_WEIGHTS
}
