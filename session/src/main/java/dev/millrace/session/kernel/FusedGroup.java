package dev.millrace.session.kernel;

import dev.millrace.graph.Shape;
import java.util.List;

/**
 * Nodes that are executed as one. Their values are of one shape, or as many of that shape side by
 * side along one axis.
 *
 * @param shape the shape in which the program computes, a piece of each value
 * @param axis the dimension along which wider values are cut into pieces; -1 if all are of the
 *     shape
 * @param members the nodes in an order in which they can be computed
 */
public record FusedGroup(Shape shape, int axis, List<Member> members) {
  /**
   * Where a value comes from.
   *
   * @param member the number of the member that makes it, or -1 for an input of the group
   * @param index the number of the member's output, or of the group's input
   */
  public record From(int member, int index) {}

  /**
   * A node of the group.
   *
   * @param node its own description
   * @param kernel the kernel that would compute it alone
   * @param role what it does
   * @param sources by input that is a value
   * @param outputs by output: the number of the group's output that takes it, or -1 if only members
   *     need it
   */
  public record Member(
      NodeSpec node,
      FusibleKernel kernel,
      FusedRole role,
      List<From> sources,
      List<Integer> outputs) {}

  /** How many pieces a value of a member, of that shape, has. */
  public int pieces(Shape value) {
    return axis < 0 ? 1 : (int) (value.dim(axis) / shape.dim(axis));
  }
}
