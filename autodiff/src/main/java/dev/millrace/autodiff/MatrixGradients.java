package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.conj;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/**
 * Gradients of matrix products {@code z = op(x) op(y)}, where {@code op} may transpose. Without
 * transposes {@code dx = dz yᵀ} and {@code dy = xᵀ dz}; with them the factors change places.
 */
final class MatrixGradients {
  private MatrixGradients() {}

  static void register(GradientRegistry r) {
    r.add("MatMul", Rules.of(MatrixGradients::matMulX, MatrixGradients::matMulY));
    for (String type : new String[] {"BatchMatMul", "BatchMatMulV2"}) {
      r.add(type, Rules.of(MatrixGradients::batchX, MatrixGradients::batchY));
    }
    r.add(
        "Cross",
        Rules.of(
            (c, g) -> Build.op(c.tf(), "Cross", c.y(), g),
            (c, g) -> Build.op(c.tf(), "Cross", g, c.x())));
  }

  private static Tensor matMulX(GradientContext c, Tensor g) {
    boolean tx = c.attrs().getBool("transpose_a");
    boolean ty = c.attrs().getBool("transpose_b");
    Tensor y = conj(c.y());
    return tx ? matMul(y, g, ty, true) : matMul(g, y, false, !ty);
  }

  private static Tensor matMulY(GradientContext c, Tensor g) {
    boolean tx = c.attrs().getBool("transpose_a");
    boolean ty = c.attrs().getBool("transpose_b");
    Tensor x = conj(c.x());
    return ty ? matMul(g, x, true, tx) : matMul(x, g, !tx, false);
  }

  private static Tensor matMul(Tensor a, Tensor b, boolean ta, boolean tb) {
    Ops tf = a.ops();
    return Build.of(
        tf,
        tf.op("MatMul", null).input(a).input(b).attr("transpose_a", ta).attr("transpose_b", tb));
  }

  /** Here transposing conjugates ({@code adj_x}), so that nothing else has to. */
  private static Tensor batchX(GradientContext c, Tensor g) {
    boolean tx = c.attrs().getBool("adj_x");
    boolean ty = c.attrs().getBool("adj_y");
    Tensor dx = tx ? batch(c, c.y(), g, ty, true) : batch(c, g, c.y(), false, !ty);
    return sumBatches(c, dx, c.x());
  }

  private static Tensor batchY(GradientContext c, Tensor g) {
    boolean tx = c.attrs().getBool("adj_x");
    boolean ty = c.attrs().getBool("adj_y");
    Tensor dy = ty ? batch(c, g, c.x(), true, tx) : batch(c, c.x(), g, !tx, false);
    return sumBatches(c, dy, c.y());
  }

  private static Tensor batch(GradientContext c, Tensor a, Tensor b, boolean ta, boolean tb) {
    return Build.of(
        c.tf(),
        c.tf().op(c.op().type(), null).input(a).input(b).attr("adj_x", ta).attr("adj_y", tb));
  }

  /** Sums over the batch dimensions along which the factor was broadcast. */
  private static Tensor sumBatches(GradientContext c, Tensor gradient, Tensor factor) {
    boolean broadcasts = c.op().type().equals("BatchMatMulV2") && c.out().shape().rank() != 2;
    return broadcasts ? Broadcasting.sumTo(gradient, factor) : gradient;
  }
}
