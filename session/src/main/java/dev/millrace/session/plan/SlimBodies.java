package dev.millrace.session.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes from loops and branches what a run does not need: outputs and variables that nothing uses,
 * and what computes them. A variable that an iteration leaves as it is becomes an input that is the
 * same in each.
 */
final class SlimBodies implements Pass {
  @Override
  public void run(PlanGraph g) {
    List<PlanNode> nodes = List.copyOf(g.nodes());
    for (int i = nodes.size() - 1; i >= 0; i--) { // users first
      PlanNode n = nodes.get(i);
      if (n.kind() == PlanNode.Kind.LOOP) {
        new SlimLoop(g, n).run();
      } else if (n.kind() == PlanNode.Kind.BRANCH) {
        branch(g, n);
      }
    }
    g.dropUnused();
  }

  /** The outputs of a node that something takes. */
  private static Set<Integer> usedOutputs(PlanGraph g, PlanNode n) {
    Set<Integer> used = new TreeSet<>();
    for (PlanNode o : g.nodes()) {
      o.inputs().stream().filter(e -> e.node() == n).forEach(e -> used.add(e.index()));
    }
    g.fetches().stream().filter(e -> e.node() == n).forEach(e -> used.add(e.index()));
    return used;
  }

  private static void branch(PlanGraph g, PlanNode n) {
    List<Integer> outputs = new ArrayList<>(usedOutputs(g, n));
    Map<Integer, Integer> inputs = new LinkedHashMap<>(Map.of(0, 0));
    for (Body b : n.bodies()) {
      keepResults(b, outputs);
      b.compact();
      b.arguments().replaceAll(a -> inputs.computeIfAbsent(a, k -> inputs.size()));
    }
    PlanNode now = n.withOutputs(outputs);
    inputs.keySet().forEach(a -> now.inputs().add(n.inputs().get(a)));
    replace(g, n, now, outputs);
  }

  /** Forgets the results that are not among {@code outputs}, and numbers the others anew. */
  private static void keepResults(Body b, List<Integer> outputs) {
    for (int k = b.results().size() - 1; k >= 0; k--) {
      int now = outputs.indexOf(b.results().get(k));
      if (now < 0) {
        b.results().remove(k);
        b.graph().fetches().remove(k);
      } else {
        b.results().set(k, now);
      }
    }
  }

  private static void replace(PlanGraph g, PlanNode n, PlanNode now, List<Integer> outputs) {
    Map<Edge, Edge> becomes = new HashMap<>();
    for (int k = 0; k < outputs.size(); k++) {
      becomes.put(new Edge(n, outputs.get(k)), new Edge(now, k));
    }
    g.substitute(Set.of(n), now, becomes);
  }

  /** One loop. */
  private static final class SlimLoop {
    private final PlanGraph graph;
    private final PlanNode loop;
    private final Body condition;
    private final Body body;
    private final int variables;
    private final Set<Integer> fixed = new HashSet<>(); // variables that stay as they are

    SlimLoop(PlanGraph graph, PlanNode loop) {
      this.graph = graph;
      this.loop = loop;
      this.condition = loop.bodies().get(0);
      this.body = loop.bodies().get(1);
      this.variables = loop.numOutputs();
    }

    void run() {
      for (int k = 0; k < body.results().size(); k++) {
        int v = body.results().get(k);
        PlanNode from = ControlTypes.source(body.graph().fetches().get(k)).node();
        if (from.isFeed() && body.arguments().get(from.feedNumber()) == v) {
          fixed.add(v);
        }
      }
      Set<Integer> used = usedOutputs(graph, loop);
      Map<Edge, Edge> initial = new HashMap<>();
      for (int v : fixed) {
        initial.put(new Edge(loop, v), loop.inputs().get(v));
      }
      graph.nodes().forEach(n -> n.inputs().replaceAll(e -> initial.getOrDefault(e, e)));
      graph.fetches().replaceAll(e -> initial.getOrDefault(e, e));
      used.removeAll(fixed);
      List<Integer> kept = new ArrayList<>(needed(used));
      keepResults(body, kept);
      body.compact();
      dropHanded();
      condition.compact();
      renumber(kept);
    }

    /** The variables that decide what is used, or how long the loop goes on. */
    private Set<Integer> needed(Set<Integer> used) {
      Set<Integer> all = new TreeSet<>(used);
      int before = -1;
      while (all.size() != before) {
        before = all.size();
        Set<PlanNode> roots = new HashSet<>(body.graph().targets());
        for (int k = 0; k < body.results().size(); k++) {
          if (all.contains(body.results().get(k))) {
            roots.add(body.graph().fetches().get(k).node());
          }
        }
        Set<Integer> arguments = arguments(body, roots);
        Set<PlanNode> heads = new HashSet<>(condition.graph().targets());
        heads.add(condition.graph().fetches().get(0).node());
        for (int a : arguments) {
          if (a >= loop.inputs().size()) {
            heads.add(condition.graph().fetches().get(1 + a - loop.inputs().size()).node());
          }
        }
        arguments.addAll(arguments(condition, heads));
        arguments.removeIf(a -> a >= variables || fixed.contains(a));
        all.addAll(arguments);
      }
      return all;
    }

    /** The arguments that nodes of a body need. */
    private static Set<Integer> arguments(Body b, Set<PlanNode> roots) {
      Set<Integer> found = new HashSet<>();
      Set<PlanNode> seen = new HashSet<>();
      ArrayDeque<PlanNode> todo = new ArrayDeque<>(roots);
      while (!todo.isEmpty()) {
        PlanNode n = todo.pop();
        if (seen.add(n)) {
          if (n.isFeed()) {
            found.add(b.arguments().get(n.feedNumber()));
          }
          n.inputs().forEach(e -> todo.push(e.node()));
          n.controlInputs().forEach(todo::push);
        }
      }
      return found;
    }

    /** Forgets what the condition hands to the body and the body does not use. */
    private void dropHanded() {
      int inputs = loop.inputs().size();
      List<Integer> used =
          new ArrayList<>(
              new TreeSet<>(body.arguments().stream().filter(a -> a >= inputs).toList()));
      body.arguments().replaceAll(a -> a < inputs ? a : inputs + used.indexOf(a));
      List<Edge> fetches = condition.graph().fetches();
      List<Edge> kept = new ArrayList<>(List.of(fetches.get(0)));
      used.forEach(a -> kept.add(fetches.get(1 + a - inputs)));
      fetches.clear();
      fetches.addAll(kept);
      condition.results().clear();
      for (int k = 0; k < kept.size(); k++) {
        condition.results().add(k);
      }
    }

    private void renumber(List<Integer> kept) {
      Map<Integer, Integer> inputs = new LinkedHashMap<>();
      kept.forEach(v -> inputs.put(v, inputs.size()));
      int old = loop.inputs().size();
      for (Body b : loop.bodies()) {
        for (int a : b.arguments()) {
          if (a < old) {
            inputs.computeIfAbsent(a, k -> inputs.size());
          }
        }
      }
      int count = inputs.size();
      for (Body b : loop.bodies()) {
        b.arguments().replaceAll(a -> a < old ? inputs.get(a) : a - old + count);
      }
      PlanNode now = loop.withOutputs(kept);
      inputs.keySet().forEach(a -> now.inputs().add(loop.inputs().get(a)));
      replace(graph, loop, now, kept);
    }
  }
}
