package dev.millrace.session.plan;

/** Tells the op types of TensorFlow 1's control flow, and those of references to variables. */
final class ControlTypes {
  private ControlTypes() {}

  static boolean isSwitch(PlanNode n) {
    return is(n, "Switch");
  }

  static boolean isMerge(PlanNode n) {
    return is(n, "Merge");
  }

  static boolean isEnter(PlanNode n) {
    return is(n, "Enter");
  }

  static boolean isExit(PlanNode n) {
    return is(n, "Exit");
  }

  static boolean isNextIteration(PlanNode n) {
    return is(n, "NextIteration");
  }

  static boolean isLoopCond(PlanNode n) {
    return n.isOp() && n.type().equals("LoopCond");
  }

  static boolean isControlTrigger(PlanNode n) {
    return n.isOp() && n.type().equals("ControlTrigger");
  }

  /** Whether the node's outputs are its first input, as far as they have a value. */
  static boolean passesOn(PlanNode n) {
    return isSwitch(n)
        || isEnter(n)
        || isExit(n)
        || isNextIteration(n)
        || (n.isOp() && n.type().equals("Identity"));
  }

  /** What identities pass on. */
  static Edge source(Edge e) {
    Edge source = e;
    while (source.node().isOp() && source.node().type().equals("Identity")) {
      source = source.node().inputs().get(0);
    }
    return source;
  }

  /** Whether the value comes back from the end of a loop's body. */
  static boolean isBackEdge(Edge e, PlanNode to) {
    return isNextIteration(e.node()) && isMerge(to);
  }

  /** Whether some nodes run only on some sides of a choice, or more than once. */
  static boolean any(PlanGraph g) {
    for (PlanNode n : g.nodes()) {
      if (isSwitch(n) || isMerge(n) || isEnter(n) || isExit(n) || isNextIteration(n)) {
        return true;
      }
    }
    return false;
  }

  private static boolean is(PlanNode n, String type) {
    return n.isOp()
        && n.type().endsWith(type)
        && (n.type().length() == type.length() || n.type().equals("Ref" + type));
  }
}
