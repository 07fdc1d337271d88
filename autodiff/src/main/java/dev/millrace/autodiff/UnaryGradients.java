package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.conj;

import dev.millrace.autodiff.Rules.Rule;
import dev.millrace.ops.Tensor;

/**
 * Gradients of element-wise functions of one argument {@code x}; {@code y} is the result. Of
 * complex functions, the gradient takes the conjugate of the derivative.
 */
final class UnaryGradients {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  private UnaryGradients() {}

  /** A formula in the gradient, the argument and the result. */
  @FunctionalInterface
  private interface Formula {
    Tensor apply(Tensor g, Tensor x, Tensor y);
  }

  private static void add(GradientRegistry r, String type, Formula f) {
    Rule rule = (c, g) -> f.apply(g, conj(c.x()), conj(c.out()));
    r.add(type, Rules.of(rule));
  }

  /** Only real arguments: nothing to conjugate. */
  private static void addReal(GradientRegistry r, String type, Formula f) {
    r.add(type, Rules.of((c, g) -> f.apply(g, c.x(), c.out())));
  }

  static void register(GradientRegistry r) {
    powers(r);
    trigonometry(r);
    special(r);
    steps(r);
    gradientOps(r);
  }

  private static void powers(GradientRegistry r) {
    add(r, "Neg", (g, x, y) -> g.neg());
    addReal(r, "Abs", (g, x, y) -> g.mul(x.sign()));
    add(r, "Square", (g, x, y) -> g.mul(x.mul(2)));
    r.add("Sqrt", Rules.of((c, g) -> Build.op(c.tf(), "SqrtGrad", c.out(), g)));
    r.add("Rsqrt", Rules.of((c, g) -> Build.op(c.tf(), "RsqrtGrad", c.out(), g)));
    for (String inverse : new String[] {"Reciprocal", "Inv"}) {
      r.add(inverse, Rules.of((c, g) -> Build.op(c.tf(), "ReciprocalGrad", c.out(), g)));
    }
    add(r, "Exp", (g, x, y) -> g.mul(y));
    add(r, "Expm1", (g, x, y) -> g.mul(x.exp()));
    add(r, "Log", (g, x, y) -> g.mul(x.reciprocal()));
    add(r, "Log1p", (g, x, y) -> g.mul(x.add(1).reciprocal()));
  }

  private static void trigonometry(GradientRegistry r) {
    add(r, "Sin", (g, x, y) -> g.mul(x.cos()));
    add(r, "Cos", (g, x, y) -> g.mul(x.sin()).neg());
    add(r, "Tan", (g, x, y) -> g.mul(x.cos().reciprocal().square()));
    add(r, "Asin", (g, x, y) -> g.mul(oneMinusSquare(x).rsqrt()));
    add(r, "Acos", (g, x, y) -> g.mul(oneMinusSquare(x).rsqrt()).neg());
    add(r, "Atan", (g, x, y) -> g.mul(x.square().add(1).reciprocal()));
    add(r, "Sinh", (g, x, y) -> g.mul(x.cosh()));
    add(r, "Cosh", (g, x, y) -> g.mul(x.sinh()));
    // From the result, since cosh(asinh(x)) = sqrt(x² + 1) does not overflow where x² would.
    add(r, "Asinh", (g, x, y) -> g.div(y.cosh()));
    add(r, "Acosh", (g, x, y) -> g.div(y.sinh()));
    add(r, "Atanh", (g, x, y) -> g.mul(oneMinusSquare(x).reciprocal()));
    r.add("Tanh", Rules.of((c, g) -> Build.op(c.tf(), "TanhGrad", conj(c.out()), g)));
    r.add("Sigmoid", Rules.of((c, g) -> Build.op(c.tf(), "SigmoidGrad", conj(c.out()), g)));
  }

  private static Tensor oneMinusSquare(Tensor x) {
    return x.square().neg().add(1);
  }

  private static void special(GradientRegistry r) {
    addReal(r, "Erf", (g, x, y) -> g.mul(gaussian(x)));
    addReal(r, "Erfc", (g, x, y) -> g.mul(gaussian(x)).neg());
    addReal(r, "Lgamma", (g, x, y) -> g.mul(x.digamma()));
    r.undefined("Digamma", "it is the trigamma function, which needs the op Polygamma");
  }

  /** {@code 2/√π · exp(-x²)}. */
  private static Tensor gaussian(Tensor x) {
    return x.square().neg().exp().mul(TWO_OVER_SQRT_PI);
  }

  private static void steps(GradientRegistry r) {
    // As in TensorFlow, Sign gives zeros and the others nothing at all.
    addReal(r, "Sign", (g, x, y) -> x.zerosLike());
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
