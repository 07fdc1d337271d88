package dev.millrace.session.plan;

import dev.millrace.session.plan.Frames.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A plan graph with frames and dead values, made ready for {@link FrameRun}: who takes what from
 * whom, and how many things each node waits for.
 */
final class FrameProgram {
  /** One node. */
  static final class Item {
    final PlanNode node;
    final Frame frame;
    final Frame outputFrame;

    /** The number among the nodes of its frame. */
    final int index;

    /** Who takes each output, and as which input. */
    final List<List<Use>> uses = new ArrayList<>();

    /** Who waits for this node to be alive and to have run. */
    final List<Item> controls = new ArrayList<>();

    /** Who waits until this node has run or turned out to be dead. */
    final List<Item> followers = new ArrayList<>();

    int dataInputs;
    int controlInputs;
    int orderInputs;

    private Item(PlanNode node, Frame frame, Frame outputFrame, int index) {
      this.node = node;
      this.frame = frame;
      this.outputFrame = outputFrame;
      this.index = index;
      for (int i = 0; i < node.numOutputs(); i++) {
        uses.add(new ArrayList<>());
      }
    }

    /** Whether nothing comes before the node. */
    boolean isFirst() {
      return dataInputs + controlInputs + orderInputs == 0;
    }
  }

  /** An output taken as input {@code input} of {@code item}. */
  record Use(Item item, int input) {}

  private final List<Item> items = new ArrayList<>();
  private final Map<Frame, Integer> sizes = new HashMap<>();
  private final Map<Frame, List<Item>> followers = new HashMap<>();
  private final Frame root;

  /**
   * @param after the nodes that come after the whole of a loop
   */
  FrameProgram(PlanGraph g, Frames frames, Map<Frame, Set<PlanNode>> after) {
    root = frames.root();
    Map<PlanNode, Item> of = new HashMap<>();
    for (PlanNode n : g.nodes()) {
      Frame f = frames.of(n);
      Item item = new Item(n, f, frames.outputFrame(n), sizes.merge(f, 1, Integer::sum) - 1);
      of.put(n, item);
      items.add(item);
    }
    for (Item item : items) {
      List<Edge> inputs = item.node.inputs();
      for (int i = 0; i < inputs.size(); i++) {
        Edge e = inputs.get(i);
        of.get(e.node()).uses.get(e.index()).add(new Use(item, i));
      }
      item.dataInputs = inputs.size();
      for (PlanNode c : item.node.controlInputs()) {
        of.get(c).controls.add(item);
        item.controlInputs++;
      }
      for (PlanNode c : item.node.orderInputs()) {
        of.get(c).followers.add(item);
        item.orderInputs++;
      }
    }
    after.forEach(
        (frame, nodes) -> {
          for (PlanNode n : nodes) {
            followers.computeIfAbsent(frame, k -> new ArrayList<>()).add(of.get(n));
            of.get(n).orderInputs++;
          }
        });
  }

  List<Item> items() {
    return items;
  }

  /** The frame of the whole graph. */
  Frame root() {
    return root;
  }

  /** How many nodes lie in a frame itself. */
  int size(Frame f) {
    return sizes.getOrDefault(f, 0);
  }

  /** Who waits until all of a loop has run. */
  List<Item> followers(Frame f) {
    return followers.getOrDefault(f, List.of());
  }
}
