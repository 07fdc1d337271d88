package dev.millrace.session.plan;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * For each node of a sorted graph the nodes before it that may have to wait, and whether some come
 * after it. What must not be held up by a wait must not be put behind it.
 */
final class WaitSets {
  private static final BitSet NONE = new BitSet();

  private final Map<PlanNode, BitSet> before = new HashMap<>();
  private final Map<PlanNode, Integer> numbers = new HashMap<>();
  private final Set<PlanNode> leading = new HashSet<>();
  private final Map<PlanNode, Set<PlanNode>> successors;
  private final Map<PlanNode, Set<PlanNode>> predecessors = new HashMap<>();

  /**
   * @param successors of the nodes of {@code g}; followed when an edge is added
   */
  WaitSets(PlanGraph g, Map<PlanNode, Set<PlanNode>> successors) {
    this.successors = successors;
    for (PlanNode n : g.nodes()) {
      if (n.mayWait()) {
        numbers.put(n, numbers.size());
      }
    }
    if (isEmpty()) {
      return;
    }
    successors.forEach(
        (n, after) ->
            after.forEach(a -> predecessors.computeIfAbsent(a, k -> new LinkedHashSet<>()).add(n)));
    for (PlanNode w : numbers.keySet()) {
      leading.addAll(reached(w, predecessors));
      for (PlanNode a : reached(w, successors)) {
        before.computeIfAbsent(a, k -> new BitSet()).set(numbers.get(w));
      }
    }
  }

  private static Set<PlanNode> reached(PlanNode from, Map<PlanNode, Set<PlanNode>> edges) {
    Set<PlanNode> seen = new HashSet<>();
    ArrayDeque<PlanNode> todo = new ArrayDeque<>(edges.getOrDefault(from, Set.of()));
    while (!todo.isEmpty()) {
      PlanNode n = todo.pop();
      if (seen.add(n)) {
        edges.getOrDefault(n, Set.of()).forEach(todo::push);
      }
    }
    return seen;
  }

  /** Whether nothing may have to wait. */
  boolean isEmpty() {
    return numbers.isEmpty();
  }

  /** The waits before a node, as numbers; not to be written to. */
  BitSet before(PlanNode n) {
    return before.getOrDefault(n, NONE);
  }

  private BitSet upTo(PlanNode n) {
    Integer own = numbers.get(n);
    if (own == null) {
      return before(n);
    }
    BitSet b = (BitSet) before(n).clone();
    b.set(own);
    return b;
  }

  /**
   * Whether {@code to} may be put after {@code from} though the graph does not ask for it: where
   * that puts it behind no further wait, or no wait could depend on it.
   */
  boolean allows(PlanNode from, PlanNode to) {
    if (isEmpty()) {
      return true;
    }
    BitSet more = (BitSet) upTo(from).clone();
    more.andNot(before(to));
    return more.isEmpty() || !(numbers.containsKey(to) || leading.contains(to));
  }

  /** Says that {@code to} has been put after {@code from}. */
  void added(PlanNode from, PlanNode to) {
    if (isEmpty()) {
      return;
    }
    BitSet more = upTo(from);
    if (!more.isEmpty()) {
      before.computeIfAbsent(to, k -> new BitSet()).or(more);
      for (PlanNode n : reached(to, successors)) {
        before.computeIfAbsent(n, k -> new BitSet()).or(more);
      }
    }
    predecessors.computeIfAbsent(to, k -> new LinkedHashSet<>()).add(from);
    if (numbers.containsKey(to) || leading.contains(to)) {
      leading.add(from);
      leading.addAll(reached(from, predecessors));
    }
  }
}
