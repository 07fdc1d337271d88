package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;

/** Operations that the program's own functions compute. */
final class ForeignOps {
  private ForeignOps() {}

  static void register(OpRegistry r) {
    r.add(function("PyFunc").stateful().build());
    r.add(function("PyFuncStateless").build());
  }

  private static OpDef.Builder function(String type) {
    return OpDef.named(type)
        .inputs("input: Tin")
        .outputs("output: Tout")
        .attrs("token: string", "Tin: list(type) >= 0", "Tout: list(type) >= 0")
        .stateShape()
        .shape(Shapes::none);
  }
}
