package dev.millrace.autodiff;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The gradient functions of single operations of a graph, which are known by the operation. */
final class OwnGradients {
  private final Map<Operation, GradientFunction> functions = new ConcurrentHashMap<>();

  private static OwnGradients of(Graph graph) {
    return graph.attachment(OwnGradients.class, OwnGradients::new);
  }

  /** Gives {@code op} a function of its own. */
  static void add(Operation op, GradientFunction f) {
    of(op.graph()).functions.put(op, f);
  }

  /** The operation's own function, or null. */
  static GradientFunction find(Operation op) {
    return op.attrs().has(Graph.GRADIENT_ATTR) ? of(op.graph()).functions.get(op) : null;
  }
}
