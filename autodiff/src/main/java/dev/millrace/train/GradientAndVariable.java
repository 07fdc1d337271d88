package dev.millrace.train;

import dev.millrace.autodiff.Gradient;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * A variable and the gradient of the loss with respect to it, disconnected where the loss does not
 * depend on the variable.
 */
public record GradientAndVariable(Gradient gradient, Variable variable) {
  /** With a dense gradient: what clipping and the like give. */
  public GradientAndVariable(Tensor gradient, Variable variable) {
    this(Gradient.of(gradient), variable);
  }
}
