package dev.millrace.autodiff;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.defs.EinsumSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of an Einstein sum by one operand: the sum of the output's gradient times the other
 * operand. Over labels that only the operand has was summed, and so its gradient is stretched along
 * them.
 */
final class EinsumGradient {
  private EinsumGradient() {}

  static void register(GradientRegistry r) {
    r.add("Einsum", EinsumGradient::gradients);
  }

  private static List<Gradient> gradients(GradientContext c) {
    EinsumSpec spec = EinsumSpec.parse(c.attrs().getString("equation"), c.inputCount());
    List<Gradient> result = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      result.add(c.needs(i) ? gradient(c, spec, i) : Gradient.disconnected());
    }
    return result;
  }

  private static Gradient gradient(GradientContext c, EinsumSpec spec, int i) {
    String own = spec.input(i);
    String other = c.inputCount() == 1 ? "" : spec.input(1 - i);
    for (int k = 0; k < own.length(); k++) {
      if (own.charAt(k) != '.' && own.indexOf(own.charAt(k)) != k) {
        return Gradient.undefined("none is known of a diagonal, a label twice in '" + own + "'");
      }
    }
    if (own.contains("...") && !c.input(i).shape().hasRank()) {
      return Gradient.undefined("how many dimensions the dots stand for is not known");
    }
    // Labels of this operand alone are left out, and come back as dimensions of 1.
    StringBuilder kept = new StringBuilder();
    List<Integer> lost = new ArrayList<>();
    boolean dots = own.contains("...");
    int hidden = dots ? c.input(i).shape().rank() - (own.length() - 3) : 0;
    for (int k = 0, axis = 0; k < own.length(); k++) {
      char label = own.charAt(k);
      if (label == '.') {
        kept.append("...");
        k += 2;
        axis += hidden;
      } else if (spec.output().indexOf(label) < 0 && other.indexOf(label) < 0) {
        lost.add(axis++);
      } else {
        kept.append(label);
        axis++;
      }
    }
    String result = kept.toString();
    boolean dotsElsewhere = spec.output().contains("...") || other.contains("...");
    if (dotsElsewhere && !dots) {
      // The other operand's dotted dimensions were stretched over; they are summed at the end.
      result = "..." + result;
    }
    Tensor g = sum(c, spec, i, result);
    if (dotsElsewhere && !dots) {
      g = sumLeading(g, own.length() - lost.size());
    }
    for (int axis : lost) {
      g = g.expandDims(axis);
    }
    Tensor x = c.input(i);
    if (!lost.isEmpty()) {
      g = g.add(x.zerosLike());
    }
    return Gradient.of(dots ? c.sumTo(g, x) : g);
  }

  private static Tensor sum(GradientContext c, EinsumSpec spec, int i, String result) {
    Ops tf = c.tf();
    List<Tensor> operands = new ArrayList<>(List.of(c.grad()));
    String equation = spec.output();
    if (c.inputCount() == 2) {
      operands.add(c.input(1 - i));
      equation += "," + spec.input(1 - i);
    }
    return Build.of(
        tf, tf.op("Einsum", null).inputList(operands).attr("equation", equation + "->" + result));
  }

  /** The sum over all dimensions but the last ones. */
  private static Tensor sumLeading(Tensor g, int last) {
    Ops tf = g.ops();
    return Build.op(tf, "Sum", g, tf.range(g.rankTensor().sub(last)));
  }
}
