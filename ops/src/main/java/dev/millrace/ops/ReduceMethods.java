package dev.millrace.ops;

import dev.millrace.graph.Operand;

/**
 * Reductions of whatever stands for a tensor. Axes count from the end when negative; no axes mean
 * all of them.
 */
public interface ReduceMethods extends Operand {
  /** The ops of this tensor's graph, which its methods go through. */
  Ops ops();

  /** The sum over the given axes, or over all where none is given (Sum). */
  default Tensor reduceSum(int... axes) {
    return ops().reduceSum(this, axes);
  }

  /** As {@link #reduceSum(int...)}, the reduced dimensions kept with size 1 if {@code keepDims}. */
  default Tensor reduceSum(boolean keepDims, int... axes) {
    return ops().reduceSum(this, keepDims, axes);
  }

  /** The mean over the given axes, or over all where none is given (Mean). */
  default Tensor reduceMean(int... axes) {
    return ops().reduceMean(this, axes);
  }

  /**
   * As {@link #reduceMean(int...)}, the reduced dimensions kept with size 1 if {@code keepDims}.
   */
  default Tensor reduceMean(boolean keepDims, int... axes) {
    return ops().reduceMean(this, keepDims, axes);
  }

  /** The greatest element over the given axes, or over all where none is given (Max). */
  default Tensor reduceMax(int... axes) {
    return ops().reduceMax(this, axes);
  }

  /** As {@link #reduceMax(int...)}, the reduced dimensions kept with size 1 if {@code keepDims}. */
  default Tensor reduceMax(boolean keepDims, int... axes) {
    return ops().reduceMax(this, keepDims, axes);
  }

  /** The smallest element over the given axes, or over all where none is given (Min). */
  default Tensor reduceMin(int... axes) {
    return ops().reduceMin(this, axes);
  }

  /** As {@link #reduceMin(int...)}, the reduced dimensions kept with size 1 if {@code keepDims}. */
  default Tensor reduceMin(boolean keepDims, int... axes) {
    return ops().reduceMin(this, keepDims, axes);
  }

  /** The product over the given axes, or over all where none is given (Prod). */
  default Tensor reduceProd(int... axes) {
    return ops().reduceProd(this, axes);
  }

  /**
   * As {@link #reduceProd(int...)}, the reduced dimensions kept with size 1 if {@code keepDims}.
   */
  default Tensor reduceProd(boolean keepDims, int... axes) {
    return ops().reduceProd(this, keepDims, axes);
  }

  /**
   * Whether all of the bools are true over the given axes, or over all where none is given (All).
   */
  default Tensor reduceAll(int... axes) {
    return ops().reduceAll(this, axes);
  }

  /** As {@link #reduceAll(int...)}, the reduced dimensions kept with size 1 if {@code keepDims}. */
  default Tensor reduceAll(boolean keepDims, int... axes) {
    return ops().reduceAll(this, keepDims, axes);
  }

  /**
   * Whether any of the bools is true over the given axes, or over all where none is given (Any).
   */
  default Tensor reduceAny(int... axes) {
    return ops().reduceAny(this, axes);
  }

  /** As {@link #reduceAny(int...)}, the reduced dimensions kept with size 1 if {@code keepDims}. */
  default Tensor reduceAny(boolean keepDims, int... axes) {
    return ops().reduceAny(this, keepDims, axes);
  }

  /** {@code log(sum(exp(this)))} over the given axes, without overflow. */
  default Tensor reduceLogSumExp(int... axes) {
    return ops().reduceLogSumExp(this, axes);
  }

  /** The place of the greatest element along {@code axis}, the first of equals: int64 (ArgMax). */
  default Tensor argMax(int axis) {
    return ops().argMax(this, axis);
  }

  /** The place of the smallest element along {@code axis}, the first of equals: int64 (ArgMin). */
  default Tensor argMin(int axis) {
    return ops().argMin(this, axis);
  }

  /** The running sum along {@code axis} (Cumsum). */
  default Tensor cumsum(int axis) {
    return ops().cumsum(this, axis);
  }

  /** The running product along {@code axis} (Cumprod). */
  default Tensor cumprod(int axis) {
    return ops().cumprod(this, axis);
  }
}
