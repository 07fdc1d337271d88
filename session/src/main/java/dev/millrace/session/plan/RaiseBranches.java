package dev.millrace.session.plan;

import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.plan.Conditions.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes branch nodes of the switches and merges of a graph without frames.
 *
 * <p>All nodes that run only on one side of a predicate become parts of branches of that predicate:
 * of one, unless something that depends on one of them and does not depend on the predicate comes
 * before others; those go into a further branch. (So the backward pass of a choice is a branch
 * beside that of the forward pass.) What a further branch uses of an earlier one is an output that
 * has a value only if that side was taken.
 */
final class RaiseBranches {
  private final PlanGraph graph;
  private final Map<PlanNode, List<Term>> given;
  private Conditions conditions;

  /**
   * @param given the conditions of the graph's feeds that have some
   */
  RaiseBranches(PlanGraph graph, Map<PlanNode, List<Term>> given) {
    this.graph = graph;
    this.given = new HashMap<>(given);
  }

  /** Replaces the switches and merges of the graph, and of the branches it comes to have. */
  void run() throws CannotRaise {
    for (PlanNode n : graph.nodes()) {
      if (ControlTypes.isSwitch(n)) {
        n.inputs().set(1, Conditions.predicate(n)); // so that one predicate is one edge
      }
    }
    while (graph.nodes().stream()
        .anyMatch(n -> ControlTypes.isSwitch(n) || ControlTypes.isMerge(n))) {
      graph.sort();
      conditions = new Conditions(graph, given);
      Edge p = outermost();
      if (p == null) {
        break; // switches are left whose results nothing uses
      }
      raise(p);
    }
    dropSwitches();
    inLoops();
  }

  private void dropSwitches() throws CannotRaise {
    Set<PlanNode> switches = new LinkedHashSet<>();
    graph.nodes().stream().filter(ControlTypes::isSwitch).forEach(switches::add);
    for (PlanNode n : graph.nodes()) {
      n.orderInputs().removeAll(switches);
      for (PlanNode s : switches) {
        // What waits for a switch waits for what that was to pass on.
        if (n.controlInputs().remove(s)) {
          n.controlInputs().addAll(s.controlInputs());
          n.controlInputs().add(s.inputs().get(0).node());
        }
      }
    }
    for (Edge f : graph.fetches()) {
      if (switches.contains(f.node())) {
        throw new CannotRaise("'" + f + "' is fetched");
      }
    }
    graph.nodes().removeAll(switches);
    graph.targets().removeAll(switches);
  }

  /** The loops that stand outside of choices have choices of their own. */
  private void inLoops() throws CannotRaise {
    for (PlanNode n : graph.nodes()) {
      if (n.kind() == PlanNode.Kind.LOOP) {
        for (Body b : n.bodies()) {
          new RaiseBranches(b.graph(), Map.of()).run();
        }
      }
    }
  }

  /** The first predicate on which something depends and which itself depends on none. */
  private Edge outermost() {
    Edge first = null;
    for (PlanNode n : graph.nodes()) {
      if (n.isFeed()) {
        continue;
      }
      List<Term> of = conditions.of(n);
      Edge p = !of.isEmpty() ? of.get(0).predicate() : conditions.mergedBy(n);
      if (p != null && (first == null || conditions.position(p) < conditions.position(first))) {
        first = p;
      }
    }
    return first;
  }

  // ---- one predicate

  /** How a node has to do with the predicate. */
  private enum Role {
    NONE,
    /** Runs on one side only. */
    MEMBER,
    /** Merges the sides, and runs on both. */
    MERGE
  }

  private Role role(PlanNode n, Edge p) {
    List<Term> of = conditions.of(n);
    if (n.isFeed()) {
      return Role.NONE;
    }
    if (!of.isEmpty()) {
      return of.get(0).predicate().equals(p) ? Role.MEMBER : Role.NONE;
    }
    return p.equals(conditions.mergedBy(n)) ? Role.MERGE : Role.NONE;
  }

