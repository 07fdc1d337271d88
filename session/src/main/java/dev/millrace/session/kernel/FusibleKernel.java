package dev.millrace.session.kernel;

/**
 * A kernel of nodes that can become part of one program with others, so that what passes between
 * them never reaches memory.
 */
public interface FusibleKernel extends FastKernel {
  /**
   * What a node that {@link #supports} accepts is in such a program; null if it cannot be in one.
   * No value may make it fail.
   */
  FusedRole role(NodeSpec node);

  /** One kernel for all nodes of a group, whose kernels are of the same provider as this. */
  FastKernel fused(FusedGroup group);
}
