package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.Variable;
import java.util.function.DoubleUnaryOperator;

/** Steps of optimizers on whole variables. Every intermediate result is rounded to the dtype. */
final class DenseApplyKernels {
  private DenseApplyKernels() {}

  static void register(ReferenceKernels k) {
    k.add("ResourceApplyGradientDescent", DenseApplyKernels::gradientDescent);
    k.add("ResourceApplyMomentum", DenseApplyKernels::momentum);
    k.add("ResourceApplyKerasMomentum", DenseApplyKernels::kerasMomentum);
    OptimizerSteps.register(k);
  }

  static double hyperparameter(KernelContext c, int i, String name) {
    TensorValue x = Dims.requireScalar(c.input(i), name);
    if (!x.dtype().isFloating()) {
      throw Elementwise.unsupported(c, x.dtype());
    }
    return x.getDouble(0);
  }

  static void requireShape(TensorValue gradient, Variable... variables) {
    for (Variable v : variables) {
      if (!v.shape().equals(gradient.shape())) {
        throw new InvalidArgumentException(
            "variable '"
                + v.name()
                + "' is of shape "
                + v.shape()
                + ", its gradient of shape "
                + gradient.shape());
      }
    }
  }

  /** var -= alpha delta. */
  private static void gradientDescent(KernelContext c) {
    Variable variable = c.variable(0);
    double alpha = hyperparameter(c, 1, "alpha");
    TensorValue delta = c.input(2);
    VariableLocks.with(
        () -> {
          requireShape(delta, variable);
          variable.assign(
              Elementwise.combine(
                  variable.read(), delta, (x, d, r) -> x - r.applyAsDouble(d * alpha)));
        },
        variable);
  }

  /** accum = momentum accum + grad; var -= lr accum, or one more step ahead by Nesterov. */
  private static void momentum(KernelContext c) {
    Variable variable = c.variable(0);
    Variable slot = c.variable(1);
    double lr = hyperparameter(c, 2, "lr");
    TensorValue gradient = c.input(3);
    double momentum = hyperparameter(c, 4, "momentum");
    boolean nesterov = c.attrs().getBool("use_nesterov");
    VariableLocks.with(
        () -> {
          requireShape(gradient, variable, slot);
          DoubleUnaryOperator r = Result.rounding(gradient.dtype());
          TensorValue accum =
              Elementwise.combine(
                  slot.read(), gradient, (a, g, round) -> r.applyAsDouble(a * momentum) + g);
          TensorValue step =
              nesterov
                  ? Elementwise.combine(
                      gradient,
                      accum,
                      (g, a, round) ->
                          r.applyAsDouble(g * lr)
                              + r.applyAsDouble(r.applyAsDouble(a * momentum) * lr))
                  : Elementwise.map(accum, a -> a * lr);
          slot.assign(accum);
          variable.assign(Elementwise.combine(variable.read(), step, (x, d, round) -> x - d));
        },
        variable,
        slot);
  }

  /** accum = momentum accum - lr grad; var += accum, or one more step ahead by Nesterov. */
  private static void kerasMomentum(KernelContext c) {
    Variable variable = c.variable(0);
    Variable slot = c.variable(1);
    double lr = hyperparameter(c, 2, "lr");
    TensorValue gradient = c.input(3);
    double momentum = hyperparameter(c, 4, "momentum");
    boolean nesterov = c.attrs().getBool("use_nesterov");
    VariableLocks.with(
        () -> {
          requireShape(gradient, variable, slot);
          DoubleUnaryOperator r = Result.rounding(gradient.dtype());
          TensorValue accum =
              Elementwise.combine(
                  slot.read(),
                  gradient,
                  (a, g, round) -> r.applyAsDouble(a * momentum) - r.applyAsDouble(g * lr));
          TensorValue step =
              nesterov
                  ? Elementwise.combine(
                      accum,
                      gradient,
                      (a, g, round) -> r.applyAsDouble(a * momentum) - r.applyAsDouble(g * lr))
                  : accum;
          slot.assign(accum);
          variable.assign(Elementwise.combine(variable.read(), step, (x, d, round) -> x + d));
        },
        variable,
        slot);
  }
}
