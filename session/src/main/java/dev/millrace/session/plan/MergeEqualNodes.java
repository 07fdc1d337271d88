package dev.millrace.session.plan;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Common subexpressions: nodes without state that are alike in type, attributes and inputs are
 * computed once.
 */
final class MergeEqualNodes implements Pass {
  /** Larger constants are not compared. */
  private static final int MAX_CONSTANT = 1024;

  /** What two equal nodes share. */
  private record Key(
      String type,
      Map<String, AttrValue> attrs,
      List<Edge> inputs,
      List<PlanNode> controls,
      TensorValue constant) {}

  @Override
  public void run(PlanGraph g) {
    Map<Key, PlanNode> first = new HashMap<>();
    Map<Edge, Edge> replace = new HashMap<>();
    for (PlanNode n : g.nodes()) {
      Key key = key(n, replace);
      if (key == null) {
        continue;
      }
      PlanNode same = first.putIfAbsent(key, n);
      if (same != null) {
        for (int i = 0; i < n.numOutputs(); i++) {
          replace.put(new Edge(n, i), new Edge(same, i));
        }
      }
    }
    g.replace(replace);
    g.dropUnused();
  }

  private static Key key(PlanNode n, Map<Edge, Edge> replaced) {
    if (n.isConstant()) {
      return n.value().size() <= MAX_CONSTANT
          ? new Key("Const", Map.of(), List.of(), List.of(), n.value())
          : null;
    }
    if (!n.isPure()) {
      return null;
    }
    List<Edge> inputs = new ArrayList<>();
    for (Edge e : n.inputs()) {
      inputs.add(replaced.getOrDefault(e, e));
    }
    Map<String, AttrValue> attrs = new HashMap<>(n.attrs().asMap());
    attrs.keySet().removeIf(k -> k.startsWith("_"));
    return new Key(
        n.type() + "@" + n.origin().device(), attrs, inputs, List.copyOf(n.controlInputs()), null);
  }
}
