package dev.millrace.autodiff;

import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Gradients of determinants, inverses, systems of equations and Cholesky's decomposition; Giles,
 * "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
 * (2008), and Murray, "Differentiation of the Cholesky decomposition" (2016).
 */
final class LinalgGradients {
  private LinalgGradients() {}

  static void register(GradientRegistry r) {
    r.add(
        "MatrixDeterminant",
        Rules.of((c, g) -> column(g.mul(c.out())).mul(transposedInverse(c.x()))));
    r.add("LogMatrixDeterminant", LinalgGradients::logDeterminant);
    r.add("MatrixInverse", Rules.of(LinalgGradients::inverse));
    r.add("MatrixSolve", LinalgGradients::solve);
    r.add("MatrixTriangularSolve", LinalgGradients::triangularSolve);
    r.add("MatrixSolveLs", LinalgGradients::leastSquares);
    r.add("Cholesky", Rules.of(LinalgGradients::cholesky));
    r.add("MatrixSquareRoot", Rules.of(LinalgGradients::squareRoot));
    r.undefined("CholeskyGrad", "differentiate Cholesky, whose gradient is made of other ops");
    r.undefined("Lu", "TensorFlow 1.15 gives none; matrixSolve and the determinants have one");
    DecompositionGradients.register(r);
    EinsumGradient.register(r);
  }

  /** With two dimensions of 1 more, so that each number meets a matrix. */
  private static Tensor column(Tensor t) {
    return t.expandDims(-1).expandDims(-1);
  }

  private static Tensor transposedInverse(Tensor a) {
    return Build.of(a.ops(), a.ops().op("MatrixInverse", null).input(a).attr("adjoint", true));
  }

  /** The sign is constant between its steps. */
  private static List<Gradient> logDeterminant(GradientContext c) {
    return List.of(Gradient.of(column(c.grad(1)).mul(transposedInverse(c.x()))));
  }

  /** {@code -yᵀ g yᵀ}, transposed once more where the inverse is. */
  private static Tensor inverse(GradientContext c, Tensor g) {
    Tensor y = c.out();
    Ops tf = c.tf();
    if (c.attrs().getBool("adjoint")) {
      return tf.matmul(y, tf.matmul(g, y, true, false)).neg();
    }
    return tf.matmul(y, tf.matmul(g, y, false, true), true, false).neg();
  }

  private static List<Gradient> solve(GradientContext c) {
    boolean adjoint = c.attrs().getBool("adjoint");
    Tensor byRhs =
        Build.of(
            c.tf(),
            c.tf().op("MatrixSolve", null).input(c.x()).input(c.grad()).attr("adjoint", !adjoint));
    return List.of(Gradient.of(byMatrix(c, byRhs, adjoint)), Gradient.of(byRhs));
  }

  /** {@code -byRhs xᵀ}, or its transpose where the matrix is transposed. */
  private static Tensor byMatrix(GradientContext c, Tensor byRhs, boolean adjoint) {
    Tensor product =
        adjoint
            ? c.tf().matmul(c.out(), byRhs, false, true)
            : c.tf().matmul(byRhs, c.out(), false, true);
    return product.neg();
  }

  private static List<Gradient> triangularSolve(GradientContext c) {
    boolean adjoint = c.attrs().getBool("adjoint");
    boolean lower = c.attrs().getBool("lower");
    Tensor byRhs = triangularSolve(c.x(), c.grad(), lower, !adjoint);
    Tensor full = byMatrix(c, byRhs, adjoint);
    Tensor triangle = lower ? lowerTriangle(full) : c.tf().matrixBandPart(full, 0, -1);
    return List.of(Gradient.of(triangle), Gradient.of(byRhs));
  }

  static Tensor triangularSolve(Tensor t, Tensor b, boolean lower, boolean adjoint) {
    Ops tf = t.ops();
    return Build.of(
        tf,
        tf.op("MatrixTriangularSolve", null)
            .input(t)
            .input(b)
            .attr("lower", lower)
            .attr("adjoint", adjoint));
  }

  static Tensor lowerTriangle(Tensor t) {
    return t.ops().matrixBandPart(t, -1, 0);
  }

