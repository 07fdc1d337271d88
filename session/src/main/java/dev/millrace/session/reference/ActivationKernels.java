package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import java.util.function.DoubleUnaryOperator;

/** Activation functions: a table. */
final class ActivationKernels {
  /** The constants of Klambauer et al., "Self-Normalizing Neural Networks" (2017). */
  static final double SELU_SCALE = 1.0507009873554805;

  static final double SELU_SCALE_ALPHA = 1.7580993408473766;

  private ActivationKernels() {}

  static void register(ReferenceKernels k) {
    UnaryKernels.number(k, "Relu", x -> x < 0 ? 0 : x, x -> Math.max(x, 0));
    UnaryKernels.number(
        k, "Relu6", x -> x < 0 ? 0 : x > 6 ? 6 : x, x -> Math.min(Math.max(x, 0), 6));
    k.add("LeakyRelu", ActivationKernels::leakyRelu);
    UnaryKernels.real(k, "Elu", x -> x < 0 ? Math.expm1(x) : x);
    UnaryKernels.real(k, "Selu", x -> x < 0 ? SELU_SCALE_ALPHA * Math.expm1(x) : SELU_SCALE * x);
    UnaryKernels.real(k, "Softplus", ActivationKernels::softplus);
    UnaryKernels.real(k, "Softsign", x -> x / (1 + Math.abs(x)));
  }

  /** log(1 + e^x) without overflow. */
  private static double softplus(double x) {
    return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
  }

  /** The greater of x and alpha x. */
  private static void leakyRelu(KernelContext c) {
    TensorValue x = c.input(0);
    DataType t = x.dtype();
    if (!t.isFloating()) {
      throw Elementwise.unsupported(c, t);
    }
    DoubleUnaryOperator round = Result.rounding(t);
    double alpha = round.applyAsDouble(c.attrs().getFloat("alpha"));
    c.output(0, Elementwise.map(x, v -> v < v * alpha ? v * alpha : v));
  }
}
