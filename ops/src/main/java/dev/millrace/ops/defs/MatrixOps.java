package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;

/** Matrix products and generated sequences. */
final class MatrixOps {
  private static final String TYPES =
      "T: {bfloat16, half, float, double, int32, int64, complex64, complex128}";

  private MatrixOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("MatMul")
            .inputs("a: T", "b: T")
            .outputs("product: T")
            .attrs("transpose_a: bool = false", "transpose_b: bool = false", TYPES)
            .shape(MatrixOps::matMulShape));
    r.add(batch("BatchMatMul").shape(c -> batchShape(c, false)));
    r.add(batch("BatchMatMulV2").shape(c -> batchShape(c, true)));
    r.add(
        OpDef.named("Cross")
            .inputs("a: T", "b: T")
            .outputs("product: T")
            .attrs("T: realnumbertype")
            .shape(MatrixOps::crossShape));
    r.add(
        OpDef.named("Range")
            .inputs("start: Tidx", "limit: Tidx", "delta: Tidx")
            .outputs("output: Tidx")
            .attrs("Tidx: {bfloat16, float, double, int32, int64} = int32")
            .allValueInputs()
            .shape(MatrixOps::rangeShape)
            .value(MatrixOps::rangeValue));
    r.add(
        OpDef.named("LinSpace")
            .inputs("start: T", "stop: T", "num: Tidx")
            .outputs("output: T")
            .attrs("T: {bfloat16, float, double}", "Tidx: {int32, int64} = int32")
            .valueInputs(2)
            .shape(MatrixOps::linSpaceShape));
  }

  /** Vectors of three elements, along the last axis. */
  private static void crossShape(ShapeContext c) {
    c.inputOfRankAtLeast(0, 1);
    c.inputOfRankAtLeast(1, 1);
    Shape s = Shapes.merged(c, 0, 2);
    if (s.hasRank()) {
      Shapes.mergeDims(s.dim(-1), 3, "the last dimension, and 3,");
      s = s.withDim(-1, 3);
    }
    c.output(0, s);
  }

  private static OpDef.Builder batch(String op) {
    return OpDef.named(op)
        .inputs("x: T", "y: T")
        .outputs("output: T")
        .attrs(TYPES, "adj_x: bool = false", "adj_y: bool = false");
  }

  private static void matMulShape(ShapeContext c) {
    Shape a = c.inputOfRank(0, 2);
    Shape b = c.inputOfRank(1, 2);
    c.output(0, product(c, a, b, "transpose_a", "transpose_b"));
  }

  private static void batchShape(ShapeContext c, boolean broadcast) {
    Shape x = c.inputOfRankAtLeast(0, 2);
    Shape y = c.inputOfRankAtLeast(1, 2);
    Shape matrix = product(c, x, y, "adj_x", "adj_y");
    Shape bx = x.hasRank() ? x.slice(0, -2) : x;
    Shape by = y.hasRank() ? y.slice(0, -2) : y;
    if (!broadcast && !bx.isCompatibleWith(by)) {
      throw new InvalidArgumentException(
          "the dimensions before the last two must be equal, but the shapes are "
              + x
              + " and "
              + y);
    }
    c.output(0, (broadcast ? bx.broadcast(by) : bx.merge(by)).concat(matrix));
  }

  /** The shape of the product of the last two dimensions. */
  private static Shape product(ShapeContext c, Shape a, Shape b, String flagA, String flagB) {
    boolean ta = c.attrs().getBool(flagA);
    boolean tb = c.attrs().getBool(flagB);
    long inA = a.dim(ta ? -2 : -1);
    long inB = b.dim(tb ? -1 : -2);
    if (inA != inB && inA != Shape.UNKNOWN && inB != Shape.UNKNOWN) {
      throw new InvalidArgumentException(
          "the inner dimensions must be equal, but are "
              + inA
              + " and "
              + inB
              + ": "
              + a
              + (ta ? " (transposed)" : "")
              + " times "
              + b
              + (tb ? " (transposed)" : ""));
    }
    return Shape.matrix(a.dim(ta ? -1 : -2), b.dim(tb ? -2 : -1));
  }

  private static void rangeShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "start");
    Shapes.requireScalar(c, 1, "limit");
    Shapes.requireScalar(c, 2, "delta");
    c.output(0, Shape.vector(rangeSize(c)));
  }

  private static long rangeSize(ShapeContext c) {
    DataType t = c.inputType(0);
    if (t.isInteger()) {
      Long start = Shapes.at(c.ints(0), 0);
      Long limit = Shapes.at(c.ints(1), 0);
      Long delta = Shapes.at(c.ints(2), 0);
      if (delta != null && delta == 0) {
        throw new InvalidArgumentException("delta must not be 0");
      }
      if (start == null || limit == null || delta == null) {
        return Shape.UNKNOWN;
      }
      checkDirection(Long.compare(start, limit), delta > 0, start, limit);
      long span = Math.abs(Math.subtractExact(limit, start));
      long step = Math.abs(delta);
      return span / step + (span % step == 0 ? 0 : 1);
    }
    TensorValue start = c.constant(0);
    TensorValue limit = c.constant(1);
    TensorValue delta = c.constant(2);
    if (delta != null && delta.getDouble(0) == 0) {
      throw new InvalidArgumentException("delta must not be 0");
    }
    if (start == null || limit == null || delta == null) {
      return Shape.UNKNOWN;
    }
    double from = start.getDouble(0);
    double to = limit.getDouble(0);
    double by = delta.getDouble(0);
    checkDirection(Double.compare(from, to), by > 0, from, to);
    return (long) Math.ceil(Math.abs(rounded(t, rounded(t, to - from) / by)));
  }

  /** The count is computed in the tensors' own precision, in which the last step may fall away. */
  private static double rounded(DataType t, double x) {
    return switch (t) {
      case FLOAT32 -> (float) x;
      case BFLOAT16 -> Float16.bfloatToFloat(Float16.bfloatOfFloat((float) x));
      default -> x;
    };
  }

  private static void checkDirection(int order, boolean up, Object start, Object limit) {
    if (up ? order > 0 : order < 0) {
      throw new InvalidArgumentException(
          "start must be at "
              + (up ? "most" : "least")
              + " limit when delta is "
              + (up ? "positive" : "negative")
              + ", but start is "
              + start
              + " and limit "
              + limit);
    }
  }

  private static KnownInts rangeValue(ShapeContext c, int output, Shape shape) {
    Long start = Shapes.at(c.ints(0), 0);
    Long delta = Shapes.at(c.ints(2), 0);
    if (start == null || delta == null || !shape.isFullyDefined()) {
      return null;
    }
    KnownInts.Builder b = KnownInts.builder(false, (int) shape.dim(0));
    for (int i = 0; i < shape.dim(0); i++) {
      b.set(i, start + i * delta);
    }
    return b.build();
  }

  private static void linSpaceShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "start");
    Shapes.requireScalar(c, 1, "stop");
    Long num = Shapes.scalarInt(c, 2, "num");
    if (num != null && num <= 0) {
      throw new InvalidArgumentException("num must be positive, but is " + num);
    }
    c.output(0, Shape.vector(num == null ? Shape.UNKNOWN : num));
  }
}
