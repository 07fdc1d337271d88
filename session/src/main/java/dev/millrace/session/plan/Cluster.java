package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.FusedRole;
import dev.millrace.session.kernel.FusibleKernel;
import dev.millrace.session.kernel.Scratch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Nodes that are to run as one program, and what they have in common: their values' shapes are
 * equal but for the size along one axis, where all are multiples of the smallest, so that each
 * value is so many pieces of one shape.
 */
final class Cluster {
  /** A longer program gains nothing. */
  private static final int MAX_MEMBERS = 64;

  private static final long MAX_LINES = 160;

  /**
   * A node that may be part of a program.
   *
   * @param shape the shape of the values that it computes or cuts out; of a reduction what it takes
   */
  record Candidate(ShapedNode node, FusibleKernel kernel, FusedRole role, Shape shape) {
    /** The node as part of a program, or null if it cannot be one. */
    static Candidate of(ShapedNode n, FusibleKernel k) {
      FusedRole role = k.role(n);
      if (role == null || n.outputShape(0).numElements() == 0) {
        return null;
      }
      return switch (role.kind()) {
        case ELEMENT, PART ->
            role.is(FusedRole.Kind.PART) || n.outputCount() == 1
                ? new Candidate(n, k, role, n.outputShape(0))
                : null;
        case JOIN -> new Candidate(n, k, role, n.inputShape(role.first()));
        case REDUCE -> new Candidate(n, k, role, n.inputShape(0));
      };
    }

    boolean is(FusedRole.Kind kind) {
      return role.is(kind);
    }

    /** The widest value along an axis. */
    long width(int axis) {
      return is(FusedRole.Kind.JOIN) && role.axis() == axis
          ? node.outputShape(0).dim(axis)
          : shape.dim(axis);
    }
  }

  private final List<Integer> members; // by position
  private final int first;
  private final int last;
  private final List<Candidate> candidates;
  private final Shape shape;
  private final int axis;

  private Cluster(
      List<Integer> members,
      int first,
      int last,
      List<Candidate> candidates,
      Shape shape,
      int axis) {
    this.members = members;
    this.first = first;
    this.last = last;
    this.candidates = candidates;
    this.shape = shape;
    this.axis = axis;
  }

  /** A node alone; {@code c} is null for one that cannot be part of a program. */
  static Cluster of(int position, Candidate c) {
    if (c == null) {
      return new Cluster(List.of(position), position, position, List.of(), null, -1);
    }
    int axis = c.role().axis();
    return new Cluster(
        List.of(position),
        position,
        position,
        List.of(c),
        c.shape(),
        axis < c.shape().rank() ? axis : -1);
  }

  /** The positions of the nodes. */
  List<Integer> members() {
    return members;
  }

  /** The position of the first of them. */
  int first() {
    return first;
  }

  /** The position of the last of them. */
  int last() {
    return last;
  }

  /** The shape of the pieces. */
  Shape shape() {
    return shape;
  }

  /** The axis along which values are cut, or -1. */
  int axis() {
    return axis;
  }

  /** All nodes of both as one, or null if they do not fit. */
  Cluster with(Cluster o) {
    if (shape == null
        || o.shape == null
        || members.size() + o.members.size() > MAX_MEMBERS
        || (axis >= 0 && o.axis >= 0 && axis != o.axis)) {
      return null;
    }
    int cut = Math.max(axis, o.axis);
    Shape piece = cut < 0 ? (shape.equals(o.shape) ? shape : null) : smaller(shape, o.shape, cut);
    if (piece == null) {
      return null;
    }
    List<Candidate> all = new ArrayList<>(candidates);
    all.addAll(o.candidates);
    if (cut >= 0 && !fit(all, cut, piece.dim(cut))) {
      return null;
    }
    List<Integer> positions = new ArrayList<>(members);
    positions.addAll(o.members);
    return new Cluster(
        positions, Math.min(first, o.first), Math.max(last, o.last), all, piece, cut);
  }

  /** The one of two shapes that differ at most along an axis which divides the other, or null. */
  private static Shape smaller(Shape x, Shape y, int axis) {
    if (x.equals(y)) {
      return x;
    }
    if (x.rank() != y.rank()
        || !x.slice(0, axis).equals(y.slice(0, axis))
        || !x.sliceFrom(axis + 1).equals(y.sliceFrom(axis + 1))) {
      return null;
    }
    return x.dim(axis) < y.dim(axis) ? x : y;
  }

  /** Whether all values are whole pieces, and the program is not too long. */
  private static boolean fit(List<Candidate> all, int axis, long unit) {
    long lines = 0;
    for (Candidate c : all) {
      if (c.width(axis) % unit != 0 || c.shape().dim(axis) % unit != 0) {
        return false;
      }
      lines += c.is(FusedRole.Kind.ELEMENT) ? c.width(axis) / unit : 0;
    }
    return lines <= MAX_LINES;
  }

  /**
   * Whether all that this cluster cuts out of values that it makes itself are whole pieces.
   *
   * @param source where a node's input comes from
   * @param isMember whether a node is in this cluster
   */
  boolean isAligned(BiFunction<PlanNode, Integer, PlanNode> source, Predicate<PlanNode> isMember) {
    for (Candidate c : candidates) {
      if (c.is(FusedRole.Kind.PART)
          && isMember.test(source.apply(c.node().node(), c.role().first()))
          && !c.role().begins().stream().allMatch(b -> b % shape.dim(axis) == 0)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the pieces are so narrow that a block holds whole rows of them. */
  boolean holdsRows() {
    return axis < 0 || shape.sliceFrom(axis).numElements() <= Scratch.BLOCK;
  }

  /** Whether there is something to compute. */
  boolean computes() {
    return candidates.stream().anyMatch(c -> c.is(FusedRole.Kind.ELEMENT));
  }
}
