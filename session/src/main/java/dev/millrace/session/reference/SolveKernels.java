package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.linalg.Embedded;
import dev.millrace.session.linalg.Lu;
import dev.millrace.session.linalg.Matrix;
import dev.millrace.session.linalg.Svd;
import dev.millrace.session.linalg.Triangular;
import java.util.function.BinaryOperator;

/** Systems of linear equations, in batches: exactly determined, triangular, least squares. */
final class SolveKernels {
  private SolveKernels() {}

  static void register(ReferenceKernels k) {
    k.add("MatrixSolve", SolveKernels::solve);
    k.add("MatrixTriangularSolve", SolveKernels::triangularSolve);
    k.add("MatrixSolveLs", SolveKernels::leastSquares);
  }

  /**
   * The decomposition of {@code a}.
   *
   * @throws InvalidArgumentException if it is singular
   */
  static Lu invertible(Matrix a) {
    Lu lu = Lu.of(a);
    requireInvertible(lu.isInvertible());
    return lu;
  }

  static void requireInvertible(boolean is) {
    if (!is) {
      throw new InvalidArgumentException("the input is not invertible: its rows are dependent");
    }
  }

  private static void solve(KernelContext c) {
    boolean adjoint = c.attrs().getBool("adjoint");
    Batches.requireSquare(c, c.input(0), "matrix");
    combine(c, (a, b) -> invertible(a).solve(b, adjoint));
  }

  private static void triangularSolve(KernelContext c) {
    boolean lower = c.attrs().getBool("lower");
    boolean adjoint = c.attrs().getBool("adjoint");
    Batches.requireSquare(c, c.input(0), "matrix");
    combine(
        c,
        (a, b) -> {
          if (c.input(0).dtype().isComplex()
              ? !Lu.of(Embedded.triangle(a, lower)).isInvertible()
              : Triangular.hasZero(a)) {
            throw new InvalidArgumentException(
                "the input matrix is not invertible: there is a 0 on its diagonal");
          }
          return c.input(0).dtype().isComplex()
              ? Lu.of(Embedded.triangle(a, lower)).solve(b, adjoint)
              : Triangular.solve(a, lower, adjoint, b);
        });
  }

  private static void combine(KernelContext c, BinaryOperator<Matrix> f) {
    TensorValue a = Batches.require(c, c.input(0), "matrix");
    TensorValue b = Batches.require(c, c.input(1), "rhs");
    if (!Batches.batch(a).equals(Batches.batch(b)) || Batches.rows(a) != Batches.rows(b)) {
      throw new InvalidArgumentException(
          "the batches and rows of matrix, of shape "
              + a.shape()
              + ", and rhs, of shape "
              + b.shape()
              + ", must be equal");
    }
    Shape s = Batches.batch(a).concat(Shape.matrix(Batches.columns(a), Batches.columns(b)));
    Result r = new Result(a.dtype(), s);
    for (int i = 0; i < Batches.count(a); i++) {
      Batches.set(r, i, f.apply(Batches.matrix(a, i), Batches.matrix(b, i)));
    }
    c.output(0, r.value());
  }

  private static void leastSquares(KernelContext c) {
    double regularizer = Dims.requireScalar(c.input(2), "l2_regularizer").getDouble(0);
    boolean fast = c.attrs().getBool("fast");
    combine(c, (a, b) -> fast ? byGramian(a, b, regularizer) : leastNorm(a, b));
  }

  /** By the normal equations, of as many rows as the smaller side of {@code a}. */
  private static Matrix byGramian(Matrix a, Matrix b, double regularizer) {
    Matrix t = a.transpose();
    boolean tall = a.rows() >= a.columns();
    Matrix gramian = tall ? t.times(a) : a.times(t);
    for (int i = 0; i < gramian.rows(); i++) {
      gramian.add(i, i, regularizer);
    }
    Matrix l = Triangular.cholesky(gramian);
    if (l == null) {
      throw new InvalidArgumentException(
          "the matrix is rank deficient or ill-conditioned: set fast to false or give an"
              + " l2_regularizer above 0");
    }
    Matrix y = Triangular.solve(l, true, false, tall ? t.times(b) : b);
    Matrix x = Triangular.solve(l, true, true, y);
    return tall ? x : t.times(x);
  }

  /** Of all solutions the one of the least norm; there is no regularisation. */
  private static Matrix leastNorm(Matrix a, Matrix b) {
    Svd s = Svd.of(a);
    Matrix y = s.u().transpose().times(b);
    double least = s.values().length == 0 ? 0 : s.values()[0] * 0x1p-52 * s.values().length;
    for (int i = 0; i < y.rows(); i++) {
      for (int j = 0; j < y.columns(); j++) {
        y.set(i, j, s.values()[i] > least ? y.get(i, j) / s.values()[i] : 0);
      }
    }
    return s.v().times(y);
  }
}
