package dev.millrace.autodiff;

import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Gradients of decompositions whose factors are orthogonal. They exist where the factors are
 * unique: of full rank, and with eigenvalues and singular values that differ.
 */
final class DecompositionGradients {
  private DecompositionGradients() {}

  static void register(GradientRegistry r) {
    r.add("Qr", DecompositionGradients::qr);
    r.add("SelfAdjointEigV2", Rules.of(DecompositionGradients::eigen));
    r.add("Svd", DecompositionGradients::svd);
  }

  private static Tensor adjoint(Tensor t) {
    return t.ops().matrixTranspose(t);
  }

  private static Tensor product(Tensor a, Tensor b) {
    return a.ops().matmul(a, b);
  }

  private static Gradient notUnique(String what) {
    return Gradient.undefined("with full_matrices " + what + " that nothing determines");
  }

  /** Whether a full factor may have more columns than the reduced one: true if nothing is known. */
  private static boolean mayExceed(long size, long other) {
    return size == Shape.UNKNOWN || other == Shape.UNKNOWN || size > other;
  }

  /**
   * Of a matrix wider than high, {@code [x y] = q [u v]}, the first columns are decomposed, and the
   * others are {@code v = qᵀ y}; of another one there are no others. Walter and Lehmann, "On
   * evaluating higher-order derivatives of the QR decomposition" (2010).
   */
  private static List<Gradient> qr(GradientContext c) {
    Shape s = c.x().shape();
    if (c.attrs().getBool("full_matrices") && (!s.hasRank() || mayExceed(s.dim(-2), s.dim(-1)))) {
      return List.of(notUnique("q has columns"));
    }
    Ops tf = c.tf();
    Tensor q = c.output(0);
    Tensor columns = q.shapeTensor().get(-1);
    Tensor u = firstColumns(c.output(1), columns);
    Tensor y = otherColumns(c.x(), columns);
    Tensor byV = otherColumns(c.grad(1), columns);
    Tensor byU = firstColumns(c.grad(1), columns);
    Tensor byQ = c.grad(0).add(tf.matmul(y, byV, false, true));
    Tensor qq = tf.matmul(q, byQ, true, false);
    Tensor uu = tf.matmul(u, byU, false, true);
    Tensor lower = tf.matrixBandPart(qq.sub(adjoint(qq)).add(uu).sub(adjoint(uu)), -1, 0);
    Tensor inner = product(q, byU.add(overTransposed(lower, u)));
    Tensor byX = inner.add(overTransposed(byQ.sub(product(q, qq)), u));
    Tensor byY = product(q, byV);
    return List.of(Gradient.of(tf.concat(-1, byX, byY)));
  }

  /** {@code a (uᵀ)⁻¹}, where u is an upper triangle. */
  private static Tensor overTransposed(Tensor a, Tensor u) {
    return adjoint(LinalgGradients.triangularSolve(u, adjoint(a), false, false));
  }

  private static Tensor firstColumns(Tensor t, Tensor n) {
    return columns(t, null, n);
  }

  private static Tensor otherColumns(Tensor t, Tensor n) {
    return columns(t, n, null);
  }

  /** Columns from one number to another, whatever comes before the matrices. */
  private static Tensor columns(Tensor t, Tensor from, Tensor to) {
    Ops tf = t.ops();
    OpBuilder b =
        tf.op("StridedSlice", null)
            .input(t)
            .input(tf.stack(List.of(tf.constant(0), from == null ? tf.constant(0) : from)))
            .input(tf.stack(List.of(tf.constant(0), to == null ? tf.constant(0) : to)))
            .input(tf.constant(new int[] {1, 1}))
            .attr("ellipsis_mask", 1)
            .attr("begin_mask", from == null ? 2 : 0)
            .attr("end_mask", to == null ? 2 : 0);
    return Build.of(tf, b);
  }

  /** Only the lower triangle is looked at, and so only it has a gradient. */
  private static Tensor eigen(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor e = c.output(0);
    Tensor inner = tf.matrixDiag(c.grad(0));
    Tensor v = c.output(1);
    if (!c.attrs().getBool("compute_v")) {
      v = tf.tensor(tf.op("SelfAdjointEigV2", null).input(c.x()).build().output(1));
    } else if (c.hasGrad(1)) {
      inner = inner.add(inverseDifferences(e).mul(tf.matmul(v, c.grad(1), true, false)));
    }
    Tensor full = product(v, tf.matmul(inner, v, false, true));
    return LinalgGradients.lowerHalf(full.add(adjoint(full)));
  }

  /** {@code 1 / (x_j - x_i)} at (i, j), and 0 on the diagonal. */
  private static Tensor inverseDifferences(Tensor x) {
    Ops tf = x.ops();
    Tensor differences = x.expandDims(-2).sub(x.expandDims(-1));
    Tensor safe = tf.matrixSetDiag(differences, x.onesLike());
    return tf.matrixSetDiag(safe.reciprocal(), x.zerosLike());
  }

  /** Townsend, "Differentiating the singular value decomposition" (2016). */
  private static List<Gradient> svd(GradientContext c) {
    Ops tf = c.tf();
    Tensor s = c.output(0);
    Tensor u = c.output(1);
    Tensor v = c.output(2);
    boolean vectors = c.attrs().getBool("compute_uv");
    if (!vectors) {
      Operation full = tf.op("Svd", null).input(c.x()).build();
      u = tf.tensor(full.output(1));
      v = tf.tensor(full.output(2));
    } else if (c.attrs().getBool("full_matrices")) {
      Shape in = c.x().shape();
      boolean square = in.rank() >= 2 && in.dim(-1) == in.dim(-2) && in.dim(-1) >= 0;
      if (!square) {
        return List.of(notUnique("u or v has columns"));
      }
    }
    Tensor inner = tf.matrixDiag(c.grad(0));
    Tensor outer = null;
    if (vectors && c.hasGrad(1)) {
      Tensor uu = tf.matmul(u, c.grad(1), true, false);
      Tensor f = inverseDifferences(s.square()).mul(uu.sub(adjoint(uu)));
      inner = inner.add(f.mul(s.expandDims(-2)));
      Tensor rest = c.grad(1).sub(product(u, uu)).div(s.expandDims(-2));
      outer = tf.matmul(rest, v, false, true);
    }
    if (vectors && c.hasGrad(2)) {
      Tensor vv = tf.matmul(v, c.grad(2), true, false);
      Tensor f = inverseDifferences(s.square()).mul(vv.sub(adjoint(vv)));
      inner = inner.add(f.mul(s.expandDims(-1)));
      Tensor rest = c.grad(2).sub(product(v, vv)).div(s.expandDims(-2));
      Tensor right = tf.matmul(u, rest, false, true);
      outer = outer == null ? right : outer.add(right);
    }
    Tensor g = product(u, tf.matmul(inner, v, false, true));
    return List.of(Gradient.of(outer == null ? g : g.add(outer)));
  }
}