  private void raise(Edge p) throws CannotRaise {
    Map<PlanNode, Integer> level = new HashMap<>();
    Map<Integer, List<PlanNode>> groups = new LinkedHashMap<>();
    for (PlanNode n : graph.nodes()) {
      Role role = role(n, p);
      int l = 0;
      for (PlanNode m : predecessors(n)) {
        l = Math.max(l, level.get(m) + (leaves(role(m, p), role) ? 1 : 0));
      }
      level.put(n, l);
      if (role != Role.NONE) {
        groups.computeIfAbsent(l, k -> new ArrayList<>()).add(n);
      }
    }
    List<Integer> order = new ArrayList<>(groups.keySet());
    order.sort(Comparator.naturalOrder());
    for (int l : order) {
      new Group(p, groups.get(l)).replace();
    }
  }

  /** Whether something of role {@code to} comes after the branch in which a predecessor lies. */
  private static boolean leaves(Role from, Role to) {
    return from == Role.MERGE || (from == Role.MEMBER && to == Role.NONE);
  }

  private static Set<PlanNode> predecessors(PlanNode n) {
    Set<PlanNode> all = new LinkedHashSet<>(n.controlInputs());
    n.inputs().forEach(e -> all.add(e.node()));
    all.addAll(n.orderInputs());
    return all;
  }

  /** The nodes that become one branch. */
  private final class Group {
    private final Edge predicate;
    private final Set<PlanNode> nodes;
    private final Map<Edge, Integer> inputs = new LinkedHashMap<>();
    private final Map<Edge, Integer> outputs = new LinkedHashMap<>();
    private final Side[] sides = {new Side(0), new Side(1)};

    Group(Edge predicate, List<PlanNode> nodes) {
      this.predicate = predicate;
      this.nodes = new LinkedHashSet<>(nodes);
      inputs.put(predicate, 0);
    }

    /** One side in the making. */
    private final class Side {
      final int number;
      final PlanGraph graph = new PlanGraph(RaiseBranches.this.graph.nextId());
      final Map<Edge, PlanNode> feeds = new HashMap<>();
      final List<Integer> arguments = new ArrayList<>();
      final List<Integer> results = new ArrayList<>();
      final Map<PlanNode, List<Term>> conditions = new HashMap<>();

      Side(int number) {
        this.number = number;
      }

      boolean has(PlanNode n) {
        List<Term> of = RaiseBranches.this.conditions.of(n);
        return nodes.contains(n) && !of.isEmpty() && of.get(0).side() == number;
      }

      /** What an edge becomes inside. */
      Edge source(Edge e) {
        PlanNode n = e.node();
        if (has(n)) {
          return e;
        }
        boolean own = ControlTypes.isSwitch(n) && Conditions.predicate(n).equals(predicate);
        return own ? source(n.inputs().get(0)) : feed(e);
      }

      private Edge feed(Edge outer) {
        PlanNode f = feeds.get(outer);
        if (f == null) {
          Output standsFor = outer.node().standsFor(outer.index());
          f = PlanNode.feed(graph.nextId(), standsFor, arguments.size());
          arguments.add(inputs.computeIfAbsent(outer, k -> inputs.size()));
          feeds.put(outer, f);
          graph.add(f);
          giveConditions(outer, f);
        }
        return new Edge(f, 0);
      }

      private void giveConditions(Edge outer, PlanNode feed) {
        List<Term> left = new ArrayList<>();
        for (Term t : RaiseBranches.this.conditions.of(outer)) {
          if (!t.predicate().equals(predicate)) {
            left.add(new Term(source(RaiseBranches.this.conditions.now(t.predicate())), t.side()));
          }
        }
        if (!left.isEmpty()) {
          conditions.put(feed, left);
        }
      }
    }

