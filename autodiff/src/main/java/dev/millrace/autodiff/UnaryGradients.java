package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.conj;

import dev.millrace.ops.Tensor;

/**
 * Gradients of element-wise functions of one argument {@code x}; {@code y} is the result. Of
 * complex functions, the gradient takes the conjugate of the derivative.
 */
final class UnaryGradients {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  private UnaryGradients() {}

  /** A formula in the gradient that came and the function's argument or result. */
  @FunctionalInterface
  private interface Formula {
    Tensor apply(Tensor g, Tensor xOrY);
  }

  private static void byArgument(GradientRegistry r, String type, Formula f) {
    r.add(type, Rules.of((c, g) -> f.apply(g, conj(c.x()))));
  }

  private static void byResult(GradientRegistry r, String type, Formula f) {
    r.add(type, Rules.of((c, g) -> f.apply(g, conj(c.out()))));
  }

  static void register(GradientRegistry r) {
    powers(r);
    trigonometry(r);
    special(r);
    steps(r);
    gradientOps(r);
  }

  private static void powers(GradientRegistry r) {
    r.add("Neg", Rules.of((c, g) -> g.neg()));
    byArgument(r, "Abs", (g, x) -> g.mul(x.sign()));
    byArgument(r, "Square", (g, x) -> g.mul(x.mul(2)));
    r.add("Sqrt", Rules.of((c, g) -> Build.op(c.tf(), "SqrtGrad", c.out(), g)));
    r.add("Rsqrt", Rules.of((c, g) -> Build.op(c.tf(), "RsqrtGrad", c.out(), g)));
    for (String inverse : new String[] {"Reciprocal", "Inv"}) {
      r.add(inverse, Rules.of((c, g) -> Build.op(c.tf(), "ReciprocalGrad", c.out(), g)));
    }
    byResult(r, "Exp", (g, y) -> g.mul(y));
    byArgument(r, "Expm1", (g, x) -> g.mul(x.exp()));
    byArgument(r, "Log", (g, x) -> g.mul(x.reciprocal()));
    byArgument(r, "Log1p", (g, x) -> g.mul(x.add(1).reciprocal()));
  }

  private static void trigonometry(GradientRegistry r) {
    byArgument(r, "Sin", (g, x) -> g.mul(x.cos()));
    byArgument(r, "Cos", (g, x) -> g.mul(x.sin()).neg());
    byArgument(r, "Tan", (g, x) -> g.mul(x.cos().reciprocal().square()));
    byArgument(r, "Asin", (g, x) -> g.mul(oneMinusSquare(x).rsqrt()));
    byArgument(r, "Acos", (g, x) -> g.mul(oneMinusSquare(x).rsqrt()).neg());
    byArgument(r, "Atan", (g, x) -> g.mul(x.square().add(1).reciprocal()));
    byArgument(r, "Sinh", (g, x) -> g.mul(x.cosh()));
    byArgument(r, "Cosh", (g, x) -> g.mul(x.sinh()));
    // From the result, since cosh(asinh(x)) = sqrt(x² + 1) does not overflow where x² would.
    byResult(r, "Asinh", (g, y) -> g.div(y.cosh()));
    byResult(r, "Acosh", (g, y) -> g.div(y.sinh()));
    byArgument(r, "Atanh", (g, x) -> g.mul(oneMinusSquare(x).reciprocal()));
    r.add("Tanh", Rules.of((c, g) -> Build.op(c.tf(), "TanhGrad", conj(c.out()), g)));
    r.add("Sigmoid", Rules.of((c, g) -> Build.op(c.tf(), "SigmoidGrad", conj(c.out()), g)));
  }

  private static Tensor oneMinusSquare(Tensor x) {
    return x.square().neg().add(1);
  }

  private static void special(GradientRegistry r) {
    byArgument(r, "Erf", (g, x) -> g.mul(gaussian(x)));
    byArgument(r, "Erfc", (g, x) -> g.mul(gaussian(x)).neg());
    byArgument(r, "Lgamma", (g, x) -> g.mul(x.digamma()));
  }

  /** {@code 2/√π · exp(-x²)}. */
  private static Tensor gaussian(Tensor x) {
    return x.square().neg().exp().mul(TWO_OVER_SQRT_PI);
  }

  private static void steps(GradientRegistry r) {
    // As in TensorFlow, Sign gives zeros and the others nothing at all.
    byArgument(r, "Sign", (g, x) -> x.zerosLike());
    for (String step : new String[] {"Floor", "Ceil", "Rint", "Round"}) {
      r.notDifferentiable(step, "it is constant between its steps");
    }
    for (String test : new String[] {"IsNan", "IsInf", "IsFinite", "LogicalNot"}) {
      r.notDifferentiable(test, "its result is boolean");
    }
  }

  /**
   * The ops that the gradients above are made of: {@code a} is the function's result, {@code b} the
   * gradient that came.
   */
  private static void gradientOps(GradientRegistry r) {
    // a' = -b a²
    for (String inverse : new String[] {"ReciprocalGrad", "InvGrad"}) {
      r.add(
          inverse,
          Rules.of(
              (c, g) -> conj(g).mul(c.y()).mul(conj(c.x())).mul(-2),
              (c, g) -> Build.op(c.tf(), "ReciprocalGrad", conj(c.x()), g)));
    }
    // 0.5 b / a
    r.add(
        "SqrtGrad",
        Rules.of(
            (c, g) -> conj(g.div(c.x())).mul(c.out()).neg(),
            (c, g) -> g.div(conj(c.x())).mul(0.5)));
    // -0.5 b a³
    r.add(
        "RsqrtGrad",
        Rules.of(
            (c, g) -> conj(g).mul(c.y()).mul(conj(c.x()).square()).mul(-1.5),
            (c, g) -> Build.op(c.tf(), "RsqrtGrad", conj(c.x()), g)));
    // b (1 - a²)
    r.add(
        "TanhGrad",
        Rules.of(
            (c, g) -> g.mul(conj(c.y())).mul(conj(c.x())).mul(-2),
            (c, g) -> Build.op(c.tf(), "TanhGrad", conj(c.x()), g)));
    // b a (1 - a)
    r.add(
        "SigmoidGrad",
        Rules.of(
            (c, g) -> {
              Tensor gb = g.mul(conj(c.y()));
              return gb.sub(gb.mul(conj(c.x())).mul(2));
            },
            (c, g) -> Build.op(c.tf(), "SigmoidGrad", conj(c.x()), g)));
  }
}
