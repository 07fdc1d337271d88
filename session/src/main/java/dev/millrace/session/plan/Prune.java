package dev.millrace.session.plan;

import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionCall;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.UnimplementedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the plan graph: the operations that fetches and targets need, cut off where a tensor is
 * fed. What calls functions becomes a node with bodies, which are plan graphs of their own.
 */
final class Prune {
  private final Map<Output, Integer> fed = new HashMap<>();
  private final Signature signature;
  private final String path;
  private final Set<String> calling;

  /**
   * @param path the names of the calls around the graph, each with a slash behind it
   * @param calling the functions that are being called there
   */
  private Prune(Signature signature, String path, Set<String> calling) {
    this.signature = signature;
    this.path = path;
    this.calling = calling;
    for (int i = 0; i < signature.feeds().size(); i++) {
      fed.put(signature.feeds().get(i), i);
    }
  }

  /**
   * The plan graph of a run, in which variables by reference are resource variables.
   *
   * @throws InvalidArgumentException if a placeholder that is needed is not fed
   * @throws UnimplementedException if an operation of an unregistered type is needed
   */
  static PlanGraph run(Signature signature) {
    PlanGraph g = new Prune(signature, "", Set.of()).build();
    new LowerReferences().run(g);
    return g;
  }

  private PlanGraph build() {
    List<Operation> needed = needed();
    int size = 0;
    for (Operation op : needed) {
      size = Math.max(size, op.id() + 1);
    }
    for (Output f : fed.keySet()) {
      size = Math.max(size, f.op().id() + 1);
    }
    PlanGraph g = new PlanGraph(size + fed.size());
    Map<Operation, PlanNode> nodes = new HashMap<>();
    Map<Output, PlanNode> feeds = new HashMap<>();
    for (int i = 0; i < signature.feeds().size(); i++) {
      PlanNode n = PlanNode.feed(size + i, signature.feeds().get(i), i);
      feeds.put(signature.feeds().get(i), n);
      g.add(n);
    }
    for (Operation op : needed) {
      check(op);
      PlanNode n = FunctionCall.isCall(op) ? structured(op) : PlanNode.op(op.id(), op, path);
      nodes.put(op, n);
      g.add(n);
    }
    for (Operation op : needed) {
      PlanNode n = nodes.get(op);
      for (Output in : op.inputs()) {
        n.inputs().add(edge(in, nodes, feeds));
      }
      for (Operation c : op.controlInputs()) {
        PlanNode cn = nodes.get(c);
        if (cn != null) { // absent: a fed placeholder
          n.controlInputs().add(cn);
        }
      }
    }
    for (Output f : signature.fetches()) {
      g.fetches().add(edge(f, nodes, feeds));
    }
    for (Operation t : signature.targets()) {
      if (nodes.containsKey(t)) {
        g.targets().add(nodes.get(t));
      }
    }
    // What has an effect runs, even where only the shape of something behind it turns out to be
    // needed.
    for (PlanNode n : g.nodes()) {
      if (n.hasEffect()) {
        g.targets().add(n);
      }
    }
    return g;
  }

  private PlanNode structured(Operation op) {
    PlanNode.Kind kind =
        FunctionCall.isLoop(op)
            ? PlanNode.Kind.LOOP
            : FunctionCall.firstArgument(op) > 0 ? PlanNode.Kind.BRANCH : PlanNode.Kind.CALL;
    List<Body> bodies = new ArrayList<>();
    for (FunctionBody f : FunctionCall.bodies(op)) {
      bodies.add(body(op, f));
    }
    if (kind == PlanNode.Kind.BRANCH && !op.type().equals("Case")) {
      Collections.reverse(bodies); // what runs where the predicate is true comes second
    }
    for (int i = kind == PlanNode.Kind.LOOP ? 1 : 0; i < bodies.size(); i++) {
      requireResults(op, bodies.get(i), op.numOutputs());
    }
    if (kind == PlanNode.Kind.LOOP) {
      requireResults(op, bodies.get(0), 1);
    }
    return PlanNode.structured(op.id(), kind, op, path, op.outputs(), bodies);
  }

  private static void requireResults(Operation op, Body body, int count) {
    if (body.results().size() != count) {
      throw new InvalidArgumentException(
              "a function of the node must give "
                  + count
                  + " values, but gives "
                  + body.results().size())
          .at(op);
    }
  }

  private Body body(Operation op, FunctionBody f) {
    Set<String> inside = new HashSet<>(calling);
    if (!inside.add(f.name())) {
      throw new UnimplementedException(
              "function '" + f.name() + "' calls itself, which is not supported")
          .at(op);
    }
    int first = FunctionCall.firstArgument(op);
    if (f.parameters().size() != op.inputs().size() - first) {
      throw new InvalidArgumentException(
              "function '"
                  + f.name()
                  + "' takes "
                  + f.parameters().size()
                  + " arguments, but is given "
                  + (op.inputs().size() - first))
          .at(op);
    }
    Signature s = new Signature(f.parameters(), f.results(), f.controlOutputs());
    PlanGraph g = new Prune(s, path + op.name() + "/", inside).build();
    // Reading has no effect, so that it need not happen where nothing uses the value.
    g.targets().removeIf(n -> n.isStateful() && !n.hasEffect());
    g.dropUnused();
    return Body.of(g, first, f.parameters().size());
  }

  private static Edge edge(
      Output out, Map<Operation, PlanNode> nodes, Map<Output, PlanNode> feeds) {
    PlanNode f = feeds.get(out);
    return f != null ? new Edge(f, 0) : new Edge(nodes.get(out.op()), out.index());
  }

  private List<Operation> needed() {
    Set<Operation> seen = new HashSet<>();
    ArrayDeque<Operation> todo = new ArrayDeque<>();
    for (Output f : signature.fetches()) {
      if (!fed.containsKey(f)) {
        todo.add(f.op());
      }
    }
    for (Operation t : signature.targets()) {
      if (!isFedPlaceholder(t)) {
        todo.add(t);
      }
    }
    while (!todo.isEmpty()) {
      Operation op = todo.pop();
      if (!seen.add(op)) {
        continue;
      }
      for (Output in : op.inputs()) {
        if (!fed.containsKey(in)) {
          todo.push(in.op());
        }
      }
      for (Operation c : op.controlInputs()) {
        if (!isFedPlaceholder(c)) {
          todo.push(c);
        }
      }
    }
    List<Operation> needed = new ArrayList<>(seen);
    needed.sort(Comparator.comparingInt(Operation::id));
    return needed;
  }

  private boolean isFedPlaceholder(Operation op) {
    return isPlaceholder(op) && fed.containsKey(op.output(0));
  }

  private static boolean isPlaceholder(Operation op) {
    return op.type().equals("Placeholder") || op.type().equals("PlaceholderV2");
  }

  private static void check(Operation op) {
    if (op.isOpaque()) {
      throw new UnimplementedException(
              "op type '"
                  + op.type()
                  + "' is not known here, so that the node cannot run; what it gives can be fed")
          .at(op);
    }
    if (isPlaceholder(op)) {
      throw new InvalidArgumentException(
              "placeholder '"
                  + op.name()
                  + "' must be fed: a value of "
                  + op.output(0).dtype()
                  + op.output(0).shape()
                  + ", as with feed(x, value)")
          .at(op);
    }
  }
}