    void replace() throws CannotRaise {
      Set<Edge> used = usedOutside();
      Set<PlanNode> waitedFor = new HashSet<>();
      for (PlanNode n : graph.nodes()) {
        if (!nodes.contains(n)) {
          waitedFor.addAll(n.controlInputs());
        }
      }
      PlanNode first = nodes.iterator().next();
      PlanNode merge = null;
      for (PlanNode n : nodes) {
        if (conditions.of(n).isEmpty()) {
          merge = merge == null ? n : merge;
        }
        first = n.id() < first.id() ? n : first;
      }
      Set<PlanNode> after = new LinkedHashSet<>(); // what the branch waits for
      Set<PlanNode> behind = new LinkedHashSet<>(); // what it comes after
      for (PlanNode n : nodes) {
        if (conditions.of(n).isEmpty()) {
          addMerge(n, used);
          behind.addAll(n.controlInputs());
          behind.addAll(n.orderInputs());
        } else {
          move(n, after, behind);
          if (graph.targets().contains(n) || waitedFor.contains(n)) {
            sideOf(n).graph.targets().add(n);
          }
        }
      }
      for (Edge e : used) {
        if (!outputs.containsKey(e)) {
          addOutput(e);
        }
      }
      PlanNode origin = merge != null ? merge : first;
      List<Output> standsFor = new ArrayList<>();
      outputs.keySet().forEach(e -> standsFor.add(e.node().standsFor(e.index())));
      List<Body> bodies = new ArrayList<>();
      for (Side s : sides) {
        bodies.add(new Body(s.graph, s.arguments, s.results));
      }
      PlanNode branch =
          PlanNode.structured(
              first.id(), PlanNode.Kind.BRANCH, origin.origin(), origin.path(), standsFor, bodies);
      branch.inputs().addAll(inputs.keySet());
      after.removeAll(nodes);
      behind.removeAll(nodes);
      branch.controlInputs().addAll(after);
      branch.orderInputs().addAll(behind);
      given.put(branch, List.of());
      Map<Edge, Edge> becomes = new HashMap<>();
      outputs.forEach((e, k) -> becomes.put(e, new Edge(branch, k)));
      becomes.forEach(conditions::move);
      boolean target = false;
      for (Side s : sides) {
        target |= !s.graph.targets().isEmpty();
      }
      graph.substitute(nodes, branch, becomes);
      if (target) {
        graph.targets().add(branch);
      }
      for (Side s : sides) {
        new RaiseBranches(s.graph, s.conditions).run();
      }
    }

    /** The values that are fetched or that others than the group's nodes take. */
    private Set<Edge> usedOutside() {
      Set<Edge> used = new LinkedHashSet<>(graph.fetches());
      for (PlanNode n : graph.nodes()) {
        if (!nodes.contains(n)) {
          used.addAll(n.inputs());
        }
      }
      used.removeIf(e -> !nodes.contains(e.node()));
      // Who uses a value that is there on some conditions only needs to know those.
      for (Edge e : List.copyOf(used)) {
        for (Term t : conditions.of(e)) {
          if (nodes.contains(t.predicate().node())) {
            used.add(t.predicate());
          }
        }
      }
      return used;
    }

    private Side sideOf(PlanNode member) {
      return sides[conditions.of(member).get(0).side()];
    }

    /** A merge becomes an output that both sides give. */
    private void addMerge(PlanNode m, Set<Edge> used) {
      Edge value = new Edge(m, 0);
      Edge which = new Edge(m, 1);
      for (int i = 0; i < m.inputs().size(); i++) {
        Edge e = m.inputs().get(i);
        Side s = sides[side(e)];
        if (used.contains(value)) {
          give(s, value, s.source(e));
        }
        if (used.contains(which)) {
          give(s, which, new Edge(s.graph.addConstant(m.origin(), TensorValue.of(i)), 0));
        }
      }
    }

    private int side(Edge e) {
      for (Term t : conditions.of(e)) {
        if (t.predicate().equals(predicate)) {
          return t.side();
        }
      }
      throw new IllegalStateException(e + " lies on no side");
    }

    private void give(Side s, Edge output, Edge result) {
      s.results.add(outputs.computeIfAbsent(output, k -> outputs.size()));
      s.graph.fetches().add(result);
    }

    /** A member's value; the members have been moved, so that their inputs lie inside. */
    private void addOutput(Edge e) {
      Edge value = e;
      while (ControlTypes.isSwitch(value.node())) {
        value = value.node().inputs().get(0); // who uses it knows on which conditions
      }
      give(sides[side(e)], e, value);
    }

    private void move(PlanNode n, Set<PlanNode> after, Set<PlanNode> behind) {
      Side s = sideOf(n);
      for (int i = 0; i < n.inputs().size(); i++) {
        n.inputs().set(i, s.source(n.inputs().get(i)));
      }
      after.addAll(n.controlInputs());
      n.controlInputs().removeIf(c -> !s.has(c));
      behind.addAll(n.orderInputs());
      n.orderInputs().removeIf(c -> !s.has(c));
      s.graph.add(n);
    }
  }
}
