package dev.millrace.autodiff;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Undoes broadcasting: sums a gradient over the axes along which an input was stretched. */
final class Broadcasting {
  private Broadcasting() {}

  /** The gradient of {@code op}'s input {@code i}, from one of the first output's shape. */
  static Tensor sumToInput(Ops tf, Tensor gradient, Operation op, int i) {
    Output in = op.input(i);
    if (op.inputs().stream().allMatch(in::equals)) {
      return gradient; // x * x: nothing to broadcast, whatever the shape
    }
    List<Shape> others = new ArrayList<>();
    for (int j = 0; j < op.inputs().size(); j++) {
      if (j != i) {
        others.add(op.input(j).shape());
      }
    }
    return sumTo(gradient, tf.tensor(in), op.output(0).shape(), others);
  }

  /** Sums {@code gradient} to the shape of {@code like}, which broadcasts to the gradient's. */
  static Tensor sumTo(Tensor gradient, Tensor like) {
    return sumTo(gradient, like, gradient.shape(), List.of());
  }

  /**
   * @param full the shape that {@code like} was broadcast to
   * @param others the shapes of the operands that were broadcast together with {@code like}; empty
   *     where they are not known, and then nothing follows from them
   */
  private static Tensor sumTo(Tensor gradient, Tensor like, Shape full, List<Shape> others) {
    Shape in = like.shape();
    if (in.isFullyDefined() && in.equals(full)) {
      return gradient;
    }
    int[] axes = stretchedAxes(in, full, others);
    if (axes == null) {
      return sumDynamically(gradient, like);
    }
    if (axes.length == 0) {
      return gradient;
    }
    Tensor sum = gradient.reduceSum(axes);
    // Where only new leading axes were summed, the shape is right already.
    return axes.length == full.rank() - in.rank() ? sum : Shapes.reshapeLike(sum, like);
  }

  /**
   * The axes of {@code full} along which {@code in} was stretched, or null where that is not known:
   * along those it lacks, and those where it has 1. An unknown dimension was not stretched if none
   * of the others can have stretched it.
   */
  private static int[] stretchedAxes(Shape in, Shape full, List<Shape> others) {
    if (!in.hasRank() || !full.hasRank()) {
      return null;
    }
    List<Integer> axes = new ArrayList<>();
    int lead = full.rank() - in.rank();
    for (int i = 0; i < full.rank(); i++) {
      if (i < lead) {
        axes.add(i);
        continue;
      }
      long have = in.dim(i - lead);
      long want = full.dim(i);
      if (have == 1 && want != 1) {
        axes.add(i);
      } else if (have == Shape.UNKNOWN && want != 1 && !onlyOnes(others, full.rank() - i)) {
        return null;
      }
    }
    return axes.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Whether every one of the shapes has 1, or nothing, as its {@code fromEnd}-th last dimension.
   */
  private static boolean onlyOnes(List<Shape> shapes, int fromEnd) {
    for (Shape s : shapes) {
      if (!s.hasRank() || (fromEnd <= s.rank() && s.dim(-fromEnd) != 1)) {
        return false;
      }
    }
    return !shapes.isEmpty();
  }

  private static Tensor sumDynamically(Tensor gradient, Tensor like) {
    Ops tf = gradient.ops();
    Tensor shape = like.shapeTensor();
    Tensor axes = Build.op(tf, "BroadcastGradientArgs", shape, gradient.shapeTensor());
    Tensor sum = Build.of(tf, tf.op("Sum", null).input(gradient).input(axes));
    return sum.reshape(shape);
  }
}
