package dev.millrace.session.plan;

import dev.millrace.graph.InternalException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** The part of a user's graph that a run needs, as a graph of its own that passes may change. */
final class PlanGraph {
  private List<PlanNode> nodes = new ArrayList<>();
  private final List<Edge> fetches = new ArrayList<>();
  private final Set<PlanNode> targets = new LinkedHashSet<>();
  private int nextId;

  PlanGraph(int firstFreeId) {
    nextId = firstFreeId;
  }

  /** The nodes; after {@link #sort}, each after those it depends on. */
  List<PlanNode> nodes() {
    return nodes;
  }

  void add(PlanNode n) {
    nodes.add(n);
  }

  /** Puts these in the place of all nodes; their numbers are those of their places. */
  void setNodes(List<PlanNode> n) {
    nodes = new ArrayList<>(n);
    nextId = nodes.size();
  }

  /** A number for a node that is put after all others in the order of creation. */
  int nextId() {
    return nextId++;
  }

  /** A new constant that stands for an output of {@code origin}. */
  PlanNode addConstant(Operation origin, TensorValue value) {
    PlanNode n = PlanNode.constant(nextId++, origin, value);
    nodes.add(n);
    return n;
  }

  /** What is fetched, in order. */
  List<Edge> fetches() {
    return fetches;
  }

  /** The nodes that must run even if nothing uses their outputs. */
  Set<PlanNode> targets() {
    return targets;
  }

  /**
   * The nodes that depend on each node: by data, by control, and because they come after it. The
   * back edges of loops are left out.
   */
  Map<PlanNode, Set<PlanNode>> successors() {
    Map<PlanNode, Set<PlanNode>> succ = new HashMap<>();
    for (PlanNode n : nodes) {
      for (Edge e : n.inputs()) {
        if (!ControlTypes.isBackEdge(e, n)) {
          succ.computeIfAbsent(e.node(), k -> new LinkedHashSet<>()).add(n);
        }
      }
      for (PlanNode c : n.controlInputs()) {
        succ.computeIfAbsent(c, k -> new LinkedHashSet<>()).add(n);
      }
      for (PlanNode c : n.orderInputs()) {
        succ.computeIfAbsent(c, k -> new LinkedHashSet<>()).add(n);
      }
    }
    return succ;
  }

  /**
   * Replaces edges everywhere. Who used a replaced edge inherits the control inputs of the node
   * that made it, since it still has to wait for them; when it was fetched or a target, those
   * become targets.
   */
  void replace(Map<Edge, Edge> replacements) {
    if (replacements.isEmpty()) {
      return;
    }
    for (PlanNode n : nodes) {
      for (int i = 0; i < n.inputs().size(); i++) {
        Edge e = n.inputs().get(i);
        Edge to = resolve(replacements, e, n.controlInputs());
        if (!to.equals(e)) {
          n.inputs().set(i, to);
        }
      }
      n.controlInputs().remove(n);
      n.orderInputs().remove(n);
    }
    for (int i = 0; i < fetches.size(); i++) {
      fetches.set(i, resolve(replacements, fetches.get(i), targets));
    }
  }

  /**
   * Puts one node in the place of several: who waited for one of them waits for it.
   *
   * @param outputs what becomes of the edges that other nodes, or fetches, take from them
   */
  void substitute(Set<PlanNode> gone, PlanNode by, Map<Edge, Edge> outputs) {
    nodes.removeAll(gone);
    nodes.add(by);
    for (PlanNode n : nodes) {
      n.inputs().replaceAll(e -> outputs.getOrDefault(e, e));
      if (n.controlInputs().removeAll(gone) && n != by) {
        n.controlInputs().add(by);
      }
      if (n.orderInputs().removeAll(gone) && n != by) {
        n.orderInputs().add(by);
      }
    }
    fetches.replaceAll(e -> outputs.getOrDefault(e, e));
    if (targets.removeAll(gone)) {
      targets.add(by);
    }
  }

  private static Edge resolve(Map<Edge, Edge> replacements, Edge e, Set<PlanNode> inherit) {
    Edge at = e;
    for (Edge next = replacements.get(at); next != null; next = replacements.get(at)) {
      inherit.addAll(at.node().controlInputs());
      at = next;
    }
    return at;
  }

  /** Drops the nodes that no fetch and no target needs. */
  void dropUnused() {
    Set<PlanNode> used = new HashSet<>();
    ArrayDeque<PlanNode> todo = new ArrayDeque<>(targets);
    fetches.forEach(f -> todo.add(f.node()));
    while (!todo.isEmpty()) {
      PlanNode n = todo.pop();
      if (used.add(n)) {
        n.inputs().forEach(e -> todo.push(e.node()));
        n.controlInputs().forEach(todo::push);
      }
    }
    nodes.removeIf(n -> !used.contains(n));
    nodes.forEach(n -> n.orderInputs().retainAll(used));
  }

  /**
   * Puts the nodes in an order in which each comes after those it depends on, and otherwise in the
   * order of creation.
   *
   * @throws InternalException if there is a cycle
   */
  void sort() {
    Map<PlanNode, Set<PlanNode>> succ = successors();
    Map<PlanNode, Integer> waiting = new HashMap<>();
    for (Set<PlanNode> s : succ.values()) {
      for (PlanNode n : s) {
        waiting.merge(n, 1, Integer::sum);
      }
    }
    PriorityQueue<PlanNode> ready = new PriorityQueue<>(Comparator.comparingInt(PlanNode::id));
    for (PlanNode n : nodes) {
      if (!waiting.containsKey(n)) {
        ready.add(n);
      }
    }
    List<PlanNode> sorted = new ArrayList<>(nodes.size());
    while (!ready.isEmpty()) {
      PlanNode n = ready.poll();
      sorted.add(n);
      for (PlanNode s : succ.getOrDefault(n, Set.of())) {
        if (waiting.merge(s, -1, Integer::sum) == 0) {
          ready.add(s);
        }
      }
    }
    if (sorted.size() != nodes.size()) {
      Set<PlanNode> stuck = new LinkedHashSet<>(nodes);
      sorted.forEach(stuck::remove);
      throw new InternalException(
          "the plan has a cycle through " + stuck.stream().limit(8).toList());
    }
    nodes = sorted;
  }
}
