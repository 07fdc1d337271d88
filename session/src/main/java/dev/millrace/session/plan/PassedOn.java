package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the nodes of a specialised segment that give their input as it is, now that shapes are
 * known: sums over no axis, as gradients have them where nothing was broadcast, reshapes to the
 * same shape and the like. Who uses one of them uses its input.
 */
final class PassedOn {
  private static final Set<String> REDUCTIONS =
      Set.of("Sum", "Mean", "Prod", "Max", "Min", "All", "Any");

  private final Map<Edge, Shape> shapes;
  private final Map<Edge, TensorValue> known;
  private final Map<Edge, Edge> sources = new HashMap<>();
  private final Set<PlanNode> seen = new HashSet<>();

  PassedOn(Map<Edge, Shape> shapes, Map<Edge, TensorValue> known) {
    this.shapes = shapes;
    this.known = known;
  }

  /** Looks at the next node of the segment, in order; its shapes are known. */
  void visit(PlanNode n) {
    if (passesOn(n)) {
      sources.put(new Edge(n, 0), resolve(n.inputs().get(0)));
    }
    seen.add(n);
  }

  private boolean passesOn(PlanNode n) {
    if (!n.isPure() || n.inputs().isEmpty() || n.numOutputs() != 1) {
      return false;
    }
    Edge from = n.inputs().get(0);
    Edge to = new Edge(n, 0);
    Shape s = shapes.get(to);
    if (!n.controlInputs().isEmpty()
        || s == null
        || !s.equals(shapes.get(from))
        || !to.dtype().isDense()
        || from.dtype() != to.dtype()
        || known.containsKey(from)
        || known.containsKey(to)
        || !n.inputs().stream().skip(1).allMatch(known::containsKey)) {
      return false;
    }
    if (OrderVariableAccess.VIEWS.contains(n.type())) {
      return true;
    }
    return isCopy(n) && isMadeHere(from);
  }

  /** Whether the node, whose result has its input's shape, computes nothing. */
  private boolean isCopy(PlanNode n) {
    return switch (n.type()) {
      case "AddN" -> n.inputs().size() == 1;
      case "BroadcastTo", "Tile", "Slice" -> true;
      default -> REDUCTIONS.contains(n.type()) && n.outputTypes().get(0) != DataType.COMPLEX64;
    };
  }

  /**
   * Whether the value is computed in this segment. What comes from a variable is not: nothing would
   * keep the users of the copy ahead of the variable's next change.
   */
  private boolean isMadeHere(Edge e) {
    Edge at = resolve(e);
    while (at.node().isOp()
        && seen.contains(at.node())
        && OrderVariableAccess.VIEWS.contains(at.node().type())) {
      at = resolve(at.node().inputs().get(0));
    }
    return seen.contains(at.node()) && at.node().isPure();
  }

  /** What {@code e} is: itself, or what it was made from without change. */
  Edge resolve(Edge e) {
    return sources.getOrDefault(e, e);
  }

  /** The inputs of a node, resolved. */
  List<Edge> inputs(PlanNode n) {
    return sources.isEmpty() ? n.inputs() : n.inputs().stream().map(this::resolve).toList();
  }
}
