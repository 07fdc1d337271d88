package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.broadcasting;
import static dev.millrace.autodiff.Rules.conj;

import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Gradients of element-wise operations of several operands. The rules give them in the output's
 * shape; the driver sums over what was broadcast.
 */
final class BinaryGradients {
  private BinaryGradients() {}

  static void register(GradientRegistry r) {
    arithmetic(r);
    zeroSafe(r);
    choices(r);
    sums(r);
    cuts(r);
  }

  private static void arithmetic(GradientRegistry r) {
    for (String add : new String[] {"Add", "AddV2"}) {
      r.add(add, broadcasting((c, g) -> g, (c, g) -> g));
    }
    r.add("Sub", broadcasting((c, g) -> g, (c, g) -> g.neg()));
    r.add("Mul", broadcasting((c, g) -> g.mul(conj(c.y())), (c, g) -> g.mul(conj(c.x()))));
    for (String div : new String[] {"Div", "RealDiv"}) {
      r.add(
          div,
          broadcasting(
              (c, g) -> g.div(conj(c.y())),
              (c, g) -> g.mul(conj(c.x()).neg().div(conj(c.y())).div(conj(c.y())))));
    }
    r.add(
        "SquaredDifference",
        broadcasting(
            (c, g) -> g.mul(2).mul(c.x().sub(c.y())), (c, g) -> g.mul(-2).mul(c.x().sub(c.y()))));
    r.add("Pow", broadcasting(BinaryGradients::powBase, BinaryGradients::powExponent));
    // x - y floor(x / y), of which the quotient is constant between its steps.
    r.add("FloorMod", broadcasting((c, g) -> g, (c, g) -> g.mul(c.x().floorDiv(c.y()).neg())));
    // x - y trunc(x / y)
    for (String mod : new String[] {"Mod", "TruncateMod"}) {
      r.add(
          mod,
          broadcasting((c, g) -> g, (c, g) -> g.mul(c.x().sub(c.out()).div(c.y()).rint()).neg()));
    }
    // The step to the next number is as good as none.
    r.add("NextAfter", broadcasting((c, g) -> g, (c, g) -> g.zerosLike()));
    // Input 0 is the ordinate.
    r.add(
        "Atan2",
        broadcasting(
            (c, g) -> c.y().mul(g.div(norm2(c))), (c, g) -> c.x().neg().mul(g.div(norm2(c)))));
  }

  private static Tensor norm2(GradientContext c) {
    return c.x().square().add(c.y().square());
  }

  private static Tensor powBase(GradientContext c, Tensor g) {
    Tensor x = conj(c.x());
    Tensor y = conj(c.y());
    return g.mul(y).mul(x.pow(y.sub(1)));
  }

  /** {@code g · x^y · log x}, taken as 0 where the logarithm does not exist. */
  private static Tensor powExponent(GradientContext c, Tensor g) {
    Tensor x = conj(c.x());
    Tensor safe = x.dtype().isComplex() ? x.notEqual(0) : x.greater(0);
    Tensor log = c.tf().select(safe, c.tf().select(safe, x, x.onesLike()).log(), x.zerosLike());
    return g.mul(conj(c.out())).mul(log);
  }

  /** Operations that give 0 where the plain formula would be no number. */
  private static void zeroSafe(GradientRegistry r) {
    r.add(
        "DivNoNan",
        broadcasting(
            (c, g) -> divNoNan(g, conj(c.y())),
            (c, g) -> g.mul(divNoNan(divNoNan(conj(c.x()).neg(), conj(c.y())), conj(c.y())))));
    // x y, or 0 where y is 0
    r.add(
        "MulNoNan",
        broadcasting(
            (c, g) -> Build.op(c.tf(), "MulNoNan", g, c.y()),
            (c, g) -> Build.op(c.tf(), "MulNoNan", c.x(), g)));
    // x log y, or 0 where x is 0
    r.add(
        "Xlogy",
        broadcasting(
            (c, g) -> g.mul(Build.op(c.tf(), "Xlogy", notZero(conj(c.x())), conj(c.y()))),
            (c, g) -> g.mul(Build.op(c.tf(), "Xdivy", conj(c.x()), conj(c.y())))));
    // x / y, or 0 where x is 0
    r.add(
        "Xdivy",
        broadcasting(
            (c, g) -> g.mul(Build.op(c.tf(), "Xdivy", notZero(conj(c.x())), conj(c.y()))),
            (c, g) -> g.mul(Build.op(c.tf(), "Xdivy", conj(c.x()).neg(), conj(c.y()).square()))));
  }

