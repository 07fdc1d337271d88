package dev.millrace.session.plan;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.session.kernel.CellKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds values that a loop saves for the loop that goes through its iterations backwards, and of
 * which that one asks the shape only, as of what was added or joined: they are pushed without being
 * copied, and their elements hold anything.
 */
final class KeepShapes implements Pass {
  private static final Set<String> SHAPE_OPS = Set.of("Shape", "ShapeN", "Size", "Rank");

  /** By graph who takes what in it, found once. */
  private final Map<PlanGraph, Users> found = new HashMap<>();

  @Override
  public void run(PlanGraph g) {
    Users users = users(g);
    for (PlanNode n : g.nodes()) {
      if (n.kind() == PlanNode.Kind.LOOP) {
        lists(n, users);
      } else if (n.isOp() && n.type().equals("StackV2")) {
        stack(n, users);
      }
      n.bodies().forEach(b -> run(b.graph()));
    }
  }

  private Users users(PlanGraph g) {
    return found.computeIfAbsent(g, Users::new);
  }

  /** A node that takes a value, as which of its inputs; null for a fetch. */
  private record User(PlanNode node, int input) {}

  /** Who takes what in a graph. */
  private static final class Users {
    private final Map<Edge, List<User>> byEdge = new HashMap<>();
    private final Map<Integer, PlanNode> feeds = new HashMap<>(); // by number

    Users(PlanGraph graph) {
      for (PlanNode n : graph.nodes()) {
        if (n.isFeed()) {
          feeds.put(n.feedNumber(), n);
        }
        for (int i = 0; i < n.inputs().size(); i++) {
          add(n.inputs().get(i), new User(n, i));
        }
      }
      graph.fetches().forEach(e -> add(e, new User(null, -1)));
    }

    private void add(Edge e, User u) {
      byEdge.computeIfAbsent(e, k -> new ArrayList<>()).add(u);
    }

    List<User> of(Edge e) {
      return byEdge.getOrDefault(e, List.of());
    }

    /** The only user, if there is one and it is a node; else null. */
    User only(Edge e) {
      List<User> all = of(e);
      return all.size() == 1 && all.get(0).node() != null ? all.get(0) : null;
    }

    /** The parameter of the graph's body that has that argument; null if there is none. */
    PlanNode feed(Body b, int argument) {
      return feeds.get(b.arguments().indexOf(argument));
    }

    boolean onlyShapes(Edge e) {
      return of(e).stream()
          .allMatch(
              u -> u.node() != null && u.node().isOp() && SHAPE_OPS.contains(u.node().type()));
    }
  }

  private static boolean is(User u, String type, int input) {
    return u != null && u.node().isOp() && u.node().type().equals(type) && u.input() == input;
  }

  private static void shapeOnly(PlanNode push) {
    push.setAttr(CellKernel.SHAPE_ONLY, AttrValue.of(true));
  }

  // ---- lists that are variables of both loops

  private void lists(PlanNode forward, Users outside) {
    Body body = forward.bodies().get(1);
    Users inside = users(body.graph());
    for (int k = 0; k < body.results().size(); k++) {
      int v = body.results().get(k);
      if (forward.outputTypes().get(v) == DataType.VARIANT) {
        PlanNode push = body.graph().fetches().get(k).node();
        PlanNode feed = inside.feed(body, v);
        boolean pushes =
            feed != null
                && is(inside.only(new Edge(feed, 0)), "TensorListPushBack", 0)
                && inside.only(new Edge(feed, 0)).node() == push
                && inside.of(new Edge(push, 0)).size() == 1
                && !forward.bodies().get(0).arguments().contains(v);
        User taker = pushes ? outside.only(new Edge(forward, v)) : null;
        if (taker != null && popsShapesOnly(taker, outside)) {
          shapeOnly(push);
        }
      }
    }
  }

  /**
   * Whether a loop pops the elements of a list, one in each iteration, and asks for their shape.
   */
  private boolean popsShapesOnly(User taker, Users outside) {
    PlanNode loop = taker.node();
    int v = taker.input();
    if (loop.kind() != PlanNode.Kind.LOOP
        || v >= loop.numOutputs()
        || !outside.of(new Edge(loop, v)).isEmpty()
        || loop.bodies().get(0).arguments().contains(v)) {
      return false;
    }
    Body body = loop.bodies().get(1);
    Users inside = users(body.graph());
    PlanNode feed = inside.feed(body, v);
    User pop = feed == null ? null : inside.only(new Edge(feed, 0));
    int k = body.results().indexOf(v);
    return is(pop, "TensorListPopBack", 0)
        && k >= 0
        && body.graph().fetches().get(k).equals(new Edge(pop.node(), 0))
        && inside.of(new Edge(pop.node(), 0)).size() == 1
        && inside.onlyShapes(new Edge(pop.node(), 1));
  }

  // ---- stacks, which are the same in each iteration

  private void stack(PlanNode stack, Users outside) {
    List<PlanNode> pushes = new ArrayList<>();
    for (User u : outside.of(new Edge(stack, 0))) {
      if (u.node() == null
          || u.node().kind() != PlanNode.Kind.LOOP
          || u.input() < u.node().numOutputs()
          || !usesInLoop(u, pushes)) {
        return;
      }
    }
    pushes.forEach(KeepShapes::shapeOnly);
  }

  /** Whether a loop only pushes on the stack, or pops from it and asks for shapes. */
  private boolean usesInLoop(User loop, List<PlanNode> pushes) {
    for (Body b : loop.node().bodies()) {
      Users inside = users(b.graph());
      PlanNode feed = inside.feed(b, loop.input());
      if (feed == null) {
        continue;
      }
      for (User u : inside.of(new Edge(feed, 0))) {
        if (u.node() == null || !u.node().isOp() || u.input() != 0) {
          return false;
        } else if (u.node().type().equals("StackPushV2")) {
          pushes.add(u.node());
        } else if (!u.node().type().equals("StackPopV2")
            || !inside.onlyShapes(new Edge(u.node(), 0))) {
          return false;
        }
      }
    }
    return true;
  }
}
