package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Diagonals of tensors and of batches of matrices. */
final class DiagonalOps {
  private static final String NUMBERS =
      "T: {bfloat16, half, float, double, int32, int64, complex64, complex128}";

  private DiagonalOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("Diag")
            .inputs("diagonal: T")
            .outputs("output: T")
            .attrs(NUMBERS)
            .shape(c -> c.output(0, c.inputOfRankAtLeast(0, 1).concat(c.input(0)))));
    r.add(
        OpDef.named("DiagPart")
            .inputs("input: T")
            .outputs("diagonal: T")
            .attrs(NUMBERS)
            .shape(DiagonalOps::diagPartShape));
    r.add(
        OpDef.named("MatrixDiag")
            .inputs("diagonal: T")
            .outputs("output: T")
            .attrs("T: type")
            .shape(DiagonalOps::matrixDiagShape));
    r.add(
        OpDef.named("MatrixDiagPart")
            .inputs("input: T")
            .outputs("diagonal: T")
            .attrs("T: type")
            .shape(c -> c.output(0, diagonal(c.inputOfRankAtLeast(0, 2)))));
    r.add(
        OpDef.named("MatrixSetDiag")
            .inputs("input: T", "diagonal: T")
            .outputs("output: T")
            .attrs("T: type")
            .shape(DiagonalOps::setDiagShape));
    r.add(
        OpDef.named("MatrixBandPart")
            .inputs("input: T", "num_lower: Tindex", "num_upper: Tindex")
            .outputs("band: T")
            .attrs("T: type", "Tindex: {int32, int64} = int64")
            .shape(DiagonalOps::bandShape));
  }

  /** The first half of the dimensions, which the other half repeats. */
  private static void diagPartShape(ShapeContext c) {
    Shape s = c.inputOfRankAtLeast(0, 1);
    if (!s.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    if (s.rank() % 2 != 0) {
      throw new InvalidArgumentException("the rank must be even, but the shape is " + s);
    }
    Shape first = s.slice(0, s.rank() / 2);
    Shape second = s.sliceFrom(s.rank() / 2);
    if (!first.isCompatibleWith(second)) {
      throw new InvalidArgumentException(
          "the second half of the dimensions must repeat the first, but the shape is " + s);
    }
    c.output(0, first.merge(second));
  }

  private static void matrixDiagShape(ShapeContext c) {
    Shape s = c.inputOfRankAtLeast(0, 1);
    c.output(0, s.hasRank() ? s.concat(Shape.vector(s.dim(-1))) : s);
  }

  /** The shape of the diagonals of a batch of matrices. */
  private static Shape diagonal(Shape s) {
    if (!s.hasRank()) {
      return s;
    }
    long rows = s.dim(-2);
    long columns = s.dim(-1);
    boolean known = rows != Shape.UNKNOWN && columns != Shape.UNKNOWN;
    long n = rows == 0 || columns == 0 ? 0 : known ? Math.min(rows, columns) : Shape.UNKNOWN;
    return s.slice(0, -2).concat(Shape.vector(n));
  }

  private static void setDiagShape(ShapeContext c) {
    Shape s = c.inputOfRankAtLeast(0, 2);
    Shape d = c.inputOfRankAtLeast(1, 1);
    if (s.hasRank() && !diagonal(s).isCompatibleWith(d)) {
      throw new InvalidArgumentException(
          "the diagonals of " + s + " are of shape " + diagonal(s) + ", not " + d);
    }
    if (!s.hasRank() && d.hasRank()) {
      s = d.slice(0, -1).concat(Shape.ofRank(2));
    } else if (d.hasRank()) {
      s = s.slice(0, -2).merge(d.slice(0, -1)).concat(s.sliceFrom(s.rank() - 2));
    }
    c.output(0, s);
  }

  private static void bandShape(ShapeContext c) {
    Shapes.requireScalar(c, 1, "num_lower");
    Shapes.requireScalar(c, 2, "num_upper");
    c.output(0, c.inputOfRankAtLeast(0, 2));
  }
}
