package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.broadcasting;

import dev.millrace.ops.Tensor;
import java.util.List;

/** Gradients of special functions, and of what counts and handles bits, where there are none. */
final class SpecialGradients {
  private static final String ORDER = "TensorFlow gives none by it";

  private SpecialGradients() {}

  static void register(GradientRegistry r) {
    gamma(r);
    zeta(r);
    r.add("Betainc", SpecialGradients::betainc);
    for (String op :
        new String[] {
          "Invert",
          "PopulationCount",
          "BitwiseAnd",
          "BitwiseOr",
          "BitwiseXor",
          "LeftShift",
          "RightShift"
        }) {
      r.notDifferentiable(op, "it is of integers");
    }
    for (String op :
        new String[] {
          "HistogramFixedWidth", "Bucketize", "LowerBound", "UpperBound", "UnravelIndex"
        }) {
      r.notDifferentiable(op, "its results are counts or indices");
    }
    r.undefined("Bincount", "TensorFlow gives none by the weights; use unsortedSegmentSum");
    r.undefined("ListDiff", "TensorFlow gives none; gather the elements by their indices instead");
  }

  private static void gamma(GradientRegistry r) {
    r.add(
        "Igamma",
        broadcasting(
            (c, g) -> g.mul(Build.op(c.tf(), "IgammaGradA", c.x(), c.y())),
            (c, g) -> g.mul(density(c.x(), c.y()))));
    r.add(
        "Igammac",
        broadcasting(
            (c, g) -> g.mul(Build.op(c.tf(), "IgammaGradA", c.x(), c.y())).neg(),
            (c, g) -> g.mul(density(c.x(), c.y())).neg()));
    r.undefined("IgammaGradA", "no second derivative by the shape is known here");
  }

  /** {@code x^(a-1) e^-x / gamma(a)}. */
  private static Tensor density(Tensor a, Tensor x) {
    return a.sub(1).mul(x.log()).sub(x).sub(a.lgamma()).exp();
  }

  private static void zeta(GradientRegistry r) {
    r.add(
        "Zeta",
        partly((c, g) -> g.mul(c.x().neg()).mul(Build.op(c.tf(), "Zeta", c.x().add(1), c.y()))));
    r.add("Polygamma", partly((c, g) -> g.mul(Build.op(c.tf(), "Polygamma", c.x().add(1), c.y()))));
    r.add(
        "Digamma",
        Rules.of((c, g) -> g.mul(Build.op(c.tf(), "Polygamma", c.x().onesLike(), c.x()))));
  }

  /** The first input has a derivative that is not known. */
  private static GradientFunction partly(Rules.Rule second) {
    GradientFunction f =
        c ->
            List.of(
                Gradient.undefined(ORDER),
                c.needs(1) ? Gradient.of(second.apply(c, c.grad())) : Gradient.disconnected());
    return f.broadcasting();
  }

  /** By x it is the density of the beta distribution; scalars stand for all. */
  private static List<Gradient> betainc(GradientContext c) {
    Gradient byX = Gradient.disconnected();
    if (c.needs(2)) {
      Tensor a = c.input(0);
      Tensor b = c.input(1);
      Tensor x = c.input(2);
      Tensor logBeta = a.lgamma().add(b.lgamma()).sub(a.add(b).lgamma());
      Tensor logPowers = a.sub(1).mul(x.log()).add(b.sub(1).mul(x.neg().log1p()));
      byX = Gradient.of(c.sumTo(c.grad().mul(logPowers.sub(logBeta).exp()), x));
    }
    return List.of(Gradient.undefined(ORDER), Gradient.undefined(ORDER), byX);
  }
}
