package dev.millrace.session.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Under which conditions the nodes of a sorted graph without loops run: what every predicate must
 * be on the way to them.
 */
final class Conditions {
  /** That a predicate is true (1) or false (0). */
  record Term(Edge predicate, int side) {}

  private final Map<PlanNode, Integer> position = new HashMap<>();
  private final Map<PlanNode, List<Term>> of = new HashMap<>();
  private final Map<PlanNode, Edge> mergedBy = new HashMap<>();
  private final Map<Edge, List<Term>> ofEdge = new HashMap<>(); // where it is not the node's
  private final Map<Edge, Edge> now = new HashMap<>();

  /**
   * @param given the conditions of feeds that have some, and of nodes that do not inherit theirs
   */
  Conditions(PlanGraph g, Map<PlanNode, List<Term>> given) throws CannotRaise {
    for (PlanNode n : g.nodes()) {
      position.put(n, position.size());
    }
    for (PlanNode n : g.nodes()) {
      of.put(
          n,
          ControlTypes.isMerge(n)
              ? merged(n)
              : given.containsKey(n) ? known(given.get(n)) : inherited(n));
      if (ControlTypes.isSwitch(n)) {
        for (int side = 0; side < 2; side++) {
          List<Term> all = new ArrayList<>(of.get(n));
          all.add(new Term(predicate(n), side));
          ofEdge.put(new Edge(n, side), sorted(all));
        }
      }
    }
  }

  /**
   * The terms whose predicates are in the graph. Those of others have become parts of branches, as
   * has what uses such a feed.
   */
  private List<Term> known(List<Term> terms) {
    return sorted(terms.stream().filter(t -> position.containsKey(t.predicate().node())).toList());
  }

  /** The conditions of a node, those of predicates that are computed first coming first. */
  List<Term> of(PlanNode n) {
    return of.get(n);
  }

  /** The conditions under which an output has a value. */
  List<Term> of(Edge e) {
    List<Term> own = ofEdge.get(e);
    return own != null ? own : of.get(e.node());
  }

  /** Says that {@code after} has taken the place of {@code before}. */
  void move(Edge before, Edge after) {
    ofEdge.put(after, of(before));
    now.put(before, after);
  }

  /** What has taken the place of an edge; itself where nothing has. */
  Edge now(Edge e) {
    return now.getOrDefault(e, e);
  }

  /** The predicate of whose two sides a merge takes what is alive. */
  Edge mergedBy(PlanNode merge) {
    return mergedBy.get(merge);
  }

  /** The predicate that a switch goes by, itself not passed through any other switch. */
  static Edge predicate(PlanNode n) {
    Edge e = ControlTypes.source(n.inputs().get(1));
    while (ControlTypes.isSwitch(e.node())) {
      e = ControlTypes.source(e.node().inputs().get(0));
    }
    return e;
  }

  /** When predicates are computed tells which choice lies in which. */
  int position(Edge predicate) {
    return position.get(predicate.node());
  }

  private List<Term> sorted(List<Term> terms) {
    List<Term> r = new ArrayList<>(terms);
    r.sort(
        Comparator.comparingInt((Term t) -> position(t.predicate()))
            .thenComparingInt(t -> t.predicate().index()));
    return r;
  }

  private List<Term> inherited(PlanNode n) throws CannotRaise {
    List<Term> all = new ArrayList<>();
    for (Edge e : n.inputs()) {
      addAll(all, of(e), n);
    }
    for (PlanNode c : n.controlInputs()) {
      addAll(all, of(c), n);
    }
    return sorted(all);
  }

  private static void addAll(List<Term> to, List<Term> more, PlanNode n) throws CannotRaise {
    for (Term t : more) {
      if (to.contains(new Term(t.predicate(), 1 - t.side()))) {
        throw new CannotRaise("'" + n.name() + "' depends on both sides of a choice");
      }
      if (!to.contains(t)) {
        to.add(t);
      }
    }
  }

  private List<Term> merged(PlanNode n) throws CannotRaise {
    if (n.inputs().size() == 2) {
      List<Term> a = of(n.inputs().get(0));
      List<Term> b = of(n.inputs().get(1));
      List<Term> common = new ArrayList<>(a);
      common.retainAll(b);
      List<Term> onlyA = new ArrayList<>(a);
      onlyA.removeAll(common);
      List<Term> onlyB = new ArrayList<>(b);
      onlyB.removeAll(common);
      if (onlyA.size() == 1
          && onlyB.size() == 1
          && onlyA.get(0).predicate().equals(onlyB.get(0).predicate())) {
        mergedBy.put(n, onlyA.get(0).predicate());
        return common;
      }
    }
    throw new CannotRaise("'" + n.name() + "' does not merge the two sides of one choice");
  }
}
