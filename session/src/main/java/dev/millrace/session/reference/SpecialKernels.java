package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.DoubleBinaryOperator;

/** Special functions of two and three arguments. */
final class SpecialKernels {
  private SpecialKernels() {}

  static void register(ReferenceKernels k) {
    binary(k, "Igamma", IncompleteGamma::p);
    binary(k, "Igammac", IncompleteGamma::q);
    binary(k, "IgammaGradA", IncompleteGamma::pByA);
    binary(k, "Zeta", ZetaFunction::zeta);
    binary(k, "Polygamma", ZetaFunction::polygamma);
    k.add("Betainc", SpecialKernels::betainc);
  }

  private static void binary(ReferenceKernels k, String type, DoubleBinaryOperator f) {
    k.add(
        type,
        c ->
            c.output(
                0,
                Elementwise.combine(
                    c.input(0), c.input(1), (x, y, round) -> f.applyAsDouble(x, y))));
  }

  private static void betainc(KernelContext c) {
    Shape s = Shape.scalar();
    for (int i = 0; i < 3; i++) {
      Shape in = c.input(i).shape();
      if (in.rank() > 0 && s.rank() > 0 && !in.equals(s)) {
        throw new InvalidArgumentException(
            "inputs that are no scalars must have one shape, but there are " + s + " and " + in);
      }
      s = in.rank() > 0 ? in : s;
    }
    Result r = new Result(c.input(0).dtype(), s);
    for (int i = 0; i < Dims.count(s); i++) {
      r.setDouble(i, IncompleteBeta.value(at(c, 0, i), at(c, 1, i), at(c, 2, i)));
    }
    c.output(0, r.value());
  }

  private static double at(KernelContext c, int input, int i) {
    TensorValue x = c.input(input);
    return x.getDouble(x.shape().rank() == 0 ? 0 : i);
  }
}
