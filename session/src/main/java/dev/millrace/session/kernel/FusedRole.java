package dev.millrace.session.kernel;

import java.util.List;

/**
 * What a node is in a program of fused nodes.
 *
 * @param kind what it does
 * @param axis of a part or join the dimension that is cut; of a reduction the first dimension that
 *     is kept, or the rank where none is; else -1
 * @param first the number of the first input that is a value, others being axes and the like
 * @param begins where the outputs of a part begin along the axis of the input, or the inputs of a
 *     join along that of the output
 */
public record FusedRole(Kind kind, int axis, int first, List<Long> begins) {
  /** The kinds of nodes. */
  public enum Kind {
    /** Each element of the output follows from the inputs' elements at its place. */
    ELEMENT,
    /** Outputs of one shape, each a range of the input along an axis. */
    PART,
    /** Inputs of one shape side by side along an axis. */
    JOIN,
    /** Sums or means over all dimensions before the axis. */
    REDUCE
  }

  /** An element-wise node, all of whose inputs are values. */
  public static final FusedRole ELEMENT = new FusedRole(Kind.ELEMENT, -1, 0, List.of());

  /** Ranges of input {@code first}. */
  public static FusedRole part(int axis, int first, List<Long> begins) {
    return new FusedRole(Kind.PART, axis, first, begins);
  }

  /** As many inputs as there are {@code begins}, from {@code first} on, side by side. */
  public static FusedRole join(int axis, int first, List<Long> begins) {
    return new FusedRole(Kind.JOIN, axis, first, begins);
  }

  /** Input 0 reduced over the dimensions before {@code axis}. */
  public static FusedRole reduce(int axis) {
    return new FusedRole(Kind.REDUCE, axis, 0, List.of());
  }

  /** Whether it is of that kind. */
  public boolean is(Kind k) {
    return kind == k;
  }

  /** The number behind the last input of a node that is a value. */
  public int end(NodeSpec node) {
    return switch (kind) {
      case ELEMENT -> node.inputCount();
      case JOIN -> first + begins.size();
      case PART, REDUCE -> first + 1;
    };
  }
}