  private static Tensor divNoNan(Tensor a, Tensor b) {
    return Build.op(a.ops(), "DivNoNan", a, b);
  }

  /** 1 where {@code x} is not 0, else 0. */
  private static Tensor notZero(Tensor x) {
    return x.notEqual(0).cast(x.dtype());
  }

  private static void choices(GradientRegistry r) {
    // Where the operands are equal, the first one gets all.
    r.add(
        "Maximum",
        broadcasting(
            (c, g) -> where(c.x().greaterEqual(c.y()), g),
            (c, g) -> unless(c.x().greaterEqual(c.y()), g)));
    r.add(
        "Minimum",
        broadcasting(
            (c, g) -> where(c.x().lessEqual(c.y()), g),
            (c, g) -> unless(c.x().lessEqual(c.y()), g)));
    // Its condition is a vector of rows or of the operands' shape, and so fits the gradient's.
    r.add(
        "Select", Rules.of(Rules.NONE, (c, g) -> select(c.x(), g), (c, g) -> selectNot(c.x(), g)));
    r.add(
        "SelectV2",
        Rules.of(Rules.NONE, (c, g) -> where(c.x(), g), (c, g) -> unless(c.x(), g)).broadcasting());
    r.add("ClipByValue", BinaryGradients::clip);
  }

  private static List<Gradient> clip(GradientContext c) {
    Tensor g = c.grad();
    Tensor x = c.input(0);
    Tensor low = x.less(c.input(1));
    Tensor high = x.greater(c.input(2));
    return List.of(
        c.needs(0) ? Gradient.of(unless(low.logicalOr(high), g)) : Gradient.disconnected(),
        c.needs(1) ? Gradient.of(c.sumTo(where(low, g), c.input(1))) : Gradient.disconnected(),
        c.needs(2) ? Gradient.of(c.sumTo(where(high, g), c.input(2))) : Gradient.disconnected());
  }

  private static Tensor select(Tensor condition, Tensor g) {
    return Build.op(g.ops(), "Select", condition, g, g.zerosLike());
  }

  private static Tensor selectNot(Tensor condition, Tensor g) {
    return Build.op(g.ops(), "Select", condition, g.zerosLike(), g);
  }

  private static Tensor where(Tensor condition, Tensor g) {
    return Build.op(g.ops(), "SelectV2", condition, g, zero(g));
  }

  private static Tensor unless(Tensor condition, Tensor g) {
    return Build.op(g.ops(), "SelectV2", condition, zero(g), g);
  }

  /** A scalar: it broadcasts. */
  private static Tensor zero(Tensor g) {
    return g.ops().constant(0, g.dtype());
  }

  private static void sums(GradientRegistry r) {
    r.add("AddN", Rules::passOn);
    r.add("AccumulateNV2", Rules::passOn);
  }

  private static void cuts(GradientRegistry r) {
    for (String div : new String[] {"FloorDiv", "TruncateDiv"}) {
      r.notDifferentiable(div, "it is constant between its steps");
    }
    String[] comparisons = {
      "Less",
      "LessEqual",
      "Greater",
      "GreaterEqual",
      "Equal",
      "NotEqual",
      "ApproximateEqual",
      "LogicalAnd",
      "LogicalOr"
    };
    for (String comparison : comparisons) {
      r.notDifferentiable(comparison, "its result is boolean");
    }
  }
}