  /** The lower triangle, half of the diagonal. */
  static Tensor lowerHalf(Tensor t) {
    Ops tf = t.ops();
    return lowerTriangle(tf.matrixSetDiag(t, tf.matrixDiagPart(t).mul(0.5)));
  }

  /** Of the normal equations; which they are depends on the matrix's shape. */
  private static List<Gradient> leastSquares(GradientContext c) {
    Shape s = c.x().shape();
    String reason = null;
    if (!c.attrs().getBool("fast")) {
      reason = "TensorFlow gives none where fast is false";
    } else if (s.rank() < 2 || s.dim(-1) == Shape.UNKNOWN || s.dim(-2) == Shape.UNKNOWN) {
      reason = "it depends on the matrix's shape, which is not known";
    }
    if (reason != null) {
      return List.of(
          Gradient.undefined(reason), Gradient.undefined(reason), Gradient.undefined(reason));
    }
    Ops tf = c.tf();
    Tensor a = c.x();
    Tensor b = c.y();
    Tensor g = c.grad();
    boolean tall = s.dim(-2) >= s.dim(-1);
    Tensor gramian = tall ? tf.matmul(a, a, true, false) : tf.matmul(a, a, false, true);
    Tensor l2 = c.input(2).cast(a.dtype());
    Tensor regular = tf.matrixSetDiag(gramian, tf.matrixDiagPart(gramian).add(l2));
    Tensor byA;
    Tensor byB;
    if (tall) {
      // x = (aᵀa + λ)⁻¹ aᵀb
      Tensor z = Build.op(tf, "MatrixSolve", regular, g);
      Tensor xz = tf.matmul(c.out(), z, false, true);
      byB = tf.matmul(a, z);
      byA = tf.matmul(b, z, false, true).sub(tf.matmul(a, xz.add(tf.matrixTranspose(xz))));
    } else {
      // x = aᵀ (aaᵀ + λ)⁻¹ b
      Tensor y = Build.op(tf, "MatrixSolve", regular, b);
      byB = Build.op(tf, "MatrixSolve", regular, tf.matmul(a, g));
      Tensor rest = g.sub(tf.matmul(a, byB, true, false));
      byA = tf.matmul(y, rest, false, true).sub(tf.matmul(byB, tf.matmul(y, a, true, false)));
    }
    return List.of(
        Gradient.of(byA), Gradient.of(byB), Gradient.undefined("TensorFlow gives none by it"));
  }

  /** {@code (s + sᵀ)/2} with {@code s = l⁻ᵀ Φ(lᵀ g) l⁻¹}, where Φ takes the lower triangle. */
  private static Tensor cholesky(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor l = c.out();
    Tensor middle = lowerHalf(tf.matmul(l, g, true, false));
    Tensor left = triangularSolve(l, middle, true, true);
    Tensor both = triangularSolve(l, tf.matrixTranspose(left), true, true);
    return both.add(tf.matrixTranspose(both)).mul(0.5);
  }

  /**
   * The solution x of {@code yᵀ x + x yᵀ = g}: a system in the elements of x, whose matrix is a sum
   * of Kronecker products.
   */
  private static Tensor squareRoot(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor y = c.out();
    Tensor unit = tf.matrixDiag(tf.matrixDiagPart(y).onesLike());
    Tensor sum = kronecker(tf.matrixTranspose(y), unit).add(kronecker(unit, y));
    Tensor shape = Shapes.of(y);
    Tensor batch = tf.slice(shape, List.of(0), List.of(shape.sizeTensor().sub(2)));
    Tensor n = shape.get(-1);
    Tensor square = n.mul(n);
    Tensor matrix = sum.reshape(tf.concat(0, batch, tf.stack(List.of(square, square))));
    Tensor vector = g.reshape(tf.concat(0, batch, tf.stack(List.of(square, tf.constant(1)))));
    return Shapes.reshapeLike(Build.op(tf, "MatrixSolve", matrix, vector), y);
  }

  /** Element (i, p, j, q) is {@code a[i, j] b[p, q]}. */
  private static Tensor kronecker(Tensor a, Tensor b) {
    return a.expandDims(-2).expandDims(-1).mul(b.expandDims(-2).expandDims(-4));
  }
}
