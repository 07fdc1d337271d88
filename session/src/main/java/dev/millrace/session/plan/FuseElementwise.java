package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.FusibleKernel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Function;

/**
 * Groups element-wise nodes of one shape that feed each other, so that each group becomes one step.
 * Two groups are joined unless a way leads from one to the other through a node that belongs to
 * neither: that node could run neither before nor after.
 */
final class FuseElementwise {
  /** A longer program would need more blocks than the caches hold. */
  private static final int MAX_MEMBERS = 64;

  /** How many nodes a search for such a way looks at before it gives up and leaves two apart. */
  private static final int MAX_SEARCH = 400;

  /** Nodes that run as one, in order; of one node, whatever it is. */
  record Group(List<PlanNode> members) {}

  private final List<PlanNode> nodes;
  private final Function<PlanNode, List<Edge>> inputs;
  private final Map<PlanNode, Integer> position = new HashMap<>();
  private final int[] parent; // union-find by position
  private final List<List<Integer>> members = new ArrayList<>(); // of roots, by position
  private final Shape[] shapes; // of fusible nodes, by position

  private FuseElementwise(
      List<PlanNode> nodes,
      Function<PlanNode, ShapedNode> shaped,
      Function<PlanNode, List<Edge>> inputs) {
    this.nodes = nodes;
    this.inputs = inputs;
    this.parent = new int[nodes.size()];
    this.shapes = new Shape[nodes.size()];
    for (int i = 0; i < parent.length; i++) {
      position.put(nodes.get(i), i);
      parent[i] = i;
      members.add(new ArrayList<>(List.of(i)));
      ShapedNode s = shaped.apply(nodes.get(i));
      shapes[i] = kernel(s) == null ? null : s.outputShape(0);
    }
  }

  /** The kernel of a node that may be an instruction, or null. */
  static FusibleKernel kernel(ShapedNode n) {
    if (n.outputCount() != 1 || n.inputCount() == 0 || !n.isDense()) {
      return null;
    }
    FastKernel k = FastKernels.find(n);
    return k instanceof FusibleKernel f && f.isFusible(n) ? f : null;
  }

  /**
   * The groups in an order of execution.
   *
   * @param nodes in an order of execution
   * @param shaped the nodes with their shapes
   * @param inputs where the nodes take their inputs from
   */
  static List<Group> group(
      List<PlanNode> nodes,
      Function<PlanNode, ShapedNode> shaped,
      Function<PlanNode, List<Edge>> inputs) {
    FuseElementwise f = new FuseElementwise(nodes, shaped, inputs);
    for (int i = 0; i < f.parent.length; i++) {
      if (f.shapes[i] != null && f.shapes[i].numElements() > 0) {
        f.joinProducers(i);
      }
    }
    return f.ordered();
  }

  private int find(int i) {
    int r = i;
    while (parent[r] != r) {
      parent[r] = parent[parent[r]];
      r = parent[r];
    }
    return r;
  }

  private void joinProducers(int i) {
    for (Edge e : inputs.apply(nodes.get(i))) {
      Integer p = position.get(e.node());
      if (p == null || shapes[p] == null || !shapes[p].equals(shapes[i])) {
        continue;
      }
      int a = find(p);
      int b = find(i);
      if (a != b
          && members.get(a).size() + members.get(b).size() <= MAX_MEMBERS
          && !isConnectedOutside(a, b)) {
        parent[a] = b;
        members.get(b).addAll(members.get(a));
        members.set(a, List.of());
      }
    }
  }

  /** Whether a way leads from one of the two groups to one of them through others. */
  private boolean isConnectedOutside(int a, int b) {
    int first = Math.min(Collections.min(members.get(a)), Collections.min(members.get(b)));
    Set<Integer> seen = new HashSet<>();
    ArrayDeque<Integer> open = new ArrayDeque<>();
    seen.add(a);
    seen.add(b);
    for (int g : new int[] {a, b}) {
      for (int m : members.get(g)) {
        enter(m, first, seen, open);
      }
    }
    while (!open.isEmpty()) {
      if (seen.size() > MAX_SEARCH) {
        return true;
      }
      for (int m : members.get(open.poll())) {
        for (int p : producers(m)) {
          int g = find(p);
          if (g == a || g == b) {
            return true;
          }
        }
        enter(m, first, seen, open);
      }
    }
    return false;
  }

  /**
   * Queues the groups that a node waits for, but those that end before the first node looked for.
   */
  private void enter(int m, int first, Set<Integer> seen, ArrayDeque<Integer> open) {
    for (int p : producers(m)) {
      int g = find(p);
      if (!seen.contains(g) && Collections.max(members.get(g)) > first) {
        seen.add(g);
        open.add(g);
      }
    }
  }

  private List<Integer> producers(int i) {
    List<Integer> from = new ArrayList<>();
    for (Edge e : inputs.apply(nodes.get(i))) {
      Integer p = position.get(e.node());
      if (p != null) {
        from.add(p);
      }
    }
    for (PlanNode c : nodes.get(i).controlInputs()) {
      Integer p = position.get(c);
      if (p != null) {
        from.add(p);
      }
    }
    return from;
  }

  /** Each group as early as what it waits for allows, else as its last node came. */
  private List<Group> ordered() {
    int n = parent.length;
    int[] waits = new int[n];
    List<Set<Integer>> consumers = new ArrayList<>();
    int[] last = new int[n];
    for (int i = 0; i < n; i++) {
      consumers.add(new HashSet<>());
      last[find(i)] = Math.max(last[find(i)], i);
    }
    for (int i = 0; i < n; i++) {
      for (int p : producers(i)) {
        if (find(p) != find(i) && consumers.get(find(p)).add(find(i))) {
          waits[find(i)]++;
        }
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>(Comparator.comparingInt(g -> last[g]));
    for (int i = 0; i < n; i++) {
      if (find(i) == i && waits[i] == 0) {
        ready.add(i);
      }
    }
    List<Group> groups = new ArrayList<>();
    while (!ready.isEmpty()) {
      int g = ready.poll();
      groups.add(new Group(members.get(g).stream().sorted().map(nodes::get).toList()));
      for (int c : consumers.get(g)) {
        if (--waits[c] == 0) {
          ready.add(c);
        }
      }
    }
    return groups;
  }
}
