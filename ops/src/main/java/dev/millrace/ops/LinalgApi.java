package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Scope;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear algebra on batches of matrices: the last two dimensions of a tensor are its matrices,
 * whatever comes before. Real numbers only.
 */
abstract class LinalgApi extends ArrangeApi {
  LinalgApi(Graph graph) {
    super(graph);
  }

  /** A float32 matrix with ones on its diagonal and zeros elsewhere (MatrixDiag). */
  public Tensor eye(int size) {
    try (Scope s = graph().nameScope("eye")) {
      return matrixDiag(ones(DataType.FLOAT32, size));
    }
  }

  /**
   * Matrices with ones on their diagonals and zeros elsewhere (MatrixSetDiag).
   *
   * @param rows a number or scalar tensor
   * @param columns a number or scalar tensor
   * @param batch the dimensions before the matrices
   */
  public Tensor eye(Object rows, Object columns, DataType dtype, long... batch) {
    try (Scope s = graph().nameScope("eye")) {
      Object size =
          rows instanceof Number m && columns instanceof Number n
              ? (Object) Math.min(m.longValue(), n.longValue())
              : minimum(rows, columns);
      Tensor ones = ones(dtype, sizes(batch, size));
      return matrixSetDiag(zeros(dtype, sizes(batch, rows, columns)), ones);
    }
  }

  /** A shape: numbers alone, or a list with tensors in it. */
  private static Object sizes(long[] batch, Object... last) {
    List<Object> all = new ArrayList<>();
    for (long b : given(batch, "the batch sizes")) {
      all.add((int) b);
    }
    for (Object size : last) {
      all.add(size instanceof Number n ? (Object) n.intValue() : size);
    }
    return all.stream().allMatch(Number.class::isInstance)
        ? (Object) all.stream().mapToLong(x -> ((Number) x).longValue()).toArray()
        : all;
  }

  // ---- determinants, inverses, roots

  /** The determinant of each matrix (MatrixDeterminant). */
  public Tensor matrixDeterminant(Object x) {
    return node("MatrixDeterminant", "MatrixDeterminant", x);
  }

  /** The sign of each matrix's determinant and the logarithm of its magnitude. */
  public List<Tensor> logMatrixDeterminant(Object x) {
    return tensors(begin("LogMatrixDeterminant", "LogMatrixDeterminant", x).build());
  }

  /** The inverses; a singular matrix fails when run (MatrixInverse). */
  public Tensor matrixInverse(Object x) {
    return node("MatrixInverse", "MatrixInverse", x);
  }

  /** The matrices whose squares x are; NaN where there are none that are real. */
  public Tensor matrixSquareRoot(Object x) {
    return node("MatrixSquareRoot", "MatrixSquareRoot", x);
  }

  // ---- systems of equations

  /** The x with {@code a x = b}, each column apart (MatrixSolve). */
  public Tensor matrixSolve(Object a, Object b) {
    return matrixSolve(a, b, false);
  }

  /** The x with {@code a x = b}, or with a's transpose (MatrixSolve). */
  public Tensor matrixSolve(Object a, Object b, boolean adjoint) {
    return finish(begin("MatrixSolve", "MatrixSolve", a, b).attr("adjoint", adjoint));
  }

  /**
   * As {@link #matrixSolve(Object, Object, boolean)}, for a triangle, of which the rest is not
   * looked at (MatrixTriangularSolve).
   */
  public Tensor matrixTriangularSolve(Object a, Object b, boolean lower, boolean adjoint) {
    return finish(
        begin("MatrixTriangularSolve", "MatrixTriangularSolve", a, b)
            .attr("lower", lower)
            .attr("adjoint", adjoint));
  }

  /**
   * The x for which {@code |a x - b|² + l2 |x|²} is least (MatrixSolveLs).
   *
   * @param l2 a float64 number or scalar
   * @param fast whether to solve the normal equations, which need a of full rank; else l2 counts as
   *     0, and of all solutions that of the least norm is taken
   */
  public Tensor matrixSolveLs(Object a, Object b, Object l2, boolean fast) {
    return finish(begin("MatrixSolveLs", "MatrixSolveLs", a, b, l2).attr("fast", fast));
  }

  // ---- decompositions

  /**
   * The lower triangles l with {@code l lᵀ = x}; a matrix that is not positive definite fails when
   * run (Cholesky).
   */
  public Tensor cholesky(Object x) {
    return node("Cholesky", "Cholesky", x);
  }

  /** As {@link #qr(Object, boolean)}, the reduced one. */
  public List<Tensor> qr(Object x) {
    return qr(x, false);
  }

  /**
   * Orthogonal q and upper triangular r with {@code q r = x} (Qr).
   *
   * @param full whether q is to be square, even if x has more rows than columns
   */
  public List<Tensor> qr(Object x, boolean full) {
    return tensors(begin("Qr", "Qr", x).attr("full_matrices", full).build());
  }

  /**
   * Both triangles of the LU decomposition in one matrix, ones on the lower diagonal left out, and
   * the order of the rows: row {@code p[i]} of x is row i of their product (Lu).
   */
  public List<Tensor> lu(Object x) {
    return tensors(begin("Lu", "Lu", x).build());
  }

  /**
   * The eigenvalues of symmetric matrices, ascending, and their eigenvectors, in columns
   * (SelfAdjointEigV2). Only lower triangles are looked at.
   */
  public List<Tensor> selfAdjointEig(Object x) {
    return tensors(begin("SelfAdjointEigV2", "SelfAdjointEigV2", x).build());
  }

  /** The eigenvalues of symmetric matrices alone, ascending. */
  public Tensor selfAdjointEigvals(Object x) {
    return finish(begin("SelfAdjointEigV2", "SelfAdjointEigV2", x).attr("compute_v", false));
  }

  /** As {@link #svd(Object, boolean)}, the reduced one. */
  public List<Tensor> svd(Object x) {
    return svd(x, false);
  }

  /**
   * The singular values s, descending, and orthogonal u and v with {@code u diag(s) vᵀ = x} (Svd).
   *
   * @param full whether u and v are to be square
   */
  public List<Tensor> svd(Object x, boolean full) {
    return tensors(begin("Svd", "Svd", x).attr("full_matrices", full).build());
  }

  /** The singular values alone, descending. */
  public Tensor svdValues(Object x) {
    return finish(begin("Svd", "Svd", x).attr("compute_uv", false));
  }
}
