package dev.millrace.session.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A part of a plan whose shapes follow from those of its inputs.
 *
 * @param nodes its nodes in the order of execution, constants and feeds left out
 * @param inputs the values it takes from feeds, earlier segments, branches and loops
 * @param outputs the values that are fetched or that others than this segment's nodes take
 * @param targets the nodes that must run even if no output needs them: the run's targets, and those
 *     that others than this segment's nodes wait for
 */
record Segment(
    int index, List<PlanNode> nodes, List<Edge> inputs, List<Edge> outputs, Set<PlanNode> targets) {
  /** The segments of a sorted plan graph in the order of execution. */
  static List<Segment> of(PlanGraph g) {
    int count = 1;
    for (PlanNode n : g.nodes()) {
      count = Math.max(count, n.segment() + 1);
    }
    List<List<PlanNode>> nodes = new ArrayList<>();
    List<Set<Edge>> inputs = new ArrayList<>();
    List<Set<Edge>> outputs = new ArrayList<>();
    List<Set<PlanNode>> targets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(new ArrayList<>());
      inputs.add(new LinkedHashSet<>());
      outputs.add(new LinkedHashSet<>());
      targets.add(new LinkedHashSet<>());
    }
    for (PlanNode n : g.nodes()) {
      if (!n.isOp() && !n.isStructured()) {
        continue;
      }
      boolean own = !n.isStage();
      if (own) {
        nodes.get(n.segment()).add(n);
      }
      for (PlanNode c : n.controlInputs()) {
        if (c.isOp() && !c.isStage() && (c.segment() < n.segment() || !own)) {
          targets.get(c.segment()).add(c); // needed, though nothing in its own segment may say so
        }
      }
      for (Edge e : n.inputs()) {
        PlanNode from = e.node();
        boolean before = from.isOp() && !from.isStage() && (from.segment() < n.segment() || !own);
        if (own && before && VariableHandles.isHandle(from)) {
          continue; // found again by name
        }
        if (own && (from.isFeed() || from.isStage() || before)) {
          inputs.get(n.segment()).add(e);
        }
        if (before) {
          outputs.get(from.segment()).add(e);
        }
      }
    }
    for (Edge f : g.fetches()) {
      if (f.node().isOp() && !f.node().isStage()) {
        outputs.get(f.node().segment()).add(f);
      }
    }
    for (PlanNode t : g.targets()) {
      if (t.isStage()) {
        continue;
      }
      targets.get(t.segment()).add(t);
    }
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      segments.add(
          new Segment(
              i,
              List.copyOf(nodes.get(i)),
              List.copyOf(inputs.get(i)),
              List.copyOf(outputs.get(i)),
              targets.get(i)));
    }
    return segments;
  }
}
