package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts a plan graph, and the bodies of its nodes, into segments: within one, every shape follows
 * from the shapes that are known when it begins. A node whose output shape depends on values ends a
 * segment; what uses its output comes in a later one. So do branches and loops, which run after
 * their segments.
 */
final class CutSegments implements Pass {
  private static final Set<String> SHAPE_OPS = Set.of("Shape", "ShapeN", "Size", "Rank");

  /** Nodes whose values follow from shapes and constants alone. */
  private final Set<PlanNode> foldable = new HashSet<>();

  @Override
  public void run(PlanGraph g) {
    for (PlanNode n : g.nodes()) {
      int s = 0;
      for (Edge e : n.inputs()) {
        s = Math.max(s, e.node().segment() + (comesLater(n, e.node()) || isOpen(n, e) ? 1 : 0));
      }
      for (PlanNode c : n.controlInputs()) {
        s = Math.max(s, c.segment() + (comesLater(n, c) ? 1 : 0));
      }
      for (PlanNode c : n.orderInputs()) {
        s = Math.max(s, c.segment() + (comesLater(n, c) ? 1 : 0));
      }
      n.setSegment(s);
      for (Body b : n.bodies()) {
        b.graph().sort();
        new CutSegments().run(b.graph());
      }
      if (isFoldable(n)) {
        foldable.add(n);
      }
    }
    separateWaits(g);
  }

  /**
   * Cuts segments further, so that all nodes of one come after the same waits: what a wait does not
   * hold up must not be in one segment with what it does. Within what was one segment, those with
   * fewer waits come first, since nodes only have more waits before them than those they depend on.
   */
  private static void separateWaits(PlanGraph g) {
    WaitSets waits = new WaitSets(g, g.successors());
    if (waits.isEmpty()) {
      return;
    }
    record Place(int segment, BitSet before) {}
    Set<Place> places = new LinkedHashSet<>();
    g.nodes().forEach(n -> places.add(new Place(n.segment(), waits.before(n))));
    List<Place> sorted = new ArrayList<>(places);
    sorted.sort(
        Comparator.comparingInt(Place::segment).thenComparingInt(p -> p.before().cardinality()));
    Map<Place, Integer> numbers = new HashMap<>();
    sorted.forEach(p -> numbers.put(p, numbers.size()));
    for (PlanNode n : g.nodes()) {
      n.setSegment(numbers.get(new Place(n.segment(), waits.before(n))));
    }
  }

  private boolean isFoldable(PlanNode n) {
    if (n.isConstant()) {
      return true;
    }
    if (!n.isPure() || !n.controlInputs().isEmpty()) {
      return false;
    }
    if (SHAPE_OPS.contains(n.type())) {
      return true;
    }
    if (n.inputs().isEmpty()) {
      return n.type().equals("Const");
    }
    return n.inputs().stream().allMatch(e -> foldable.contains(e.node()));
  }

  /** Whether {@code n} must be in a later segment, since branches and loops run after theirs. */
  private static boolean comesLater(PlanNode n, PlanNode after) {
    return after.isStage() && !n.isStage();
  }

  /**
   * Whether the shape of {@code e} is known only once its node has run. A branch or loop that takes
   * it runs after the node's segment in any case.
   */
  private boolean isOpen(PlanNode user, Edge e) {
    PlanNode n = e.node();
    if (user.isStage()
        || !n.isOp()
        || n.staticShape(e.index()).isFullyDefined()
        || e.dtype() == DataType.RESOURCE
        || e.dtype() == DataType.VARIANT) {
      return false;
    }
    if (n.def().isStateShape()) {
      return true;
    }
    for (int i = 0; i < n.inputs().size(); i++) {
      if (n.def().isValueInput(i, n.inputs().size())
          && !foldable.contains(n.inputs().get(i).node())) {
        return true;
      }
    }
    return false;
  }
}
