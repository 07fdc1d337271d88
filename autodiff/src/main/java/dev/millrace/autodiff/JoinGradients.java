package dev.millrace.autodiff;

import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of joining and splitting, which undo each other. */
final class JoinGradients {
  private JoinGradients() {}

  static void register(GradientRegistry r) {
    r.add("Pack", JoinGradients::pack);
    r.add("Unpack", JoinGradients::unpack);
    r.add("ConcatV2", c -> concat(c, 0, c.inputCount() - 1));
    r.add("Concat", c -> concat(c, 1, 0));
    r.add("Split", c -> Rules.only(c, 1, Gradient.of(joined(c, c.input(0)))));
    r.add("SplitV", c -> Rules.only(c, 0, Gradient.of(joined(c, c.input(2)))));
  }

  private static List<Gradient> pack(GradientContext c) {
    Operation parts =
        c.tf()
            .op("Unpack", null)
            .input(c.grad())
            .attr("num", c.inputCount())
            .attr("axis", c.attrs().getInt("axis"))
            .build();
    return parts.outputs().stream().map(o -> Gradient.of(c.tf().tensor(o))).toList();
  }

  private static List<Gradient> unpack(GradientContext c) {
    if (c.op().numOutputs() == 0) {
      return List.of(Gradient.disconnected());
    }
    return List.of(
        Gradient.of(
            Build.of(
                c.tf(),
                c.tf()
                    .op("Pack", null)
                    .inputList(grads(c))
                    .attr("axis", c.attrs().getInt("axis")))));
  }

  /** The gradients of all outputs, zeros where there is none. */
  private static List<Tensor> grads(GradientContext c) {
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < c.op().numOutputs(); i++) {
      parts.add(c.grad(i));
    }
    return parts;
  }

  private static Tensor joined(GradientContext c, Tensor axis) {
    List<Tensor> parts = grads(c);
    return parts.size() == 1
        ? parts.get(0)
        : Build.of(c.tf(), c.tf().op("ConcatV2", null).inputList(parts).input(axis));
  }

  /**
   * @param first the number of the first tensor that was joined; the others follow it
   * @param axisInput the number of the axis
   */
  private static List<Gradient> concat(GradientContext c, int first, int axisInput) {
    int n = c.inputCount() - 1;
    List<Gradient> result = new ArrayList<>();
    if (n == 1) {
      return Rules.only(c, first, c.gradient(0));
    }
    Ops tf = c.tf();
    Tensor axis = c.input(axisInput);
    Operation parts =
        tf.op("SplitV", null)
            .input(c.grad())
            .input(sizes(c, first, n, axis))
            .input(axis)
            .attr("num_split", n)
            .build();
    for (int i = 0; i < c.inputCount(); i++) {
      result.add(
          i == axisInput
              ? Gradient.disconnected()
              : Gradient.of(tf.tensor(parts.output(i - first))));
    }
    return result;
  }

  /** The sizes along the axis, as an int32 vector. */
  private static Tensor sizes(GradientContext c, int first, int n, Tensor axis) {
    Ops tf = c.tf();
    KnownInts k = axis.asOutput().knownInts();
    Long at = k != null && k.isFullyKnown() ? Long.valueOf(k.get(0)) : null;
    long[] known = new long[n];
    boolean allKnown = at != null;
    for (int i = 0; i < n && allKnown; i++) {
      Shape s = c.input(first + i).shape();
      known[i] = s.hasRank() ? s.dim(at.intValue()) : Shape.UNKNOWN;
      allKnown = known[i] != Shape.UNKNOWN;
    }
    if (allKnown) {
      return Shapes.ints(tf, known);
    }
    List<Tensor> sizes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Tensor shape = c.input(first + i).shapeTensor();
      Tensor rank = shape.sizeTensor();
      sizes.add(shape.gather(axis.cast(rank.dtype()).mod(rank)));
    }
    return tf.stack(sizes, 0);
  }
}
