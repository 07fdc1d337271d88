package dev.millrace.session.plan;

import dev.millrace.graph.InvalidArgumentException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The loop frames of a sorted plan graph: which nodes lie in which. An {@code Enter} lies outside
 * of the frame that it leads into, an {@code Exit} inside of the one that it leads out of.
 */
final class Frames {
  /** A frame: the whole graph, or a loop in it. */
  static final class Frame {
    private final Frame parent;
    private final String name;
    private final int depth;
    private final List<PlanNode> enters = new ArrayList<>();
    private final List<PlanNode> nodes = new ArrayList<>();

    private Frame(Frame parent, String name) {
      this.parent = parent;
      this.name = name;
      this.depth = parent == null ? 0 : parent.depth + 1;
    }

    /** The frame around this one; null for the whole graph. */
    Frame parent() {
      return parent;
    }

    String name() {
      return name;
    }

    /** How many frames there are around this one. */
    int depth() {
      return depth;
    }

    /** The nodes that lead into this frame. */
    List<PlanNode> enters() {
      return enters;
    }

    /** The nodes that lie in this frame itself, in their order. */
    List<PlanNode> nodes() {
      return nodes;
    }

    @Override
    public String toString() {
      return parent == null ? "the graph" : "loop '" + name + "'";
    }
  }

  private final Frame root = new Frame(null, "");
  private final Map<PlanNode, Frame> of = new HashMap<>();
  private final Map<PlanNode, Frame> leads = new HashMap<>(); // where outputs lie elsewhere
  private final List<Frame> all = new ArrayList<>(List.of(root));

  /**
   * Finds the frames.
   *
   * @throws InvalidArgumentException if a node takes values from several frames
   */
  Frames(PlanGraph g) {
    Map<List<Object>, Frame> children = new HashMap<>();
    for (PlanNode n : g.nodes()) {
      Frame f = frameOf(n);
      of.put(n, f);
      f.nodes.add(n);
      if (ControlTypes.isEnter(n)) {
        String name = n.attrs().getString("frame_name");
        Frame child =
            children.computeIfAbsent(
                List.of(f, name),
                k -> {
                  all.add(new Frame(f, name));
                  return all.get(all.size() - 1);
                });
        child.enters.add(n);
        leads.put(n, child);
      } else if (ControlTypes.isExit(n)) {
        if (f == root) {
          throw new InvalidArgumentException("the node leaves a loop, but lies in none")
              .at(n.origin());
        }
        leads.put(n, f.parent);
      }
    }
    for (Edge e : g.fetches()) {
      if (outputFrame(e.node()) != root) {
        throw new InvalidArgumentException(
                "'"
                    + e
                    + "' cannot be fetched: it lies inside of "
                    + outputFrame(e.node())
                    + " and has a value in each iteration; fetch what the loop returns")
            .at(e.node().origin());
      }
    }
  }

  private Frame frameOf(PlanNode n) {
    Frame f = null;
    PlanNode from = null;
    for (Edge e : n.inputs()) {
      if (!ControlTypes.isBackEdge(e, n)) {
        f = same(f, from, n, e.node());
        from = e.node();
      }
    }
    for (PlanNode c : n.controlInputs()) {
      f = same(f, from, n, c);
      from = c;
    }
    return f == null ? root : f;
  }

  private Frame same(Frame f, PlanNode from, PlanNode n, PlanNode source) {
    Frame g = outputFrame(source);
    if (f != null && f != g) {
      throw new InvalidArgumentException(
              "the node takes '"
                  + from.name()
                  + "' from "
                  + f
                  + " and '"
                  + source.name()
                  + "' from "
                  + g
                  + "; what a loop uses must enter it, and what it gives must exit")
          .at(n.origin());
    }
    return g;
  }

  /** The frame in which the node lies. */
  Frame of(PlanNode n) {
    return of.get(n);
  }

  /** The frame in which the node's outputs lie. */
  Frame outputFrame(PlanNode n) {
    Frame f = leads.get(n);
    return f != null ? f : of.get(n);
  }

  /** Says that one node, which lies in {@code f}, has taken the place of others. */
  void replace(Set<PlanNode> gone, PlanNode by, Frame f) {
    for (PlanNode n : gone) {
      of.remove(n);
      leads.remove(n);
    }
    for (Frame each : all) {
      each.nodes.removeAll(gone);
    }
    of.put(by, f);
    f.nodes.add(by);
  }

  Frame root() {
    return root;
  }

  /** All frames, each after the one around it. */
  List<Frame> all() {
    return all;
  }
}
