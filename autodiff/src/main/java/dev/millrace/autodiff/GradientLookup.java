package dev.millrace.autodiff;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;

/**
 * Finds what is known of an operation's gradient: a function of its own, else what its attribute
 * {@link Graph#GRADIENT_ATTR} names, else its type's.
 */
final class GradientLookup {
  private final GradientRegistry registry;

  GradientLookup(GradientRegistry registry) {
    this.registry = registry;
  }

  /** The function, or null where there is none. */
  GradientFunction find(Operation op) {
    GradientFunction own = OwnGradients.find(op);
    return own != null ? own : registry.find(key(op));
  }

  /** Whether no gradient passes through {@code op}. */
  boolean isNotDifferentiable(Operation op) {
    return registry.isNotDifferentiable(key(op)) && OwnGradients.find(op) == null;
  }

  /** Why there is no function: see {@link GradientRegistry#reason}. */
  String reason(Operation op) {
    return registry.reason(key(op));
  }

  /** A sentence about an operation of which nothing is known. */
  String whatIsMissing(Operation op) {
    String what = "no gradient is registered ";
    if (op.attrs().has(Graph.GRADIENT_ATTR)) {
      what += "under '" + key(op) + "', which " + Graph.GRADIENT_ATTR + " asks for, ";
    }
    return what + "for '" + op.name() + "' (op type " + op.type() + ")";
  }

  private static String key(Operation op) {
    return op.attrs().has(Graph.GRADIENT_ATTR)
        ? op.attrs().getString(Graph.GRADIENT_ATTR)
        : op.type();
  }
}
