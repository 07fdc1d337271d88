package dev.millrace.session.plan;

import dev.millrace.graph.Output;
import dev.millrace.session.plan.Frames.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes one loop node of a frame that has no frames in it any more.
 *
 * <p>The loop's variables are its merges of what enters and what the next iteration brings. Nodes
 * that the loop's switches do not keep back run once more than the others: they are the condition,
 * and what else they compute is handed to the body.
 */
final class RaiseLoop {
  private final PlanGraph graph;
  private final Frames frames;
  private final Frame frame;
  private final List<PlanNode> nodes; // of the frame, in order

  private final List<PlanNode> merges = new ArrayList<>(); // the variables
  private final List<Edge> initial = new ArrayList<>();
  private final List<PlanNode> next = new ArrayList<>();
  private final Map<PlanNode, Integer> variables = new HashMap<>(); // by merge
  private final Map<PlanNode, Edge> switches = new HashMap<>(); // the loop's own, and their data
  private final List<PlanNode> exits = new ArrayList<>();
  private final Set<PlanNode> inBody = new HashSet<>();
  private final Map<Edge, Integer> invariants = new LinkedHashMap<>(); // numbers of inputs
  private final Map<Edge, Integer> handed = new LinkedHashMap<>(); // from condition to body
  private PlanNode loopCond;
  private Part condition;
  private Part body;

  /** The condition or the body in the making. */
  private final class Part {
    final PlanGraph graph = new PlanGraph(RaiseLoop.this.graph.nextId());
    final Map<Object, PlanNode> feeds = new HashMap<>(); // by variable number or edge
    final List<Integer> arguments = new ArrayList<>();

    /** The value of a variable, in this iteration. */
    Edge variable(int k) {
      return feed(k, merges.get(k).standsFor(0), k);
    }

    /** A value from outside of the loop. */
    Edge invariant(Edge outer) {
      int k = invariants.computeIfAbsent(outer, e -> merges.size() + invariants.size());
      return feed(outer, outer.node().standsFor(outer.index()), k);
    }

    /** A value that the condition hands to the body; its number is corrected in the end. */
    Edge handed(Edge e) {
      int k = handed.computeIfAbsent(e, x -> handed.size());
      return feed(e, e.node().standsFor(e.index()), -1 - k);
    }

    private Edge feed(Object key, Output standsFor, int argument) {
      PlanNode f = feeds.get(key);
      if (f == null) {
        f = PlanNode.feed(graph.nextId(), standsFor, arguments.size());
        arguments.add(argument);
        feeds.put(key, f);
        graph.add(f);
      }
      return new Edge(f, 0);
    }
  }

  RaiseLoop(PlanGraph graph, Frames frames, Frame frame) {
    this.graph = graph;
    this.frames = frames;
    this.frame = frame;
    graph.sort();
    this.nodes = graph.nodes().stream().filter(n -> frames.of(n) == frame).toList();
  }

  /** Replaces the frame by a loop node. */
  void run() throws CannotRaise {
    findParts();
    classify();
    condition = new Part();
    body = new Part();
    for (PlanNode n : nodes) {
      if (!isStructure(n)) {
        move(n);
      }
    }
    Edge goesOn = source(loopCond.inputs().get(0), false);
    condition.graph.fetches().add(goesOn);
    List<Integer> results = new ArrayList<>();
    for (int k = 0; k < merges.size(); k++) {
      body.graph.fetches().add(source(next.get(k).inputs().get(0), true));
      results.add(k);
    }
    condition.graph.fetches().addAll(handed.keySet());
    keepWaitedFor();
    replace(results);
  }

  private CannotRaise cannot(String why) {
    return new CannotRaise(frame + ": " + why);
  }

  // ---- what is what

  private void findParts() throws CannotRaise {
    for (PlanNode n : nodes) {
      if (ControlTypes.isMerge(n)
          && n.inputs().stream().anyMatch(e -> ControlTypes.isBackEdge(e, n))) {
        addVariable(n);
      } else if (ControlTypes.isLoopCond(n)) {
        if (loopCond != null) {
          throw cannot("it has two conditions");
        }
        loopCond = n;
      } else if (ControlTypes.isExit(n)) {
        exits.add(n);
      }
    }
    if (loopCond == null) {
      throw cannot("it has no condition");
    }
    for (PlanNode n : nodes) {
      if (ControlTypes.isSwitch(n) && ControlTypes.source(n.inputs().get(1)).node() == loopCond) {
        switches.put(n, n.inputs().get(0));
      }
    }
    for (PlanNode e : exits) {
      Edge from = e.inputs().get(0);
      Edge data = from.index() == 0 ? switches.get(from.node()) : null;
      if (data == null || !variables.containsKey(data.node()) || data.index() != 0) {
        throw cannot("'" + e.name() + "' gives something else than a variable");
      }
    }
    for (PlanNode n : nodes) {
      if (ControlTypes.isNextIteration(n) && !next.contains(n)) {
        throw cannot("'" + n.name() + "' leads to no variable");
      }
    }
  }

  private void addVariable(PlanNode merge) throws CannotRaise {
    Edge first = null;
    PlanNode again = null;
    for (Edge e : merge.inputs()) {
      if (ControlTypes.isBackEdge(e, merge)) {
        again = e.node();
      } else {
        first = e;
      }
    }
    if (merge.inputs().size() != 2
        || first == null
        || !frame.enters().contains(first.node())
        || isConstant(first.node())) {
      throw cannot("'" + merge.name() + "' does not merge what enters with what comes back");
    }
    variables.put(merge, merges.size());
    merges.add(merge);
    initial.add(first.node().inputs().get(0));
    next.add(again);
  }

