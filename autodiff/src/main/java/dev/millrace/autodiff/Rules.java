package dev.millrace.autodiff;

import dev.millrace.graph.InternalException;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Makes gradient functions of operations with one output from one formula for each input. */
final class Rules {
  /** The gradient with respect to one input, given {@code g}, that of the first output. */
  @FunctionalInterface
  interface Rule {
    Tensor apply(GradientContext c, Tensor g);
  }

  /** For inputs that are never differentiated by, such as axes and shapes. */
  static final Rule NONE = null;

  private Rules() {}

  /**
   * A function that applies one rule for each input; only to the inputs that are needed, so that
   * nothing is built in vain.
   */
  static GradientFunction of(Rule... rules) {
    return c -> {
      if (rules.length != c.inputCount()) {
        throw new InternalException(
            "'" + c.op().type() + "' has " + c.inputCount() + " inputs, not " + rules.length);
      }
      List<Gradient> result = new ArrayList<>(rules.length);
      for (int i = 0; i < rules.length; i++) {
        result.add(
            c.needs(i) && rules[i] != NONE
                ? Gradient.of(rules[i].apply(c, c.grad()))
                : Gradient.disconnected());
      }
      return result;
    };
  }

  /**
   * A function of an op of two operands that broadcast: {@link #of} and the sum over stretched
   * axes.
   */
  static GradientFunction broadcasting(Rule x, Rule y) {
    return of(x, y).broadcasting();
  }

  /** Every input gets the gradient of the output as it is, slices included. */
  static List<Gradient> passOn(GradientContext c) {
    List<Gradient> result = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      result.add(c.gradient(0));
    }
    return result;
  }

  /** The first input gets the gradient of the output as it is, the others none. */
  static List<Gradient> passToFirst(GradientContext c) {
    return first(c, c.gradient(0));
  }

  /** The first input gets {@code g}, the others none. */
  static List<Gradient> first(GradientContext c, Gradient g) {
    return only(c, 0, g);
  }

  /** Input {@code i} gets {@code g}, the others none. */
  static List<Gradient> only(GradientContext c, int i, Gradient g) {
    List<Gradient> result = new ArrayList<>();
    for (int j = 0; j < c.inputCount(); j++) {
      result.add(j == i ? g : Gradient.disconnected());
    }
    return result;
  }

  /** The complex conjugate; real tensors are their own. */
  static Tensor conj(Tensor t) {
    return t.dtype().isComplex() ? t.ops().conj(t) : t;
  }
}
