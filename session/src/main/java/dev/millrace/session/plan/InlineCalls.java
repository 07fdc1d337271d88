package dev.millrace.session.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the nodes of called functions in the place of the calls, in a graph and in the bodies of its
 * nodes.
 *
 * <p>What has state or effects in a function waits for what the call waits for, and who waits for
 * the call waits for it.
 */
final class InlineCalls {
  private InlineCalls() {}

  static void run(PlanGraph g) {
    for (PlanNode n : g.nodes()) {
      for (Body b : n.bodies()) {
        run(b.graph());
      }
    }
    if (g.nodes().stream().anyMatch(n -> n.kind() == PlanNode.Kind.CALL)) {
      g.sort();
      inline(g);
    }
  }

  private static void inline(PlanGraph g) {
    Map<Edge, Edge> becomes = new HashMap<>();
    Map<PlanNode, Set<PlanNode>> standIns = new HashMap<>(); // for who waits for a call
    List<PlanNode> nodes = new ArrayList<>();
    List<PlanNode> creation = new ArrayList<>(g.nodes());
    creation.sort((a, b) -> Integer.compare(a.id(), b.id()));
    for (PlanNode n : creation) {
      if (n.kind() == PlanNode.Kind.CALL) {
        nodes.addAll(inlined(n, g, becomes, standIns));
      } else {
        nodes.add(n);
      }
    }
    for (int i = 0; i < nodes.size(); i++) {
      PlanNode n = nodes.get(i);
      n.setId(i); // a function's nodes come where the call was
      n.inputs().replaceAll(e -> resolve(becomes, e));
      replaceWaits(n.controlInputs(), standIns);
      replaceWaits(n.orderInputs(), standIns);
    }
    g.fetches().replaceAll(e -> resolve(becomes, e));
    replaceWaits(g.targets(), standIns);
    g.setNodes(nodes);
  }

  private static Edge resolve(Map<Edge, Edge> becomes, Edge e) {
    Edge r = e;
    while (becomes.containsKey(r)) {
      r = becomes.get(r);
    }
    return r;
  }

  private static void replaceWaits(Set<PlanNode> waits, Map<PlanNode, Set<PlanNode>> standIns) {
    Set<PlanNode> calls = new HashSet<>(waits);
    calls.retainAll(standIns.keySet());
    while (!calls.isEmpty()) { // a call may have waited for calls
      waits.removeAll(calls);
      Set<PlanNode> more = new LinkedHashSet<>();
      calls.forEach(c -> more.addAll(standIns.get(c)));
      waits.addAll(more);
      calls.clear();
      calls.addAll(more);
      calls.retainAll(standIns.keySet());
    }
  }

  /** The nodes of a call's body, in their order of creation. */
  private static List<PlanNode> inlined(
      PlanNode call, PlanGraph g, Map<Edge, Edge> becomes, Map<PlanNode, Set<PlanNode>> standIns) {
    Body body = call.bodies().get(0);
    List<PlanNode> nodes = new ArrayList<>();
    Set<PlanNode> waited = new LinkedHashSet<>(call.controlInputs());
    for (PlanNode n : body.graph().nodes()) {
      if (n.isFeed()) {
        becomes.put(new Edge(n, 0), call.inputs().get(body.arguments().get(n.feedNumber())));
        continue;
      }
      nodes.add(n);
      if (n.isStateful() || n.hasEffect() || body.graph().targets().contains(n)) {
        n.controlInputs().addAll(call.controlInputs());
        n.orderInputs().addAll(call.orderInputs());
        waited.add(n);
      }
    }
    nodes.sort((a, b) -> Integer.compare(a.id(), b.id()));
    for (int k = 0; k < body.results().size(); k++) {
      becomes.put(new Edge(call, body.results().get(k)), body.graph().fetches().get(k));
    }
    g.targets().addAll(body.graph().targets());
    standIns.put(call, waited);
    return nodes;
  }
}
