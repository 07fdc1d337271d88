package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.FusedRole;
import dev.millrace.session.kernel.FusibleKernel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Groups nodes that feed each other into programs: element-wise ones, what cuts their inputs out of
 * wider values or joins their results, and sums of results. Two groups are joined if their values
 * are made of pieces of one shape, unless a way leads from one to the other through a node that
 * belongs to neither: that node could run neither before nor after.
 */
final class FuseElementwise {
  /** How many nodes a search for such a way looks at before it gives up and leaves two apart. */
  private static final int MAX_SEARCH = 400;

  /**
   * Nodes that run as one, in order; of one node, whatever it is.
   *
   * @param candidates what the nodes are in a program; empty for one node
   * @param shape the shape of the pieces
   * @param axis along which wider values are cut, or -1
   */
  record Group(
      List<PlanNode> members, Map<PlanNode, Cluster.Candidate> candidates, Shape shape, int axis) {}

  private final List<PlanNode> nodes;
  private final Function<PlanNode, List<Edge>> inputs;
  private final Map<PlanNode, Integer> position = new HashMap<>();
  private final int[] parent; // union-find by position
  private final Cluster[] clusters; // of roots, by position
  private final Cluster.Candidate[] candidates; // by position; null for others
  private final int[][] producers; // what a node waits for, by position

  private FuseElementwise(
      List<PlanNode> nodes,
      Function<PlanNode, ShapedNode> shaped,
      Function<PlanNode, List<Edge>> inputs) {
    this.nodes = nodes;
    this.inputs = inputs;
    this.parent = new int[nodes.size()];
    this.clusters = new Cluster[nodes.size()];
    this.candidates = new Cluster.Candidate[nodes.size()];
    this.producers = new int[nodes.size()][];
    for (int i = 0; i < parent.length; i++) {
      position.put(nodes.get(i), i);
      parent[i] = i;
      candidates[i] = candidate(shaped.apply(nodes.get(i)));
      clusters[i] = Cluster.of(i, candidates[i]);
    }
    for (int i = 0; i < parent.length; i++) {
      producers[i] = producersOf(nodes.get(i));
    }
  }

  private int[] producersOf(PlanNode n) {
    return Stream.concat(inputs.apply(n).stream().map(Edge::node), n.controlInputs().stream())
        .map(position::get)
        .filter(Objects::nonNull)
        .mapToInt(Integer::intValue)
        .distinct()
        .toArray();
  }

  private static Cluster.Candidate candidate(ShapedNode n) {
    if (n.inputCount() == 0 || n.outputCount() == 0 || !n.isDense()) {
      return null;
    }
    FastKernel k = FastKernels.find(n);
    return k instanceof FusibleKernel f ? Cluster.Candidate.of(n, f) : null;
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
      if (f.candidates[i] != null && !f.isSum(i)) {
        f.joinProducers(i);
      }
    }
    // Sums join nothing, and so come when all else is done.
    for (int i = 0; i < f.parent.length; i++) {
      if (f.isSum(i)) {
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
    FusedRole role = candidates[i].role();
    List<Edge> from = inputs.apply(nodes.get(i));
    for (int k = role.first(); k < role.end(candidates[i].node()); k++) {
      Integer p = position.get(from.get(k).node());
      if (p != null && !isSum(p) && find(p) != find(i)) {
        join(find(p), find(i), i);
      }
    }
  }

  private void join(int a, int b, int i) {
    Cluster both = clusters[a].with(clusters[b]);
    if (both == null || !both.computes()) {
      return;
    }
    if (isSum(i) && (!sumFits(i, both) || isUsedIn(i, clusters[a]))) {
      return;
    }
    if (isAligned(both) && !isConnectedOutside(a, b)) {
      parent[a] = b;
      clusters[b] = both;
      clusters[a] = null;
    }
  }

  private boolean isAligned(Cluster c) {
    Set<PlanNode> members = new HashSet<>();
    c.members().forEach(m -> members.add(nodes.get(m)));
    return c.isAligned((n, k) -> inputs.apply(n).get(k).node(), members::contains);
  }

  /** Sums by columns need whole rows in a block. */
  private boolean sumFits(int i, Cluster c) {
    return candidates[i].role().axis() == candidates[i].shape().rank() || c.holdsRows();
  }

  private boolean isSum(int i) {
    return candidates[i] != null && candidates[i].is(FusedRole.Kind.REDUCE);
  }

  private boolean isUsedIn(int i, Cluster c) {
    return c.members().stream().anyMatch(m -> IntStream.of(producers[m]).anyMatch(p -> p == i));
  }

  /** Whether a way leads from one of the two groups to one of them through others. */
  private boolean isConnectedOutside(int a, int b) {
    int first = Math.min(clusters[a].first(), clusters[b].first());
    Set<Integer> seen = new HashSet<>();
    ArrayDeque<Integer> open = new ArrayDeque<>();
    seen.add(a);
    seen.add(b);
    for (int g : new int[] {a, b}) {
      for (int m : clusters[g].members()) {
        enter(m, first, seen, open);
      }
    }
    while (!open.isEmpty()) {
      if (seen.size() > MAX_SEARCH) {
        return true;
      }
      for (int m : clusters[open.poll()].members()) {
        for (int p : producers[m]) {
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
    for (int p : producers[m]) {
      int g = find(p);
      if (!seen.contains(g) && clusters[g].last() > first) {
        seen.add(g);
        open.add(g);
      }
    }
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
      for (int p : producers[i]) {
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
      groups.add(group(clusters[g]));
      for (int c : consumers.get(g)) {
        if (--waits[c] == 0) {
          ready.add(c);
        }
      }
    }
    return groups;
  }

  private Group group(Cluster c) {
    List<PlanNode> sorted = c.members().stream().sorted().map(nodes::get).toList();
    Map<PlanNode, Cluster.Candidate> roles = new HashMap<>();
    if (sorted.size() > 1) {
      sorted.forEach(n -> roles.put(n, candidates[position.get(n)]));
    }
    return new Group(sorted, roles, c.shape(), c.axis());
  }
}
