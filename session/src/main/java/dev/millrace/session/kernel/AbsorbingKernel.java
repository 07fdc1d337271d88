package dev.millrace.session.kernel;

/**
 * A kernel that can do what the producer of one of its inputs does, part by part, so that the input
 * never lies in memory as a whole.
 */
public interface AbsorbingKernel extends FastKernel {
  /**
   * The input of {@code node}, which {@link #supports} accepted, that may be made by an absorbed
   * producer; -1 where none may.
   */
  int absorbable(NodeSpec node);

  /**
   * The kernel that does both; null where it cannot, or where nothing would be gained. The first
   * input of the producer takes the absorbed input's number, its others follow behind the node's.
   *
   * @param producer a pure node, whose only output nothing else uses
   */
  FastKernel absorbing(NodeSpec node, NodeSpec producer);
}
