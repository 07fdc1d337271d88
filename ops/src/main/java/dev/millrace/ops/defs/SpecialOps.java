package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Special functions of two and three arguments. */
final class SpecialOps {
  private static final String TYPES = "T: {float, double}";

  private SpecialOps() {}

  static void register(OpRegistry r) {
    for (String op : new String[] {"Igamma", "Igammac", "IgammaGradA", "Polygamma"}) {
      r.add(binary(op, "a: T", "x: T"));
    }
    r.add(binary("Zeta", "x: T", "q: T"));
    r.add(
        OpDef.named("Betainc")
            .inputs("a: T", "b: T", "x: T")
            .outputs("z: T")
            .attrs(TYPES)
            .shape(SpecialOps::scalarsOrAlike));
  }

  private static OpDef.Builder binary(String op, String x, String y) {
    return OpDef.named(op).inputs(x, y).outputs("z: T").attrs(TYPES).shape(Shapes::broadcast);
  }

  /** Inputs that are not scalars have one shape. */
  private static void scalarsOrAlike(ShapeContext c) {
    Shape s = Shape.scalar();
    boolean open = false;
    for (int i = 0; i < c.inputCount(); i++) {
      Shape in = c.input(i);
      if (!in.hasRank()) {
        open = true;
      } else if (in.rank() > 0) {
        if (s.rank() > 0 && !s.isCompatibleWith(in)) {
          throw new InvalidArgumentException(
              "inputs that are no scalars must have one shape, but there are " + s + " and " + in);
        }
        s = s.rank() > 0 ? s.merge(in) : in;
      }
    }
    c.output(0, s.rank() == 0 && open ? Shape.unknown() : s);
  }
}
