package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.HashMap;
import java.util.Map;

/**
 * Removes arithmetic that changes nothing, where that holds to the last bit: {@code x*1}, {@code
 * x/1}, {@code x-0}, {@code -(-x)}, and a reshape of a reshape. ({@code x+0} stays, since it makes
 * 0 of -0.)
 */
final class SimplifyArithmetic implements Pass {
  @Override
  public void run(PlanGraph g) {
    Map<Edge, Edge> replace = new HashMap<>();
    for (PlanNode n : g.nodes()) {
      if (!n.isOp()) {
        continue;
      }
      Edge same = unchanged(n);
      if (same != null) {
        replace.put(new Edge(n, 0), same);
      } else if (n.type().equals("Reshape") && isPlainOp(n.inputs().get(0).node(), "Reshape")) {
        n.inputs().set(0, n.inputs().get(0).node().inputs().get(0));
      }
    }
    g.replace(replace);
    g.dropUnused();
  }

  /** The input that the node passes on as it is, or null. */
  private static Edge unchanged(PlanNode n) {
    return switch (n.type()) {
      case "Mul" ->
          isNeutral(n, 1, 1) ? n.inputs().get(0) : isNeutral(n, 0, 1) ? n.inputs().get(1) : null;
      case "RealDiv", "Div" -> isNeutral(n, 1, 1) ? n.inputs().get(0) : null;
      case "Sub" -> isNeutral(n, 1, 0) ? n.inputs().get(0) : null;
      case "Neg" -> {
        PlanNode inner = n.inputs().get(0).node();
        yield isPlainOp(inner, "Neg") ? inner.inputs().get(0) : null;
      }
      default -> null;
    };
  }

  private static boolean isPlainOp(PlanNode n, String type) {
    return n.isOp() && n.type().equals(type) && n.controlInputs().isEmpty();
  }

  /**
   * Whether input {@code i} is a constant full of {@code x} that does not broadcast the other one.
   */
  private static boolean isNeutral(PlanNode n, int i, double x) {
    PlanNode c = n.inputs().get(i).node();
    if (!c.isConstant()) {
      return false;
    }
    TensorValue v = c.value();
    Edge other = n.inputs().get(1 - i);
    Shape s = other.node().staticShape(other.index());
    if (v.shape().rank() > 0 && !(s.isFullyDefined() && s.broadcast(v.shape()).equals(s))) {
      return false;
    }
    if (!(v.dtype().isFloating() || v.dtype().isInteger()) || v.size() > 1024) {
      return false;
    }
    for (int k = 0; k < v.size(); k++) {
      double d = v.getDouble(k);
      if (d != x || (x == 0 && 1 / d < 0)) { // x - (-0.0) makes 0 of -0
        return false;
      }
    }
    return true;
  }
}
