package dev.millrace.session.plan;

import dev.millrace.session.plan.Frames.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Orders the reads and writes of each variable in a graph with frames and dead values, as {@link
 * OrderVariableAccess} does elsewhere: those that the graph leaves unordered go in the order of
 * creation. A loop counts as one access where its other side lies outside. The order is one of
 * order inputs, which dead nodes do not break.
 */
final class OrderAcrossFrames {
  private final Frames frames;
  private final Map<PlanNode, Set<PlanNode>> successors;
  private final Map<Frame, Set<PlanNode>> after = new HashMap<>();

  private OrderAcrossFrames(PlanGraph g, Frames frames) {
    this.frames = frames;
    this.successors = g.successors();
  }

  /**
   * Adds order inputs to the nodes of {@code g}.
   *
   * @return the nodes that come after the whole of a loop, by its frame
   */
  static Map<Frame, Set<PlanNode>> run(PlanGraph g, Frames frames) {
    OrderAcrossFrames o = new OrderAcrossFrames(g, frames);
    for (VariableAccess.Accesses a : VariableAccess.written(g)) {
      List<PlanNode> all = new ArrayList<>(a.reads());
      all.addAll(a.writes());
      all.sort(Comparator.comparingInt(PlanNode::id));
      Set<PlanNode> writes = new HashSet<>(a.writes());
      for (int later = 1; later < all.size(); later++) {
        for (int earlier = 0; earlier < later; earlier++) {
          if (writes.contains(all.get(earlier)) || writes.contains(all.get(later))) {
            o.order(all.get(earlier), all.get(later));
          }
        }
      }
    }
    return o.after;
  }

  private void order(PlanNode a, PlanNode b) {
    Frame common = frames.of(a);
    Frame other = frames.of(b);
    while (common != other) {
      if (common.depth() >= other.depth()) {
        common = common.parent();
      } else {
        other = other.parent();
      }
    }
    Object first = in(common, a);
    Object second = in(common, b);
    if (first == second || reaches(common, second, first)) {
      return;
    }
    List<PlanNode> waiting = second instanceof Frame f ? f.enters() : List.of((PlanNode) second);
    for (PlanNode w : waiting) {
      if (first instanceof Frame f) {
        after.computeIfAbsent(f, k -> new LinkedHashSet<>()).add(w);
      } else if (w.orderInputs().add((PlanNode) first)) {
        successors.computeIfAbsent((PlanNode) first, k -> new LinkedHashSet<>()).add(w);
      }
    }
  }

  /** What stands for a node in a frame: itself, or the loop in that frame in which it lies. */
  private Object in(Frame common, PlanNode n) {
    Frame f = frames.of(n);
    if (f == common) {
      return n;
    }
    while (f.parent() != common) {
      f = f.parent();
    }
    return f;
  }

  /** Whether one thing in a frame comes before another already; loops in it count as a whole. */
  private boolean reaches(Frame common, Object from, Object to) {
    Set<Object> seen = new HashSet<>();
    ArrayDeque<Object> todo = new ArrayDeque<>(List.of(from));
    while (!todo.isEmpty()) {
      Object x = todo.pop();
      if (!seen.add(x)) {
        continue;
      }
      if (x == to) {
        return true;
      }
      if (x instanceof Frame f) {
        for (PlanNode n : f.nodes()) {
          if (ControlTypes.isExit(n)) {
            todo.addAll(successors.getOrDefault(n, Set.of()));
          }
        }
        todo.addAll(after.getOrDefault(f, Set.of()));
      } else if (x instanceof PlanNode n && frames.of(n) == common) {
        Frame inner = frames.outputFrame(n);
        if (inner == common) {
          todo.addAll(successors.getOrDefault(n, Set.of()));
        } else if (inner.parent() == common) {
          todo.push(inner);
        }
      }
    }
    return false;
  }
}
