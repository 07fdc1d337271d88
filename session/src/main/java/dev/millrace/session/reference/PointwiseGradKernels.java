package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;

/**
 * Derivatives that are ops of their own: a table. Both inputs have the same shape; nothing
 * broadcasts.
 */
final class PointwiseGradKernels {
  private PointwiseGradKernels() {}

  static void register(ReferenceKernels k) {
    // The function's result comes first, then the derivative of what follows it.
    // Where nothing is asked of a pole, there is no 0 times infinity.
    grad(k, "InvGrad", (y, dy, r) -> dy == 0 ? 0 : -dy * y * y, null);
    grad(k, "ReciprocalGrad", (y, dy, r) -> dy == 0 ? 0 : -dy * y * y, null);
    grad(k, "SqrtGrad", (y, dy, r) -> dy == 0 ? 0 : 0.5 * dy / y, null);
    grad(k, "RsqrtGrad", (y, dy, r) -> dy == 0 ? 0 : -0.5 * dy * y * y * y, null);
    grad(k, "SigmoidGrad", (y, dy, r) -> dy * y * (1 - y), null);
    grad(k, "TanhGrad", (y, dy, r) -> dy * (1 - y * y), null);

    // The derivative comes first, then the function's argument. A product with 0, not a choice:
    // a derivative that is NaN stays so.
    grad(k, "ReluGrad", (dy, x, r) -> dy * (x > 0 ? 1 : 0), (dy, x, t) -> x > 0 ? dy : 0);
    grad(
        k,
        "Relu6Grad",
        (dy, x, r) -> dy * (x > 0 && x < 6 ? 1 : 0),
        (dy, x, t) -> x > 0 && x < 6 ? dy : 0);
    grad(k, "SoftplusGrad", (dy, x, r) -> dy / (Math.exp(-x) + 1), null);
    grad(k, "SoftsignGrad", (dy, x, r) -> dy / ((1 + Math.abs(x)) * (1 + Math.abs(x))), null);
    k.add("LeakyReluGrad", PointwiseGradKernels::leakyReluGrad);

    // The derivative comes first, then the function's result.
    grad(k, "EluGrad", (dy, y, r) -> y < 0 ? dy * (y + 1) : dy, null);
    grad(
        k,
        "SeluGrad",
        (dy, y, r) ->
            dy * (y < 0 ? y + ActivationKernels.SELU_SCALE_ALPHA : ActivationKernels.SELU_SCALE),
        null);
  }

  private static void grad(
      ReferenceKernels k, String type, Elementwise.Reals f, Elementwise.Integers g) {
    k.add(
        type,
        c -> {
          DataType t = c.input(0).dtype();
          Dims.requireSame(c.input(0), "input 0", c.input(1), "input 1");
          if (t.isFloating()) {
            c.output(0, Elementwise.combine(c.input(0), c.input(1), f));
          } else if (g != null && t.isInteger()) {
            c.output(0, Elementwise.combineLongs(c.input(0), c.input(1), g));
          } else {
            throw Elementwise.unsupported(c, t);
          }
        });
  }

  private static void leakyReluGrad(KernelContext c) {
    TensorValue dy = c.input(0);
    TensorValue x = c.input(1);
    Dims.requireSame(dy, "gradients", x, "features");
    if (!x.dtype().isFloating()) {
      throw Elementwise.unsupported(c, x.dtype());
    }
    double alpha = Result.rounding(x.dtype()).applyAsDouble(c.attrs().getFloat("alpha"));
    c.output(0, Elementwise.combine(dy, x, (d, v, r) -> v > 0 ? d : d * alpha));
  }
}
