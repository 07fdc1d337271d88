package dev.millrace.session.plan;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets nodes that wait for an identity wait for what the identity waits for, and for nothing where
 * it only passes on a feed or a constant: in loops and branches written by TensorFlow, every
 * constant waits so.
 */
final class BypassControls implements Pass {
  private static final int MOST_HANDED_ON = 2;

  @Override
  public void run(PlanGraph g) {
    for (PlanNode n : g.nodes()) { // in order, so that what n waits for waits for no identity
      for (PlanNode c : List.copyOf(n.controlInputs())) {
        Set<PlanNode> instead = behind(c);
        if (instead != null) {
          n.controlInputs().remove(c);
          n.controlInputs().addAll(instead);
        }
      }
    }
  }

  /** What waiting for {@code c} comes down to; null where it is worth waiting for. */
  private static Set<PlanNode> behind(PlanNode c) {
    Set<PlanNode> waits = new LinkedHashSet<>(c.controlInputs());
    if (RemoveIdentities.isIdentity(c)) {
      for (Edge e : c.inputs()) {
        PlanNode from = e.node();
        Set<PlanNode> further = behind(from);
        if (further == null) {
          waits.add(from);
        } else {
          waits.addAll(further);
        }
      }
      return waits;
    }
    boolean passive =
        c.isFeed()
            || c.isConstant()
            || VariableHandles.isHandle(c)
            || (c.isOp() && c.type().equals("Const"))
            || (c.isOp() && c.type().equals("NoOp") && waits.size() <= MOST_HANDED_ON);
    return passive ? waits : null;
  }
}
