package dev.millrace.autodiff;

import dev.millrace.ops.Tensor;

/**
 * Gradients of activation functions and of their gradient operations; the latter are linear in the
 * gradient they were given.
 */
final class ActivationGradients {
  private ActivationGradients() {}

  static void register(GradientRegistry r) {
    rectifiers(r);
    exponential(r);
    smooth(r);
  }

  private static void rectifiers(GradientRegistry r) {
    for (String type : new String[] {"Relu", "Relu6"}) {
      String grad = type + "Grad";
      r.add(type, Rules.of((c, g) -> Build.op(c.tf(), grad, g, c.out())));
      // Constant in x, but for the kinks.
      r.add(
          grad, Rules.of((c, g) -> Build.op(c.tf(), grad, g, c.y()), (c, g) -> c.y().zerosLike()));
    }
    r.add("LeakyRelu", Rules.of((c, g) -> leakyReluGrad(c, g, c.x())));
    r.add(
        "LeakyReluGrad",
        Rules.of((c, g) -> leakyReluGrad(c, g, c.y()), (c, g) -> c.y().zerosLike()));
  }

  private static Tensor leakyReluGrad(GradientContext c, Tensor g, Tensor x) {
    return Build.of(
        c.tf(),
        c.tf()
            .op("LeakyReluGrad", null)
            .input(g)
            .input(x)
            .attr("alpha", c.attrs().getFloat("alpha")));
  }

  /** Their gradient operations take the result {@code y}: {@code b (y + a)} where y is negative. */
  private static void exponential(GradientRegistry r) {
    for (String type : new String[] {"Elu", "Selu"}) {
      String grad = type + "Grad";
      r.add(type, Rules.of((c, g) -> Build.op(c.tf(), grad, g, c.out())));
      r.add(
          grad,
          Rules.of(
              (c, g) -> Build.op(c.tf(), grad, g, c.y()),
              (c, g) -> c.tf().select(c.y().less(0), c.x().mul(g), c.y().zerosLike())));
    }
  }

  private static void smooth(GradientRegistry r) {
    r.add("Softplus", Rules.of((c, g) -> Build.op(c.tf(), "SoftplusGrad", g, c.x())));
    r.add(
        "SoftplusGrad",
        Rules.of(
            (c, g) -> Build.op(c.tf(), "SoftplusGrad", g, c.y()),
            (c, g) -> Build.op(c.tf(), "SigmoidGrad", c.y().sigmoid(), c.x().mul(g))));
    r.add("Softsign", Rules.of((c, g) -> Build.op(c.tf(), "SoftsignGrad", g, c.x())));
    // b / (1 + |x|)²
    r.add(
        "SoftsignGrad",
        Rules.of(
            (c, g) -> Build.op(c.tf(), "SoftsignGrad", g, c.y()),
            (c, g) -> {
              Tensor bottom = c.y().abs().add(1);
              Tensor slope = c.y().sign().mul(-2).div(bottom.square().mul(bottom));
              return c.x().mul(g).mul(slope);
            }));
  }
}