  private static boolean isConstant(PlanNode enter) {
    return enter.attrs().getBool("is_constant");
  }

  /** Whether the node disappears with the frame. */
  private boolean isStructure(PlanNode n) {
    return variables.containsKey(n)
        || switches.containsKey(n)
        || n == loopCond
        || ControlTypes.isExit(n)
        || ControlTypes.isNextIteration(n);
  }

  /** Finds the nodes that run only if the loop goes on. */
  private void classify() throws CannotRaise {
    for (PlanNode n : nodes) { // in order
      if (variables.containsKey(n) || switches.containsKey(n) || n == loopCond) {
        continue;
      }
      boolean in = n.controlInputs().stream().anyMatch(inBody::contains);
      for (Edge e : n.inputs()) {
        if (switches.containsKey(e.node())) {
          if (e.index() == 0 && !ControlTypes.isExit(n)) {
            throw cannot("'" + n.name() + "' runs when the loop ends");
          }
          in |= e.index() == 1;
        }
        in |= inBody.contains(e.node());
      }
      if (in) {
        inBody.add(n);
      }
    }
    for (PlanNode s : switches.keySet()) {
      if (inBody.contains(s.inputs().get(0).node())
          || s.controlInputs().stream().anyMatch(inBody::contains)) {
        throw cannot("'" + s.name() + "' keeps back what it waits for");
      }
    }
    if (inBody.contains(loopCond.inputs().get(0).node())) {
      throw cannot("the condition depends on itself");
    }
  }

  // ---- moving

  private void move(PlanNode n) throws CannotRaise {
    boolean in = inBody.contains(n);
    for (int i = 0; i < n.inputs().size(); i++) {
      n.inputs().set(i, source(n.inputs().get(i), in));
    }
    // What runs in the condition has run when the body begins.
    n.controlInputs().removeIf(c -> !isMoved(c) || inBody.contains(c) != in);
    n.orderInputs().removeIf(c -> !isMoved(c) || inBody.contains(c) != in);
    PlanGraph to = (in ? body : condition).graph;
    to.add(n);
    if (graph.targets().remove(n)) {
      to.targets().add(n);
    }
  }

  private boolean isMoved(PlanNode n) {
    return frames.of(n) == frame && !isStructure(n);
  }

  /** What an edge in the frame becomes in the condition or the body. */
  private Edge source(Edge e, boolean forBody) throws CannotRaise {
    PlanNode n = e.node();
    Part part = forBody ? body : condition;
    if (variables.containsKey(n)) {
      if (e.index() != 0) {
        throw cannot("it is asked whether '" + n.name() + "' has come back");
      }
      return part.variable(variables.get(n));
    }
    if (switches.containsKey(n)) {
      return source(switches.get(n), forBody);
    }
    if (ControlTypes.isEnter(n)) {
      if (!isConstant(n)) {
        throw cannot("'" + n.name() + "' is there in the first iteration only");
      }
      return part.invariant(n.inputs().get(0));
    }
    if (n == loopCond) {
      return source(n.inputs().get(0), forBody);
    }
    if (n.isFeed()) {
      return e; // of a part already
    }
    return forBody && !inBody.contains(n) ? body.handed(e) : e;
  }

  /** What the vanishing nodes waited for still runs. */
  private void keepWaitedFor() {
    for (PlanNode n : nodes) {
      if (isStructure(n)) {
        for (PlanNode c : n.controlInputs()) {
          if (isMoved(c)) {
            (inBody.contains(c) ? body : condition).graph.targets().add(c);
          }
        }
      }
    }
  }

  // ---- the loop

  private void replace(List<Integer> results) {
    int inputs = merges.size() + invariants.size();
    body.arguments.replaceAll(a -> a < 0 ? inputs - 1 - a : a);
    List<Integer> given = new ArrayList<>();
    for (int k = 0; k < condition.graph.fetches().size(); k++) {
      given.add(k);
    }
    List<Output> standsFor = new ArrayList<>();
    merges.forEach(m -> standsFor.add(m.standsFor(0)));
    for (PlanNode e : exits) {
      standsFor.set(variableOf(e), e.standsFor(0));
    }
    PlanNode loop =
        PlanNode.structured(
            loopCond.id(),
            PlanNode.Kind.LOOP,
            loopCond.origin(),
            loopCond.path(),
            standsFor,
            List.of(
                new Body(condition.graph, condition.arguments, given),
                new Body(body.graph, body.arguments, results)));
    loop.inputs().addAll(initial);
    loop.inputs().addAll(invariants.keySet());
    for (PlanNode e : frame.enters()) {
      loop.controlInputs().addAll(e.controlInputs());
      loop.orderInputs().addAll(e.orderInputs());
    }
    Map<Edge, Edge> outputs = new HashMap<>();
    Set<PlanNode> gone = new HashSet<>(nodes);
    gone.addAll(frame.enters());
    for (PlanNode e : exits) {
      outputs.put(new Edge(e, 0), new Edge(loop, variableOf(e)));
    }
    boolean target =
        gone.stream().anyMatch(graph.targets()::contains)
            || !condition.graph.targets().isEmpty()
            || !body.graph.targets().isEmpty();
    graph.substitute(gone, loop, outputs);
    if (target) {
      graph.targets().add(loop);
    }
    frames.replace(gone, loop, frame.parent());
  }

  private int variableOf(PlanNode exit) {
    return variables.get(switches.get(exit.inputs().get(0).node()).node());
  }
}
