package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.FusedRole;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import java.util.ArrayList;
import java.util.List;

/** Concat, ConcatV2, Pack, and the other way round Split, SplitV, Unpack. */
final class JoinKernels {
  private JoinKernels() {}

  static void register(FastKernels to) {
    to.add("Concat", new Join(1, 0));
    to.add("ConcatV2", new Join(0, -1));
    to.add("Pack", new Join(0, NO_INPUT));
    to.add("Split", new Part(1, 0));
    to.add("SplitV", new Part(0, 2));
    to.add("Unpack", new Part(0, NO_INPUT));
  }

  /** The axis is an attribute. */
  private static final int NO_INPUT = Integer.MIN_VALUE;

  /**
   * The constant axis of a joined or whole tensor of {@code rank} dimensions; -1 if it is not known
   * or outside.
   */
  private static int axis(NodeSpec node, int axisInput, int rank) {
    long a;
    if (axisInput == NO_INPUT) {
      a = node.attrs().getInt("axis");
    } else {
      TensorValue v = node.constant(axisInput < 0 ? node.inputCount() + axisInput : axisInput);
      if (v == null || v.size() != 1) {
        return -1;
      }
      a = v.getLong(0);
    }
    return a < -rank || a >= rank ? -1 : (int) (a < 0 ? a + rank : a);
  }

  /** The elements that a tensor has at one place of the dimensions before {@code axis}. */
  private static long run(Shape s, int axis) {
    return s.sliceFrom(axis).numElements();
  }

  private static long outer(Shape s, int axis) {
    return s.slice(0, axis).numElements();
  }

  /** More pieces than this are rather copied. */
  private static final int MOST_PIECES = 8;

  /** Where pieces of these shapes begin along the axis; null unless they are few and alike. */
  private static List<Long> begins(List<Shape> pieces, int axis) {
    if (pieces.size() > MOST_PIECES || pieces.isEmpty()) {
      return null;
    }
    List<Long> begins = new ArrayList<>();
    for (Shape s : pieces) {
      if (!s.equals(pieces.get(0))) {
        return null;
      }
      begins.add(begins.size() * s.dim(axis));
    }
    return begins;
  }

  /**
   * @param first the first value among the inputs
   */
  private record Join(int first, int axisInput) implements ProgramKernel {
    private int values(NodeSpec node) {
      return node.inputCount() - (axisInput == NO_INPUT ? 0 : 1);
    }

    @Override
    public FusedRole role(NodeSpec node) {
      if (axisInput == NO_INPUT || node.outputType(0).size() > Long.BYTES) {
        return null;
      }
      int axis = axis(node, axisInput, node.outputShape(0).rank());
      List<Shape> shapes = new ArrayList<>();
      for (int i = first; i < first + values(node); i++) {
        shapes.add(node.inputShape(i));
      }
      List<Long> begins = begins(shapes, axis);
      return begins == null ? null : FusedRole.join(axis, first, begins);
    }

    @Override
    public boolean supports(NodeSpec node) {
      return node.outputType(0).isDense() && axis(node, axisInput, node.outputShape(0).rank()) >= 0;
    }

    @Override
    public Step bind(BindContext node) {
      Shape to = node.outputShape(0);
      int axis = axis(node, axisInput, to.rank());
      int values = values(node);
      long outer = outer(to, axis);
      long whole = run(to, axis);
      List<Step> steps = new ArrayList<>();
      long at = 0;
      for (int i = first; i < first + values; i++) {
        long n = outer == 0 ? 0 : node.inputShape(i).numElements() / outer;
        long[] dims = {outer, n};
        StridedCopy copy =
            StridedCopy.of(
                dims, new long[] {n, 1}, new long[] {whole, 1}, 0, at, node.outputType(0).size());
        steps.add(CopyStep.of(node, copy, node.input(i), node.output(0)));
        at += n;
      }
      return Steps.sequence(steps);
    }
  }

  /**
   * @param value the tensor that is parted
   */
  private record Part(int value, int axisInput) implements ProgramKernel {
    @Override
    public FusedRole role(NodeSpec node) {
      if (axisInput == NO_INPUT || node.inputType(value).size() > Long.BYTES) {
        return null;
      }
      int axis = axis(node, axisInput, node.inputShape(value).rank());
      List<Shape> shapes = new ArrayList<>();
      for (int i = 0; i < node.outputCount(); i++) {
        shapes.add(node.outputShape(i));
      }
      List<Long> begins = begins(shapes, axis);
      return begins == null ? null : FusedRole.part(axis, value, begins);
    }

    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(value).isDense()
          && axis(node, axisInput, node.inputShape(value).rank()) >= 0;
    }

    @Override
    public Step bind(BindContext node) {
      Shape from = node.inputShape(value);
      int axis = axis(node, axisInput, from.rank());
      long outer = outer(from, axis);
      long whole = run(from, axis);
      List<Step> steps = new ArrayList<>();
      long at = 0;
      for (int i = 0; i < node.outputCount(); i++) {
        long n = outer == 0 ? 0 : node.outputShape(i).numElements() / outer;
        StridedCopy copy =
            StridedCopy.of(
                new long[] {outer, n},
                new long[] {whole, 1},
                new long[] {n, 1},
                at,
                0,
                node.inputType(value).size());
        steps.add(CopyStep.of(node, copy, node.input(value), node.output(i)));
        at += n;
      }
      return Steps.sequence(steps);
    }
  }
}
