package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which variables, and other things behind handles, the nodes of a plan read and write. */
final class VariableAccess {
  /** Ops that look at a variable and change nothing. */
  static final Set<String> READS =
      Set.of(
          "ReadVariableOp",
          "ResourceGather",
          "ResourceGatherNd",
          "VarIsInitializedOp",
          "VariableShape");

  private VariableAccess() {}

  /** The reads and writes of one variable in the order of the graph's nodes. */
  record Accesses(List<PlanNode> reads, List<PlanNode> writes) {}

  /**
   * The reads and writes of each variable that is written somewhere. A node that runs bodies
   * accesses what they access.
   */
  static Collection<Accesses> written(PlanGraph g) {
    Map<Object, Accesses> byVariable = new LinkedHashMap<>();
    for (PlanNode n : g.nodes()) {
      of(n)
          .forEach(
              (variable, writes) -> {
                Accesses a =
                    byVariable.computeIfAbsent(
                        variable, k -> new Accesses(new ArrayList<>(), new ArrayList<>()));
                (writes ? a.writes : a.reads).add(n);
              });
    }
    byVariable.values().removeIf(a -> a.writes.isEmpty());
    return byVariable.values();
  }

  /** What a node accesses, by the keys of {@link VariableHandles}, and whether it changes it. */
  private static Map<Object, Boolean> of(PlanNode n) {
    Map<Object, Boolean> found = new LinkedHashMap<>();
    for (Body b : n.bodies()) {
      inBody(n, b, found);
    }
    // What may wait looks after the order of those that come to it by itself.
    boolean accesses = n.isOp() && !n.mayWait();
    if (accesses && !ControlTypes.passesOn(n) && !ControlTypes.isMerge(n)) {
      for (Edge e : n.inputs()) {
        if (e.dtype() == DataType.RESOURCE) {
          found.merge(VariableHandles.key(e), !READS.contains(n.type()), Boolean::logicalOr);
        }
      }
    }
    return found;
  }

  private static void inBody(PlanNode n, Body b, Map<Object, Boolean> found) {
    for (PlanNode inner : b.graph().nodes()) {
      of(inner)
          .forEach(
              (key, writes) -> {
                Object outer = key;
                if (key instanceof Edge e) {
                  int argument = e.node().isFeed() ? b.arguments().get(e.node().feedNumber()) : -1;
                  if (argument < 0 || argument >= n.inputs().size()) {
                    return; // made inside
                  }
                  outer = VariableHandles.key(n.inputs().get(argument));
                }
                found.merge(outer, writes, Boolean::logicalOr);
              });
    }
  }
}
