package dev.millrace.session.kernel;

/**
 * A kernel of element-wise nodes that can become instructions of one program, so that what passes
 * between them never reaches memory.
 */
public interface FusibleKernel extends FastKernel {
  /**
   * Whether a node that {@link #supports} accepted may be such an instruction: each element of its
   * only output follows from the elements of its inputs at the same place, after broadcasting, and
   * no value can make it fail.
   */
  boolean isFusible(NodeSpec node);

  /** One kernel for all nodes of a group, whose kernels are of the same provider as this. */
  FastKernel fused(FusedGroup group);
}
