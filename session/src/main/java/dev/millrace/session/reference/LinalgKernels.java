package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.linalg.ComplexLu;
import dev.millrace.session.linalg.ComplexPairs;
import dev.millrace.session.linalg.ComplexQr;
import dev.millrace.session.linalg.Embedded;
import dev.millrace.session.linalg.Lu;
import dev.millrace.session.linalg.Matrix;
import dev.millrace.session.linalg.Qr;
import dev.millrace.session.linalg.SquareRoot;
import dev.millrace.session.linalg.Svd;
import dev.millrace.session.linalg.SymmetricEigen;
import dev.millrace.session.linalg.Triangular;
import java.util.function.UnaryOperator;

/** Decompositions, determinants and inverses of batches of matrices. */
final class LinalgKernels {
  private LinalgKernels() {}

  static void register(ReferenceKernels k) {
    k.add("MatrixDeterminant", LinalgKernels::determinant);
    k.add("LogMatrixDeterminant", LinalgKernels::logDeterminant);
    k.add("MatrixInverse", LinalgKernels::inverse);
    k.add("Cholesky", LinalgKernels::cholesky);
    k.add("CholeskyGrad", LinalgKernels::choleskyGrad);
    k.add("MatrixSquareRoot", c -> map(c, SquareRoot::of));
    k.add("Lu", LinalgKernels::lu);
    k.add("Qr", LinalgKernels::qr);
    k.add("SelfAdjointEigV2", LinalgKernels::eigen);
    k.add("Svd", LinalgKernels::svd);
    SolveKernels.register(k);
  }

  /** A function of a square matrix that gives another one of its size. */
  private static void map(KernelContext c, UnaryOperator<Matrix> f) {
    TensorValue x = Batches.requireSquare(c, c.input(0), "input");
    Result r = new Result(x.dtype(), x.shape());
    for (int i = 0; i < Batches.count(x); i++) {
      Batches.set(r, i, f.apply(Batches.matrix(x, i)));
    }
    c.output(0, r.value());
  }

  private static void determinant(KernelContext c) {
    TensorValue x = Batches.requireSquare(c, c.input(0), "input");
    Result r = new Result(x.dtype(), Batches.batch(x));
    for (int i = 0; i < Batches.count(x); i++) {
      Matrix m = Batches.matrix(x, i);
      if (x.dtype().isComplex()) {
        double[] d = Embedded.determinant(m);
        r.setComplex(i, new Complex(d[0], d[1]));
      } else {
        r.setDouble(i, Lu.of(m).determinant());
      }
    }
    c.output(0, r.value());
  }

  /** Of a singular matrix the sign is 0 and the logarithm minus infinity. */
  private static void logDeterminant(KernelContext c) {
    TensorValue x = Batches.requireSquare(c, c.input(0), "input");
    Result signs = new Result(x.dtype(), Batches.batch(x));
    Result logs = new Result(x.dtype(), Batches.batch(x));
    if (x.dtype().isComplex()) {
      logComplexDeterminant(x, signs, logs);
      c.output(0, signs.value());
      c.output(1, logs.value());
      return;
    }
    for (int i = 0; i < Batches.count(x); i++) {
      Lu lu = Lu.of(Batches.matrix(x, i));
      double sign = lu.isOdd() ? -1 : 1;
      double log = 0;
      for (int k = 0; k < Batches.rows(x); k++) {
        double d = lu.triangles().get(k, k);
        sign *= Math.signum(d);
        log += Math.log(Math.abs(d));
      }
      boolean finite = Double.isFinite(log);
      signs.setDouble(i, finite ? sign : 0);
      logs.setDouble(i, finite || log > 0 ? log : Double.NEGATIVE_INFINITY);
    }
    c.output(0, signs.value());
    c.output(1, logs.value());
  }

  private static void logComplexDeterminant(TensorValue x, Result signs, Result logs) {
    for (int i = 0; i < Batches.count(x); i++) {
      double[] d = ComplexLu.of(Batches.matrix(x, i)).logDeterminant();
      signs.setComplex(i, new Complex(d[1], d[2]));
      logs.setComplex(i, new Complex(d[0], 0));
    }
  }

  private static void inverse(KernelContext c) {
    boolean adjoint = c.attrs().getBool("adjoint");
    map(
        c,
        a -> {
          Lu lu = SolveKernels.invertible(a);
          return lu.solve(Matrix.identity(a.rows(), a.rows()), adjoint);
        });
  }

  private static void cholesky(KernelContext c) {
    boolean complex = c.input(0).dtype().isComplex();
    map(c, a -> cholesky(complex ? Embedded.withRealDiagonal(a) : a));
  }

  private static Matrix cholesky(Matrix a) {
    Matrix l = Triangular.cholesky(a);
    if (l == null) {
      throw new InvalidArgumentException(
          "Cholesky decomposition was not successful: the matrix is not positive definite");
    }
    return l;
  }

  /** The gradient by the matrix, taken as symmetric, of which {@code l} is the lower factor. */
  private static void choleskyGrad(KernelContext c) {
    TensorValue l = Batches.requireSquare(c, c.input(0), "l");
    TensorValue g = Batches.requireSquare(c, c.input(1), "grad");
    Dims.requireSame(l, "l", g, "grad");
    Result r = new Result(l.dtype(), l.shape());
    for (int i = 0; i < Batches.count(l); i++) {
      Batches.set(r, i, choleskyGrad(Batches.matrix(l, i), Batches.matrix(g, i)));
    }
    c.output(0, r.value());
  }

