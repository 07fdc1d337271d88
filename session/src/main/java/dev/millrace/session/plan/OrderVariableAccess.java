package dev.millrace.session.plan;

import dev.millrace.session.plan.VariableAccess.Accesses;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Orders the reads and writes of each variable by explicit edges. Those that the graph leaves
 * unordered go in the order of creation.
 *
 * <p>A read is a snapshot, but need not copy: its consumers look at the variable's own memory, and
 * each of them runs before the next write. Only where the graph makes a consumer wait for the write
 * (or the value is fetched, which happens last) does the read copy.
 */
final class OrderVariableAccess implements Pass {
  /**
   * Ops that may give their input's memory as their output's, so that its consumers look at the
   * variable too.
   */
  static final Set<String> VIEWS =
      Set.of("Reshape", "Squeeze", "ExpandDims", "Identity", "StopGradient");

  /**
   * Writes that read each place of a value before they write it, so that the value may be the
   * variable itself.
   */
  private static final Set<String> ELEMENTWISE_WRITES =
      Set.of(
          "AssignVariableOp",
          "AssignAddVariableOp",
          "AssignSubVariableOp",
          "ResourceApplyGradientDescent");

  private final boolean readsAlwaysCopy;
  private Map<PlanNode, Set<PlanNode>> successors;
  private WaitSets waits;

  /**
   * @param readsAlwaysCopy whether only the order matters, since nothing aliases a variable
   */
  OrderVariableAccess(boolean readsAlwaysCopy) {
    this.readsAlwaysCopy = readsAlwaysCopy;
  }

  @Override
  public void run(PlanGraph g) {
    if (!readsAlwaysCopy) {
      for (PlanNode n : g.nodes()) {
        for (Body b : n.bodies()) {
          b.graph().sort();
          OrderVariableAccess inside = new OrderVariableAccess(false);
          inside.copyWhatEscapes(b.graph());
          inside.run(b.graph());
        }
      }
    }
    Collection<Accesses> accesses = VariableAccess.written(g);
    if (accesses.isEmpty()) {
      return;
    }
    successors = g.successors();
    waits = new WaitSets(g, successors);
    Set<PlanNode> fetched = new HashSet<>();
    g.fetches().forEach(f -> fetched.add(f.node()));
    for (Accesses a : accesses) {
      for (PlanNode w : a.writes()) {
        orderWrites(w, a.writes());
        readsAfter(w, a.reads());
        readsBefore(w, a.reads());
      }
    }
    // Only now, so that looking at variables in place never changes which order holds.
    if (!readsAlwaysCopy) {
      for (Accesses a : accesses) {
        for (PlanNode w : a.writes()) {
          viewersBefore(w, a.reads(), fetched);
        }
      }
    }
  }

  /** What a body gives of a variable may be in use when something outside writes the variable. */
  private void copyWhatEscapes(PlanGraph body) {
    successors = body.successors();
    Set<PlanNode> fetched = new HashSet<>();
    body.fetches().forEach(f -> fetched.add(f.node()));
    for (PlanNode n : body.nodes()) {
      if (n.isOp()
          && n.type().equals("ReadVariableOp")
          && collectViewers(n, new LinkedHashSet<>(), fetched)) {
        n.setCopiesRead();
      }
    }
  }

  private void orderWrites(PlanNode w, List<PlanNode> writes) {
    for (PlanNode earlier : writes) {
      if (earlier.id() < w.id() && !descendants(w).contains(earlier)) {
        addEdge(earlier, w);
      }
    }
  }

  private void readsAfter(PlanNode w, List<PlanNode> reads) {
    for (PlanNode r : reads) {
      if (r.id() > w.id() && !descendants(r).contains(w) && !addEdge(w, r)) {
        r.setCopiesRead();
      }
    }
  }

  private void readsBefore(PlanNode w, List<PlanNode> reads) {
    Set<PlanNode> after = descendants(w);
    for (PlanNode r : reads) {
      if (r != w && !after.contains(r) && !addEdge(r, w)) {
        r.setCopiesRead();
      }
    }
  }

  /**
   * Puts everything that looks at an earlier read's value before the write, or has the read copy.
   */
  private void viewersBefore(PlanNode w, List<PlanNode> reads, Set<PlanNode> fetched) {
    Set<PlanNode> after = descendants(w);
    for (PlanNode r : reads) {
      if (!r.type().equals("ReadVariableOp") || r.copiesRead() || after.contains(r)) {
        continue;
      }
      Set<PlanNode> viewers = new LinkedHashSet<>();
      boolean copies = collectViewers(r, viewers, fetched);
      for (PlanNode c : viewers) {
        copies |= after.contains(c) || (c == w && !ELEMENTWISE_WRITES.contains(w.type()));
        copies |= c != w && !waits.allows(c, w);
      }
      if (copies) {
        r.setCopiesRead();
      } else {
        for (PlanNode c : viewers) {
          addEdge(c, w);
        }
      }
    }
  }

  /** Adds everything that looks at the value of {@code r}; true if it is fetched. */
  private boolean collectViewers(PlanNode r, Set<PlanNode> viewers, Set<PlanNode> fetched) {
    if (fetched.contains(r)) {
      return true;
    }
    for (PlanNode s : successors.getOrDefault(r, Set.of())) {
      if (s.inputs().stream().anyMatch(e -> e.node() == r)) {
        viewers.add(s);
        boolean passesOn = s.isStructured() || VIEWS.contains(s.type());
        if (passesOn && collectViewers(s, viewers, fetched)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Puts one node after another; false where that could hold up what a wait of this run depends on,
   * so that the two stay unordered.
   */
  private boolean addEdge(PlanNode from, PlanNode to) {
    if (!waits.allows(from, to)) {
      return false;
    }
    if (from != to && to.controlInputs().add(from)) {
      successors.computeIfAbsent(from, k -> new LinkedHashSet<>()).add(to);
      waits.added(from, to);
    }
    return true;
  }

  private Set<PlanNode> descendants(PlanNode w) {
    Set<PlanNode> seen = new HashSet<>();
    ArrayDeque<PlanNode> todo = new ArrayDeque<>(successors.getOrDefault(w, Set.of()));
    while (!todo.isEmpty()) {
      PlanNode n = todo.pop();
      if (seen.add(n)) {
        successors.getOrDefault(n, Set.of()).forEach(todo::push);
      }
    }
    return seen;
  }
}
