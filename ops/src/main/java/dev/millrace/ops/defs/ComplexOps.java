package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;

/** Complex numbers: made of real ones, taken apart, and conjugated. */
final class ComplexOps {
  private static final String FROM = "T: {complex64, complex128} = DT_COMPLEX64";
  private static final String TO_REAL = "Tout: {float, double} = DT_FLOAT";

  private ComplexOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("Complex")
            .inputs("real: T", "imag: T")
            .outputs("out: Tout")
            .attrs("T: {float, double} = DT_FLOAT", "Tout: {complex64, complex128} = DT_COMPLEX64")
            .shape(Shapes::broadcast));
    for (String op : new String[] {"Real", "Imag", "Angle"}) {
      r.add(
          OpDef.named(op)
              .inputs("input: T")
              .outputs("output: Tout")
              .attrs(FROM, TO_REAL)
              .shape(Shapes::unchanged));
    }
    r.add(
        OpDef.named("ComplexAbs")
            .inputs("x: T")
            .outputs("y: Tout")
            .attrs(FROM, TO_REAL)
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("Conj")
            .inputs("input: T")
            .outputs("output: T")
            .attrs("T: {complex64, complex128, variant} = DT_COMPLEX64")
            .shape(Shapes::unchanged));
  }
}
