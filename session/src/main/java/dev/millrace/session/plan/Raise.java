package dev.millrace.session.plan;

import dev.millrace.session.plan.Frames.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes loops and branches of the frames and dead values of TensorFlow 1, in a plan graph and in
 * the bodies of its nodes: the innermost loops first, then what is chosen outside of loops and in
 * them.
 */
final class Raise {
  private Raise() {}

  /**
   * Afterwards the graph has no node of {@link ControlTypes} left.
   *
   * @throws CannotRaise if it has no such form; it may then be half changed
   * @throws dev.millrace.graph.InvalidArgumentException if values cross the border of a loop
   *     otherwise than they may
   */
  static void run(PlanGraph g) throws CannotRaise {
    List<PlanNode> given = List.copyOf(g.nodes());
    if (ControlTypes.any(g)) {
      g.sort();
      Frames frames = new Frames(g);
      orderAccesses(g, frames);
      bypassTriggers(g);
      List<Frame> loops = new ArrayList<>(frames.all());
      loops.remove(frames.root());
      // Each frame stands after the one around it.
      for (int i = loops.size() - 1; i >= 0; i--) {
        new RaiseLoop(g, frames, loops.get(i)).run();
      }
      new RaiseBranches(g, Map.of()).run();
    }
    for (PlanNode n : given) {
      for (Body b : n.bodies()) {
        run(b.graph());
      }
    }
  }

  /**
   * Fixes the order of reads and writes while it can still be seen in which order nodes were made,
   * so that it decides which nodes come into one branch, and not the other way round.
   */
  private static void orderAccesses(PlanGraph g, Frames frames) {
    OrderAcrossFrames.run(g, frames)
        .forEach(
            (loop, nodes) -> {
              for (PlanNode n : nodes) {
                // One node stands for the loop that it becomes a part of.
                n.orderInputs().add(loop.nodes().get(loop.nodes().size() - 1));
              }
            });
  }

  /**
   * A control trigger runs whether or not what it waits for is dead: who waits for it only comes
   * after those.
   */
  private static void bypassTriggers(PlanGraph g) {
    List<PlanNode> triggers = new ArrayList<>();
    for (PlanNode n : g.nodes()) { // in order, so that a trigger behind one sees through it
      for (PlanNode t : triggers) {
        if (n.controlInputs().remove(t)) {
          n.orderInputs().addAll(t.controlInputs());
          n.orderInputs().addAll(t.orderInputs());
        }
      }
      if (ControlTypes.isControlTrigger(n)) {
        triggers.add(n);
      }
    }
    g.nodes().removeAll(triggers);
    g.targets().removeAll(triggers);
  }
}
