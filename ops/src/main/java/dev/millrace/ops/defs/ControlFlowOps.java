package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;

/** Ops that order and check the work of others. */
final class ControlFlowOps {
  private ControlFlowOps() {}

  static void register(OpRegistry r) {
    r.add(OpDef.named("NoOp").shape(Shapes::none));
    r.add(
        OpDef.named("Assert")
            .inputs("condition: bool", "data: T")
            .attrs("T: list(type) >= 1", "summarize: int = 3")
            .stateful()
            .shape(c -> Shapes.requireScalar(c, 0, "the condition")));
  }
}
