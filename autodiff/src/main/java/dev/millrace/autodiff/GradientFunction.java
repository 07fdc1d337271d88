package dev.millrace.autodiff;

import java.util.List;

/** Builds the gradients of one operation: the chain rule's factor for an op type. */
@FunctionalInterface
public interface GradientFunction {
  /**
   * Adds what is needed to the graph and tells the gradient with respect to every input of {@link
   * GradientContext#op()}. It is called only when some output has a gradient. To differentiate
   * again, build it from differentiable operations.
   *
   * @return one gradient for each input, lists flattened; for inputs that are not {@link
   *     GradientContext#needs needed} anything, best {@link Gradient#disconnected()}
   */
  List<Gradient> gradients(GradientContext c);

  /**
   * Whether the results are of the first output's shape, and still have to be summed over the axes
   * along which each input was broadcast.
   */
  default boolean isBroadcasting() {
    return false;
  }

  /** This function, of an op that broadcasts its inputs: see {@link #isBroadcasting}. */
  default GradientFunction broadcasting() {
    GradientFunction f = this;
    return new GradientFunction() {
      @Override
      public List<Gradient> gradients(GradientContext c) {
        return f.gradients(c);
      }

      @Override
      public boolean isBroadcasting() {
        return true;
      }
    };
  }
}
