package dev.millrace.session.kernel;

import dev.millrace.graph.Shape;
import java.util.List;

/**
 * Element-wise nodes that are executed as one.
 *
 * @param shape the shape of all their results
 * @param members the nodes in an order in which they can be computed
 */
public record FusedGroup(Shape shape, List<Member> members) {
  /**
   * A node of the group.
   *
   * @param node its own description
   * @param kernel the kernel that would compute it alone
   * @param sources by input: {@code i} of 0 or above stands for input {@code i} of the group, below
   *     0 for the result of member {@code -1 - i}
   * @param output the number of the group's output that takes the result, or -1 if only members
   *     need it
   */
  @SuppressWarnings("ArrayRecordComponent") // members are never compared
  public record Member(NodeSpec node, FusibleKernel kernel, int[] sources, int output) {}
}
