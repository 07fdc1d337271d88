package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Decompositions, determinants and systems of equations of batches of matrices. */
final class LinalgOps {
  private static final String TYPES = "T: {double, float, half, complex64, complex128}";

  private LinalgOps() {}

  static void register(OpRegistry r) {
    squares(r);
    systems(r);
    decompositions(r);
    r.add(
        OpDef.named("Einsum")
            .inputs("inputs: N * T")
            .outputs("output: T")
            .attrs("equation: string", "N: int >= 1", "T: type")
            .shape(EinsumSpec::shape));
  }

  private static void squares(OpRegistry r) {
    r.add(
        OpDef.named("MatrixDeterminant")
            .inputs("input: T")
            .outputs("output: T")
            .attrs("T: {half, float, double, complex64, complex128}")
            .shape(c -> c.output(0, batch(square(c, 0)))));
    r.add(
        OpDef.named("LogMatrixDeterminant")
            .inputs("input: T")
            .outputs("sign: T", "log_abs_determinant: T")
            .attrs("T: {half, float, double, complex64, complex128}")
            .shape(
                c -> {
                  Shape s = batch(square(c, 0));
                  c.output(0, s);
                  c.output(1, s);
                }));
    r.add(
        OpDef.named("MatrixInverse")
            .inputs("input: T")
            .outputs("output: T")
            .attrs("adjoint: bool = false", TYPES)
            .shape(c -> c.output(0, square(c, 0))));
    for (String op : new String[] {"Cholesky", "MatrixSquareRoot"}) {
      r.add(
          OpDef.named(op)
              .inputs("input: T")
              .outputs("output: T")
              .attrs(TYPES)
              .shape(c -> c.output(0, square(c, 0))));
    }
    r.add(
        OpDef.named("CholeskyGrad")
            .inputs("l: T", "grad: T")
            .outputs("output: T")
            .attrs("T: {half, float, double}")
            .shape(
                c -> {
                  square(c, 1);
                  Shapes.merged(c, 0, 2);
                  c.output(0, square(c, 0));
                }));
  }

  private static void systems(OpRegistry r) {
    r.add(
        OpDef.named("MatrixSolve")
            .inputs("matrix: T", "rhs: T")
            .outputs("output: T")
            .attrs("adjoint: bool = false", TYPES)
            .shape(LinalgOps::solveShape));
    r.add(
        OpDef.named("MatrixTriangularSolve")
            .inputs("matrix: T", "rhs: T")
            .outputs("output: T")
            .attrs("lower: bool = true", "adjoint: bool = false", TYPES)
            .shape(LinalgOps::solveShape));
    r.add(
        OpDef.named("MatrixSolveLs")
            .inputs("matrix: T", "rhs: T", "l2_regularizer: double")
            .outputs("output: T")
            .attrs(TYPES, "fast: bool = true")
            .shape(LinalgOps::solveLsShape));
  }

  private static void decompositions(OpRegistry r) {
    r.add(
        OpDef.named("Lu")
            .inputs("input: T")
            .outputs("lu: T", "p: output_idx_type")
            .attrs("output_idx_type: {int32, int64} = int32", TYPES)
            .shape(
                c -> {
                  Shape s = square(c, 0);
                  c.output(0, s);
                  c.output(1, s.hasRank() ? s.slice(0, -1) : s);
                }));
    r.add(
        OpDef.named("Qr")
            .inputs("input: T")
            .outputs("q: T", "r: T")
            .attrs("full_matrices: bool = false", TYPES)
            .shape(LinalgOps::qrShape));
    r.add(
        OpDef.named("SelfAdjointEigV2")
            .inputs("input: T")
            .outputs("e: T", "v: T")
            .attrs("compute_v: bool = true", TYPES)
            .shape(LinalgOps::eigenShape));
    r.add(
        OpDef.named("Svd")
            .inputs("input: T")
            .outputs("s: T", "u: T", "v: T")
            .attrs("compute_uv: bool = true", "full_matrices: bool = false", TYPES)
            .shape(LinalgOps::svdShape));
  }