  private static Matrix choleskyGrad(Matrix l, Matrix g) {
    int n = l.rows();
    Matrix lower = new Matrix(n, n);
    Matrix product = l.transpose().times(g);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        lower.set(i, j, product.get(i, j) * (i == j ? 0.5 : 1));
      }
    }
    // l⁻ᵀ lower l⁻¹
    Matrix left = Triangular.solve(l, true, true, lower);
    Matrix both = Triangular.solve(l, true, true, left.transpose()).transpose();
    Matrix sum = new Matrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        sum.set(i, j, (both.get(i, j) + both.get(j, i)) / 2);
      }
    }
    return sum;
  }

  private static void lu(KernelContext c) {
    TensorValue x = Batches.requireSquare(c, c.input(0), "input");
    int n = Batches.rows(x);
    Result triangles = new Result(x.dtype(), x.shape());
    Result order = new Result(c.attrs().getType("output_idx_type"), x.shape().slice(0, -1));
    for (int i = 0; i < Batches.count(x); i++) {
      int[] rows = triangles(x, i, triangles);
      for (int k = 0; k < n; k++) {
        order.setLong(i * n + k, rows[k]);
      }
    }
    c.output(0, triangles.value());
    c.output(1, order.value());
  }

  /** Sets the triangles of a matrix; gives the order of its rows. */
  private static int[] triangles(TensorValue x, int i, Result to) {
    if (x.dtype().isComplex()) {
      ComplexLu lu = ComplexLu.of(Batches.matrix(x, i));
      SolveKernels.requireInvertible(lu.isInvertible());
      Batches.set(to, i, lu.triangles());
      return lu.order();
    }
    Lu lu = SolveKernels.invertible(Batches.matrix(x, i));
    Batches.set(to, i, lu.triangles());
    return lu.order();
  }

  private static void qr(KernelContext c) {
    TensorValue x = Batches.require(c, c.input(0), "input");
    int rows = Batches.rows(x);
    int columns = Batches.columns(x);
    int inner = c.attrs().getBool("full_matrices") ? rows : Math.min(rows, columns);
    Result q = new Result(x.dtype(), Batches.batch(x).concat(Shape.matrix(rows, inner)));
    Result r = new Result(x.dtype(), Batches.batch(x).concat(Shape.matrix(inner, columns)));
    for (int i = 0; i < Batches.count(x); i++) {
      if (x.dtype().isComplex()) {
        ComplexQr qr = ComplexQr.of(Batches.matrix(x, i));
        Batches.set(q, i, qr.q(inner));
        Batches.set(r, i, qr.r(inner));
      } else {
        Qr qr = Qr.of(Batches.matrix(x, i));
        Batches.set(q, i, qr.q(inner));
        Batches.set(r, i, qr.r(inner));
      }
    }
    c.output(0, q.value());
    c.output(1, r.value());
  }

  private static void eigen(KernelContext c) {
    TensorValue x = Batches.requireSquare(c, c.input(0), "input");
    boolean vectors = c.attrs().getBool("compute_v");
    Result e = new Result(x.dtype(), x.shape().slice(0, -1));
    Result v = new Result(x.dtype(), vectors ? x.shape() : Shape.vector(0));
    for (int i = 0; i < Batches.count(x); i++) {
      Matrix m = Batches.matrix(x, i);
      SymmetricEigen eigen = x.dtype().isComplex() ? ComplexPairs.eigen(m) : SymmetricEigen.of(m);
      Batches.set(e, i, eigen.values());
      if (vectors) {
        Batches.set(v, i, eigen.vectors());
      }
    }
    c.output(0, e.value());
    c.output(1, v.value());
  }

  private static void svd(KernelContext c) {
    TensorValue x = Batches.require(c, c.input(0), "input");
    int rows = Batches.rows(x);
    int columns = Batches.columns(x);
    int n = Math.min(rows, columns);
    boolean vectors = c.attrs().getBool("compute_uv");
    boolean full = c.attrs().getBool("full_matrices");
    int left = full ? rows : n;
    int right = full ? columns : n;
    Shape batch = Batches.batch(x);
    Shape none = Shape.vector(0);
    Result s = new Result(x.dtype(), batch.concat(Shape.vector(n)));
    Result u = new Result(x.dtype(), vectors ? batch.concat(Shape.matrix(rows, left)) : none);
    Result v = new Result(x.dtype(), vectors ? batch.concat(Shape.matrix(columns, right)) : none);
    for (int i = 0; i < Batches.count(x); i++) {
      boolean complex = x.dtype().isComplex();
      Matrix m = Batches.matrix(x, i);
      Svd svd = complex ? ComplexPairs.svd(m) : Svd.of(m);
      Batches.set(s, i, svd.values());
      if (vectors) {
        Batches.set(u, i, left == n ? svd.u() : completed(svd.u(), left, complex));
        Batches.set(v, i, right == n ? svd.v() : completed(svd.v(), right, complex));
      }
    }
    c.output(0, s.value());
    c.output(1, u.value());
    c.output(2, v.value());
  }

  private static Matrix completed(Matrix u, int columns, boolean complex) {
    return complex ? ComplexPairs.completed(u, columns) : Svd.completed(u, columns);
  }
}
