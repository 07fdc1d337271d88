package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import java.util.function.DoubleUnaryOperator;

/**
 * The formulas of the optimizers, for one element. Results are computed as doubles and rounded to
 * the dtype where they are stored in a slot.
 */
final class OptimizerSteps {
  private OptimizerSteps() {}

  /** A step of one element; {@link ApplyKernel} runs it over variables. */
  @FunctionalInterface
  interface Step {
    /**
     * Takes the step.
     *
     * @param s the variable's element, then its slots' in the order of the inputs; changed in place
     * @param g the gradient's element
     * @param h the hyper-parameters in the order of the inputs
     * @param attrs the node's attributes
     * @param round rounds to the dtype
     */
    void apply(double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round);
  }

  static void register(ReferenceKernels k) {
    ApplyKernel.add(
        k, "GradientDescent", (s, g, h, attrs, round) -> s[0] -= round.applyAsDouble(h[0] * g));
    ApplyKernel.add(k, "Momentum", OptimizerSteps::momentum);
    ApplyKernel.add(k, "KerasMomentum", OptimizerSteps::kerasMomentum);
    ApplyKernel.add(k, "Adagrad", OptimizerSteps::adagrad);
    ApplyKernel.add(k, "AdagradV2", OptimizerSteps::adagradV2);
    ApplyKernel.add(k, "ProximalAdagrad", OptimizerSteps::proximalAdagrad);
    ApplyKernel.add(k, "AdagradDA", OptimizerSteps::adagradDa);
    ApplyKernel.add(k, "Adadelta", OptimizerSteps::adadelta);
    ApplyKernel.add(k, "RMSProp", OptimizerSteps::rmsProp);
    ApplyKernel.add(k, "CenteredRMSProp", OptimizerSteps::centeredRmsProp);
    ApplyKernel.add(k, "Adam", OptimizerSteps::adam);
    ApplyKernel.add(k, "AdamWithAmsgrad", OptimizerSteps::adamWithAmsgrad);
    ApplyKernel.add(k, "AdaMax", OptimizerSteps::adaMax);
    ApplyKernel.add(
        k,
        "AddSign",
        (s, g, h, attrs, round) -> signed(s, g, h, agreement -> h[1] + h[2] * agreement, round));
    ApplyKernel.add(
        k,
        "PowerSign",
        (s, g, h, attrs, round) ->
            signed(s, g, h, agreement -> Math.exp(h[1] * h[2] * agreement), round));
    ApplyKernel.add(
        k,
        "Ftrl",
        (s, g, h, attrs, round) -> ftrl(s, g, g, new Ftrl(h[0], h[1], h[2], h[3]), round));
    ApplyKernel.add(
        k,
        "FtrlV2",
        (s, g, h, attrs, round) ->
            ftrl(s, g, g + 2 * h[3] * s[0], new Ftrl(h[0], h[1], h[2], h[4]), round));
    ApplyKernel.add(
        k,
        "ProximalGradientDescent",
        (s, g, h, attrs, round) -> s[0] = shrunk(s[0] - h[0] * g, h[0], h[1], h[2]));
  }

  /** accum = momentum accum + g; var -= lr accum, or one more step ahead by Nesterov. */
  private static void momentum(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    double lr = h[0];
    double momentum = h[1];
    s[1] = round.applyAsDouble(round.applyAsDouble(s[1] * momentum) + g);
    s[0] -=
        attrs.getBool("use_nesterov")
            ? round.applyAsDouble(
                round.applyAsDouble(g * lr)
                    + round.applyAsDouble(round.applyAsDouble(s[1] * momentum) * lr))
            : round.applyAsDouble(s[1] * lr);
  }

  /** accum = momentum accum - lr g; var += accum, or one more step ahead by Nesterov. */
  private static void kerasMomentum(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    double step = round.applyAsDouble(g * h[0]);
    double momentum = h[1];
    s[1] = round.applyAsDouble(round.applyAsDouble(s[1] * momentum) - step);
    s[0] +=
        attrs.getBool("use_nesterov")
            ? round.applyAsDouble(round.applyAsDouble(s[1] * momentum) - step)
            : s[1];
  }

  /** accum += g²; var -= lr g / √accum. */
  private static void adagrad(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    if (attrs.getBool("update_slots")) {
      s[1] = round.applyAsDouble(s[1] + g * g);
    }
    s[0] -= h[0] * g / Math.sqrt(s[1]);
  }

  /** accum += g²; var -= lr g / (√accum + epsilon). */
  private static void adagradV2(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    if (attrs.getBool("update_slots")) {
      s[1] = round.applyAsDouble(s[1] + g * g);
    }
    s[0] -= h[0] * g / (Math.sqrt(s[1]) + h[1]);
  }

  /** A proximal step at Adagrad's rate. */
  private static void proximalAdagrad(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    s[1] = round.applyAsDouble(s[1] + g * g);
    double rate = h[0] / Math.sqrt(s[1]);
    s[0] = shrunk(s[0] - rate * g, rate, h[1], h[2]);
  }

  /**
   * Dual averaging: the variable is what minimizes the sum of all gradients' linear approximations
   * so far with the penalties, which grow with the number of steps.
   */
  private static void adagradDa(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    double lr = h[0];
    double l1 = h[1];
    double l2 = h[2];
    double steps = h[3];
    s[1] = round.applyAsDouble(s[1] + g);
    s[2] = round.applyAsDouble(s[2] + g * g);
    double sum = l1 > 0 ? Math.signum(s[1]) * Math.max(Math.abs(s[1]) - l1 * steps, 0) : s[1];
    s[0] = -lr * sum / (l2 * steps * lr + Math.sqrt(s[2]));
  }

