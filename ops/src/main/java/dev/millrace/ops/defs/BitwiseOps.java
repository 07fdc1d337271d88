package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;

/** Integers as rows of bits. */
final class BitwiseOps {
  private static final String TYPES =
      "T: {int8, int16, int32, int64, uint8, uint16, uint32, uint64}";

  private BitwiseOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("Invert").inputs("x: T").outputs("y: T").attrs(TYPES).shape(Shapes::unchanged));
    r.add(
        OpDef.named("PopulationCount")
            .inputs("x: T")
            .outputs("y: uint8")
            .attrs(TYPES)
            .shape(Shapes::unchanged));
    for (String op : new String[] {"BitwiseAnd", "BitwiseOr", "BitwiseXor"}) {
      r.add(binary(op).commutative());
    }
    r.add(binary("LeftShift"));
    r.add(binary("RightShift"));
  }

  private static OpDef.Builder binary(String op) {
    return OpDef.named(op)
        .inputs("x: T", "y: T")
        .outputs("z: T")
        .attrs(TYPES)
        .shape(Shapes::broadcast);
  }
}
