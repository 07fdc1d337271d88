package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Variable;
import java.util.List;

/** What a {@code VarHandleOp} in a plan stands for. */
final class VariableHandles {
  private VariableHandles() {}

  static boolean isHandle(PlanNode n) {
    return n.isOp() && n.type().equals("VarHandleOp");
  }

  /** Equal for handles of one resource, passed on by identities, into loops and so on, or not. */
  static Object key(Edge handle) {
    Edge source = handle;
    while (ControlTypes.passesOn(source.node())) {
      source = source.node().inputs().get(0);
    }
    PlanNode n = source.node();
    return isHandle(n) ? List.of(n.attrs().getString("container"), sharedName(n)) : source;
  }

  /** The variable in that session's state. */
  static Variable variable(PlanNode handle, SessionState state) {
    Attrs a = handle.attrs();
    return state.variable(
        a.getString("container"), sharedName(handle), a.getType("dtype"), a.getShape("shape"));
  }

  /** Whether the variable keeps its memory for life, so that plans may bind to it. */
  static boolean hasFixedMemory(PlanNode handle) {
    DataType t = handle.attrs().getType("dtype");
    Shape s = handle.attrs().getShape("shape");
    return t.isDense() && s.isFullyDefined();
  }

  private static String sharedName(PlanNode n) {
    String shared = n.attrs().getString("shared_name");
    return shared.isEmpty() ? n.name() : shared;
  }
}
