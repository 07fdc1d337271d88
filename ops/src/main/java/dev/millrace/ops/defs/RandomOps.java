package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.ShapeContext;

/** Random numbers; new ones whenever the op runs. */
final class RandomOps {
  private RandomOps() {}

  static void register(OpRegistry r) {
    for (String op : new String[] {"RandomUniform", "RandomStandardNormal", "TruncatedNormal"}) {
      r.add(
          OpDef.named(op)
              .inputs("shape: T")
              .outputs("output: dtype")
              .attrs(
                  "seed: int = 0",
                  "seed2: int = 0",
                  "dtype: {half, bfloat16, float, double}",
                  "T: {int32, int64}")
              .stateful()
              .valueInputs(0)
              .shape(Shapes::spelled));
    }
    r.add(
        OpDef.named("RandomUniformInt")
            .inputs("shape: T", "minval: Tout", "maxval: Tout")
            .outputs("output: Tout")
            .attrs("seed: int = 0", "seed2: int = 0", "Tout: {int32, int64}", "T: {int32, int64}")
            .stateful()
            .valueInputs(0)
            .shape(RandomOps::uniformIntShape));
  }

  private static void uniformIntShape(ShapeContext c) {
    Shapes.requireScalar(c, 1, "minval");
    Shapes.requireScalar(c, 2, "maxval");
    Shapes.spelled(c);
  }
}
