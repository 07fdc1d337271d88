package dev.millrace.session.cpu;

import dev.millrace.graph.Attrs;

/**
 * The formula of an optimizer on blocks of elements, in both floating-point types.
 *
 * @param ns what an element takes in nanoseconds, roughly
 */
record OptimizerRule(F32 f32, F64 f64, double ns) {
  /** Steps on {@code n} elements of a block. */
  @FunctionalInterface
  interface F32 {
    /**
     * Takes the step.
     *
     * @param s the variable's elements, then its slots' in the order of the inputs; changed in
     *     place
     * @param g the gradient's
     * @param h the hyper-parameters in the order of the inputs
     */
    void run(float[][] s, float[] g, double[] h, int n);
  }

  /** As {@link F32}. */
  @FunctionalInterface
  interface F64 {
    void run(double[][] s, double[] g, double[] h, int n);
  }

  /**
   * The rule of a node of type {@code ResourceApply<name>} or {@code ResourceSparseApply<name>};
   * null where there is none.
   */
  static OptimizerRule of(String name, Attrs attrs) {
    return switch (name) {
      case "GradientDescent" ->
          new OptimizerRule(F32Optimizers::descent, F64Optimizers::descent, 0.3);
      case "ProximalGradientDescent" ->
          new OptimizerRule(F32Optimizers::proximalDescent, F64Optimizers::proximalDescent, 1);
      case "Momentum" ->
          attrs.getBool("use_nesterov")
              ? new OptimizerRule(F32Optimizers::nesterov, F64Optimizers::nesterov, 0.5)
              : new OptimizerRule(F32Optimizers::momentum, F64Optimizers::momentum, 0.5);
      case "KerasMomentum" ->
          attrs.getBool("use_nesterov")
              ? new OptimizerRule(F32Optimizers::kerasNesterov, F64Optimizers::kerasNesterov, 0.5)
              : new OptimizerRule(F32Optimizers::kerasMomentum, F64Optimizers::kerasMomentum, 0.5);
      case "Adagrad" -> {
        boolean slots = attrs.getBool("update_slots");
        yield new OptimizerRule(
            (s, g, h, n) -> F32Optimizers.adagrad(s, g, h[0], 0, slots, n),
            (s, g, h, n) -> F64Optimizers.adagrad(s, g, h[0], 0, slots, n),
            1);
      }
      case "AdagradV2" -> {
        boolean slots = attrs.getBool("update_slots");
        yield new OptimizerRule(
            (s, g, h, n) -> F32Optimizers.adagrad(s, g, h[0], h[1], slots, n),
            (s, g, h, n) -> F64Optimizers.adagrad(s, g, h[0], h[1], slots, n),
            1);
      }
      case "ProximalAdagrad" ->
          new OptimizerRule(F32Optimizers::proximalAdagrad, F64Optimizers::proximalAdagrad, 2);
      case "AdagradDA" -> new OptimizerRule(F32Optimizers::adagradDa, F64Optimizers::adagradDa, 2);
      case "Adadelta" -> new OptimizerRule(F32Optimizers::adadelta, F64Optimizers::adadelta, 2);
      case "RMSProp" -> new OptimizerRule(F32Optimizers::rmsProp, F64Optimizers::rmsProp, 1);
      case "CenteredRMSProp" ->
          new OptimizerRule(F32Optimizers::centeredRmsProp, F64Optimizers::centeredRmsProp, 1.2);
      case "Adam" ->
          attrs.getBool("use_nesterov")
              ? new OptimizerRule(F32Optimizers::nadam, F64Optimizers::nadam, 1)
              : new OptimizerRule(F32Optimizers::adam, F64Optimizers::adam, 1);
      case "AdamWithAmsgrad" ->
          new OptimizerRule(F32Optimizers::adamWithAmsgrad, F64Optimizers::adamWithAmsgrad, 1.2);
      case "AdaMax" -> new OptimizerRule(F32Optimizers::adaMax, F64Optimizers::adaMax, 1);
      case "AddSign" -> new OptimizerRule(F32Optimizers::addSign, F64Optimizers::addSign, 1);
      case "PowerSign" -> new OptimizerRule(F32Optimizers::powerSign, F64Optimizers::powerSign, 1);
      case "Ftrl" ->
          new OptimizerRule(
              (s, g, h, n) -> F32Optimizers.ftrl(s, g, h[0], h[1], h[2], 0, h[3], n),
              (s, g, h, n) -> F64Optimizers.ftrl(s, g, h[0], h[1], h[2], 0, h[3], n),
              3);
      case "FtrlV2" ->
          new OptimizerRule(
              (s, g, h, n) -> F32Optimizers.ftrl(s, g, h[0], h[1], h[2], h[3], h[4], n),
              (s, g, h, n) -> F64Optimizers.ftrl(s, g, h[0], h[1], h[2], h[3], h[4], n),
              3);
      default -> null;
    };
  }
}