  /** Input {@code i}, a batch of matrices with as many rows as columns. */
  private static Shape square(ShapeContext c, int i) {
    Shape s = c.inputOfRankAtLeast(i, 2);
    if (!s.hasRank()) {
      return s;
    }
    long n = Shapes.mergeDims(s.dim(-2), s.dim(-1), "the rows and columns of " + s);
    return s.withDim(-2, n).withDim(-1, n);
  }

  /** The dimensions before the matrices. */
  private static Shape batch(Shape s) {
    return s.hasRank() ? s.slice(0, -2) : s;
  }

  private static void solveShape(ShapeContext c) {
    Shape a = square(c, 0);
    Shape b = c.inputOfRankAtLeast(1, 2);
    requireOneBatch(a, b);
    long n = Shapes.mergeDims(a.dim(-1), b.dim(-2), "the rows of the matrix and of rhs");
    c.output(0, batch(a).merge(batch(b)).concat(Shape.matrix(n, b.dim(-1))));
  }

  private static void solveLsShape(ShapeContext c) {
    Shape a = c.inputOfRankAtLeast(0, 2);
    Shape b = c.inputOfRankAtLeast(1, 2);
    Shapes.requireScalar(c, 2, "l2_regularizer");
    requireOneBatch(a, b);
    Shapes.mergeDims(a.dim(-2), b.dim(-2), "the rows of the matrix and of rhs");
    c.output(0, batch(a).merge(batch(b)).concat(Shape.matrix(a.dim(-1), b.dim(-1))));
  }

  private static void requireOneBatch(Shape a, Shape b) {
    if (!batch(a).isCompatibleWith(batch(b))) {
      throw new InvalidArgumentException(
          "the dimensions before the last two must be equal, but the shapes are "
              + a
              + " and "
              + b);
    }
  }

  private static void qrShape(ShapeContext c) {
    Shape s = c.inputOfRankAtLeast(0, 2);
    if (!s.hasRank()) {
      return;
    }
    long rows = s.dim(-2);
    long inner = c.attrs().getBool("full_matrices") ? rows : smaller(rows, s.dim(-1));
    c.output(0, batch(s).concat(Shape.matrix(rows, inner)));
    c.output(1, batch(s).concat(Shape.matrix(inner, s.dim(-1))));
  }

  private static long smaller(long a, long b) {
    if (a == 0 || b == 0) {
      return 0;
    }
    return a == Shape.UNKNOWN || b == Shape.UNKNOWN ? Shape.UNKNOWN : Math.min(a, b);
  }

  /** Vectors that are not asked for are empty. */
  private static void eigenShape(ShapeContext c) {
    Shape s = square(c, 0);
    c.output(0, s.hasRank() ? s.slice(0, -1) : s);
    c.output(1, c.attrs().getBool("compute_v") ? s : Shape.vector(0));
  }

  /** The first form of eigenvalues: one matrix, the values in its first row. */
  static void valuesAboveVectors(ShapeContext c) {
    Shape s = square(c, 0);
    if (s.hasRank()) {
      long n = s.dim(-1);
      c.output(0, s.withDim(-2, n == Shape.UNKNOWN ? n : n + 1));
    }
  }

  private static void svdShape(ShapeContext c) {
    Shape s = c.inputOfRankAtLeast(0, 2);
    boolean vectors = c.attrs().getBool("compute_uv");
    if (!s.hasRank()) {
      c.output(1, vectors ? s : Shape.vector(0));
      c.output(2, vectors ? s : Shape.vector(0));
      return;
    }
    long rows = s.dim(-2);
    long columns = s.dim(-1);
    long n = smaller(rows, columns);
    boolean full = c.attrs().getBool("full_matrices");
    c.output(0, batch(s).concat(Shape.vector(n)));
    c.output(1, vectors ? batch(s).concat(Shape.matrix(rows, full ? rows : n)) : Shape.vector(0));
    c.output(
        2, vectors ? batch(s).concat(Shape.matrix(columns, full ? columns : n)) : Shape.vector(0));
  }
}