  /**
   * Averages of the squares of the gradients and of the updates; the update is the gradient times
   * the quotient of their roots.
   */
  private static void adadelta(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    double lr = h[0];
    double rho = h[1];
    double epsilon = h[2];
    s[1] = round.applyAsDouble(rho * s[1] + (1 - rho) * g * g);
    double update = Math.sqrt(s[2] + epsilon) / Math.sqrt(s[1] + epsilon) * g;
    s[2] = round.applyAsDouble(rho * s[2] + (1 - rho) * update * update);
    s[0] -= lr * update;
  }

  /** ms: average of g²; mom = momentum mom + lr g / √(ms + epsilon); var -= mom. */
  private static void rmsProp(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    s[1] = round.applyAsDouble(s[1] + (1 - h[1]) * (g * g - s[1]));
    s[2] = round.applyAsDouble(h[2] * s[2] + h[0] * g / Math.sqrt(s[1] + h[3]));
    s[0] -= s[2];
  }

  /** As {@link #rmsProp} with an estimate of the variance, ms - mg², in place of ms. */
  private static void centeredRmsProp(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    s[1] = round.applyAsDouble(s[1] + (1 - h[1]) * (g - s[1]));
    s[2] = round.applyAsDouble(s[2] + (1 - h[1]) * (g * g - s[2]));
    s[3] = round.applyAsDouble(h[2] * s[3] + h[0] * g / Math.sqrt(s[2] - s[1] * s[1] + h[3]));
    s[0] -= s[3];
  }

  /** Averages m of g and v of g²; var -= lr √(1 - β2ᵗ) / (1 - β1ᵗ) m / (√v + epsilon). */
  private static void adam(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    double rate = h[2] * Math.sqrt(1 - h[1]) / (1 - h[0]);
    double beta1 = h[3];
    double beta2 = h[4];
    double epsilon = h[5];
    s[1] = round.applyAsDouble(s[1] + (1 - beta1) * (g - s[1]));
    s[2] = round.applyAsDouble(s[2] + (1 - beta2) * (g * g - s[2]));
    double direction = attrs.getBool("use_nesterov") ? beta1 * s[1] + (1 - beta1) * g : s[1];
    s[0] -= rate * direction / (Math.sqrt(s[2]) + epsilon);
  }

  /** Adam with the largest v so far in place of v. */
  private static void adamWithAmsgrad(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    double rate = h[2] * Math.sqrt(1 - h[1]) / (1 - h[0]);
    s[1] = round.applyAsDouble(s[1] + (1 - h[3]) * (g - s[1]));
    s[2] = round.applyAsDouble(s[2] + (1 - h[4]) * (g * g - s[2]));
    s[3] = Math.max(s[3], s[2]);
    s[0] -= rate * s[1] / (Math.sqrt(s[3]) + h[5]);
  }

  /** m: average of g; v = max(β2 v, |g|); var -= lr / (1 - β1ᵗ) m / (v + epsilon). */
  private static void adaMax(
      double[] s, double g, double[] h, Attrs attrs, DoubleUnaryOperator round) {
    s[1] = round.applyAsDouble(s[1] + (1 - h[2]) * (g - s[1]));
    s[2] = round.applyAsDouble(Math.max(h[3] * s[2], Math.abs(g)));
    s[0] -= h[1] / (1 - h[0]) * s[1] / (s[2] + h[4]);
  }

  /**
   * m: average of g; var -= lr factor g, where the factor follows from whether g and m agree in
   * sign: 1, 0 or -1.
   */
  private static void signed(
      double[] s, double g, double[] h, DoubleUnaryOperator factor, DoubleUnaryOperator round) {
    s[1] = round.applyAsDouble(s[1] * h[3] + g * (1 - h[3]));
    double agreement = Math.signum(g) * Math.signum(s[1]);
    s[0] -= h[0] * factor.applyAsDouble(agreement) * g;
  }

  private record Ftrl(double lr, double l1, double l2, double power) {
    /** accum^-power. */
    double scale(double accum) {
      return power == -0.5 ? Math.sqrt(accum) : Math.pow(accum, -power);
    }
  }

  /**
   * Follow the regularized leader: the variable is what minimizes the sum of the linear
   * approximations so far, with a quadratic term of strength accum^-power / lr and the penalties.
   *
   * @param g what is squared into accum
   * @param linear what is added to the linear term
   */
  private static void ftrl(double[] s, double g, double linear, Ftrl f, DoubleUnaryOperator round) {
    double accum = round.applyAsDouble(s[1] + g * g);
    double z =
        round.applyAsDouble(s[2] + linear - (f.scale(accum) - f.scale(s[1])) / f.lr() * s[0]);
    double quadratic = f.scale(accum) / f.lr() + 2 * f.l2();
    s[0] = Math.abs(z) > f.l1() ? (Math.signum(z) * f.l1() - z) / quadratic : 0;
    s[1] = accum;
    s[2] = z;
  }

  /** {@code x}, drawn towards 0 by the penalties l1 and l2 in a step of that rate. */
  private static double shrunk(double x, double rate, double l1, double l2) {
    double y = l1 > 0 ? Math.signum(x) * Math.max(Math.abs(x) - rate * l1, 0) : x;
    return y / (1 + rate * l2);
  }
}
