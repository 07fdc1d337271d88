package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.List;

/**
 * Arithmetic, comparisons and logic, element by element, and matrix products.
 *
 * <p>Binary ops broadcast as NumPy does. Their operands must be of one dtype: a Java value takes
 * that of the tensor it meets, two tensors of different dtypes are an error.
 */
abstract class MathApi extends FunctionApi {
  MathApi(Graph graph) {
    super(graph);
  }

  // ---- arithmetic

  /** {@code x + y}; strings are joined (AddV2, of strings Add). */
  public Tensor add(Object x, Object y) {
    return node(isString(x) || isString(y) ? "Add" : "AddV2", "add", x, y);
  }

  private static boolean isString(Object x) {
    return x instanceof Operand o
        ? o.asOutput().dtype() == DataType.STRING
        : x instanceof String || x instanceof String[];
  }

  /** {@code x - y} (Sub). */
  public Tensor sub(Object x, Object y) {
    return node("Sub", "sub", x, y);
  }

  /** {@code x * y} (Mul). */
  public Tensor mul(Object x, Object y) {
    return node("Mul", "mul", x, y);
  }

  /**
   * {@code x / y} as Python 3 divides: integers give their true quotient, of 8 and 16 bits as
   * float32, wider ones as float64 (RealDiv after Cast). {@link #floorDiv} keeps integers.
   */
  public Tensor div(Object x, Object y) {
    try (Scope s = graph().nameScope("truediv")) {
      DataType hint = dtypeOf(x, y);
      Output a = convert(x, hint, "x");
      Output b = convert(y, a.dtype(), "y");
      if (a.dtype() == b.dtype() && quotientType(a.dtype()) != a.dtype()) {
        DataType to = quotientType(a.dtype());
        a = cast(a, to).asOutput();
        b = cast(b, to).asOutput();
      }
      return node("RealDiv", s.name(), a, b);
    }
  }

  private static DataType quotientType(DataType t) {
    return switch (t) {
      case INT8, UINT8, INT16, UINT16 -> DataType.FLOAT32;
      case INT32, INT64, UINT32, UINT64 -> DataType.FLOAT64;
      default -> t;
    };
  }

  /**
   * The quotient rounded towards minus infinity, as Python's {@code //}: {@code -7 // 2} is -4
   * (FloorDiv). Integers divided by 0 fail when run.
   */
  public Tensor floorDiv(Object x, Object y) {
    return node("FloorDiv", "floordiv", x, y);
  }

  /** The remainder with the sign of y, as Python's {@code %}: {@code -7 % 3} is 2 (FloorMod). */
  public Tensor mod(Object x, Object y) {
    return node("FloorMod", "mod", x, y);
  }

  /** {@code x / y}, and 0 where y is 0 (DivNoNan). */
  public Tensor divNoNan(Object x, Object y) {
    return node("DivNoNan", "div_no_nan", x, y);
  }

  /** x to the power of y (Pow). */
  public Tensor pow(Object x, Object y) {
    return node("Pow", "pow", x, y);
  }

  /** The greater of the two; NaN where either is (Maximum). */
  public Tensor maximum(Object x, Object y) {
    return node("Maximum", "Maximum", x, y);
  }

  /** The smaller of the two; NaN where either is (Minimum). */
  public Tensor minimum(Object x, Object y) {
    return node("Minimum", "Minimum", x, y);
  }

  /** {@code (x - y)²} (SquaredDifference). */
  public Tensor squaredDifference(Object x, Object y) {
    return node("SquaredDifference", "SquaredDifference", x, y);
  }

  /** The angle of the point (x, y) in radians, in (-π, π] (Atan2). */
  public Tensor atan2(Object y, Object x) {
    return node("Atan2", "Atan2", y, x);
  }

  /** The quotient rounded towards 0: {@code -7 / 2} is -3 (TruncateDiv). */
  public Tensor truncateDiv(Object x, Object y) {
    return node("TruncateDiv", "truncatediv", x, y);
  }

  /** The remainder with the sign of x, as Java's {@code %} (TruncateMod). */
  public Tensor truncateMod(Object x, Object y) {
    return node("TruncateMod", "truncatemod", x, y);
  }

  /** {@code x * y}, and 0 where y is 0, whatever x is (MulNoNan). */
  public Tensor mulNoNan(Object x, Object y) {
    return node("MulNoNan", "mul_no_nan", x, y);
  }

  /** {@code x / y}, and 0 where x is 0, whatever y is (Xdivy). */
  public Tensor xdivy(Object x, Object y) {
    return node("Xdivy", "Xdivy", x, y);
  }

  /** {@code x * log(y)}, and 0 where x is 0, whatever y is (Xlogy). */
  public Tensor xlogy(Object x, Object y) {
    return node("Xlogy", "Xlogy", x, y);
  }

  /** The floating-point number next to x in the direction of y (NextAfter). */
  public Tensor nextAfter(Object x, Object y) {
    return node("NextAfter", "NextAfter", x, y);
  }

  /** Whether {@code |x - y| < tolerance}: bool, of tensors of one shape (ApproximateEqual). */
  public Tensor approximateEqual(Object x, Object y, double tolerance) {
    return finish(
        begin("ApproximateEqual", "ApproximateEqual", x, y).attr("tolerance", (float) tolerance));
  }

  /**
   * {@code coefficients[0] * x^(n-1) + … + coefficients[n-1]}, by Horner's rule.
   *
   * @param coefficients numbers or tensors, that of the highest power first
   */
  public Tensor polyval(List<?> coefficients, Object x) {
    try (Scope s = graph().nameScope("polyval")) {
      Output in = convert(x, null, "x");
      if (given(coefficients, "the list of coefficients").isEmpty()) {
        return mul(in, 0);
      }
      Tensor r = tensor(convert(coefficients.get(0), in.dtype(), "coeff_0"));
      for (Object c : coefficients.subList(1, coefficients.size())) {
        r = add(c, mul(r, in));
      }
      return r;
    }
  }

  /** {@code -softplus(-x)}, the logarithm of sigmoid. */
  public Tensor logSigmoid(Object x) {
    try (Scope s = graph().nameScope("LogSigmoid")) {
      Tensor minus = node("Neg", "Neg", convert(x, null, "x"));
      return node("Neg", s.name(), node("Softplus", "Softplus", minus));
    }
  }

  /** The sum of tensors of one shape (AccumulateNV2), which TensorFlow adds as they come. */
  public Tensor accumulateN(List<? extends Operand> xs) {
    if (given(xs, "the list of tensors").isEmpty()) {
      throw error("accumulateN needs at least one tensor");
    }
    Shape shape = Shape.unknown();
    for (Operand x : xs) {
      Shape s = given(x, "a tensor").asOutput().shape();
      if (!shape.isCompatibleWith(s)) {
        throw error("accumulateN adds tensors of one shape, not of " + shape + " and " + s);
      }
      shape = shape.merge(s);
    }
    return xs.size() == 1
        ? tensor(xs.get(0))
        : finish(begin("AccumulateNV2", "AccumulateNV2", xs).attr("shape", shape));
  }

  /** The sum of tensors of one shape (AddN); of one alone, itself. */
  public Tensor addN(List<?> xs) {
    if (given(xs, "the list of tensors").isEmpty()) {
      throw error("addN needs at least one tensor");
    }
    return xs.size() == 1 ? tensor(convert(xs.get(0), null, "Const")) : node("AddN", "AddN", xs);
  }

  // ---- comparison and logic

  /** Whether {@code x < y}: bool (Less). */
  public Tensor less(Object x, Object y) {
    return node("Less", "Less", x, y);
  }

  /** Whether {@code x <= y}: bool (LessEqual). */
  public Tensor lessEqual(Object x, Object y) {
    return node("LessEqual", "LessEqual", x, y);
  }

  /** Whether {@code x > y}: bool (Greater). */
  public Tensor greater(Object x, Object y) {
    return node("Greater", "Greater", x, y);
  }

  /** Whether {@code x >= y}: bool (GreaterEqual). */
  public Tensor greaterEqual(Object x, Object y) {
    return node("GreaterEqual", "GreaterEqual", x, y);
  }

  /** Whether {@code x == y}: bool (Equal). */
  public Tensor equal(Object x, Object y) {
    return node("Equal", "Equal", x, y);
  }

  /** Whether {@code x != y}: bool (NotEqual). */
  public Tensor notEqual(Object x, Object y) {
    return node("NotEqual", "NotEqual", x, y);
  }

  /** Whether both bools are true (LogicalAnd). */
  public Tensor logicalAnd(Object x, Object y) {
    return node("LogicalAnd", "LogicalAnd", x, y);
  }

  /** Whether one of the bools is true (LogicalOr). */
  public Tensor logicalOr(Object x, Object y) {
    return node("LogicalOr", "LogicalOr", x, y);
  }

  /** Whether just one of the bools is true (as TensorFlow builds it, from Or, And and Not). */
  public Tensor logicalXor(Object x, Object y) {
    try (Scope s = graph().nameScope("LogicalXor")) {
      Output a = convert(x, DataType.BOOL, "x");
      Output b = convert(y, DataType.BOOL, "y");
      Tensor either = logicalOr(a, b);
      return node("LogicalAnd", s.name(), either, logicalNot(logicalAnd(a, b)));
    }
  }

  /**
   * x held between {@code min} and {@code max}, which broadcast to x's shape (Minimum, Maximum).
   */
  public Tensor clipByValue(Object x, Object min, Object max) {
    try (Scope s = graph().nameScope("clip_by_value")) {
      Output t = convert(x, dtypeOf(min, max), "t");
      Tensor low = minimum(t, max);
      Tensor r = node("Maximum", s.name(), low, min);
      if (!t.shape().isCompatibleWith(r.shape())) {
        throw error(
            "clipByValue: the bounds would stretch the tensor of shape "
                + t.shape()
                + " to "
                + r.shape());
      }
      return r;
    }
  }

  // ---- products

  /** The matrix product, as {@link #matmul(Object, Object, boolean, boolean)}. */
  public Tensor matmul(Object a, Object b) {
    return matmul(a, b, false, false);
  }

  /**
   * The matrix product {@code a · b}. Matrices ([m,k] and [k,n] give [m,n], MatMul), or batches of
   * them: every dimension before the last two broadcasts (BatchMatMulV2).
   *
   * @param transposeA whether a's last two dimensions are to be swapped first
   * @param transposeB whether b's last two dimensions are to be swapped first
   * @throws dev.millrace.graph.InvalidArgumentException if the inner dimensions or dtypes differ,
   *     or a rank is below 2
   */
  public Tensor matmul(Object a, Object b, boolean transposeA, boolean transposeB) {
    try (Scope s = graph().nameScope("MatMul")) {
      DataType hint = dtypeOf(a, b);
      Output x = convert(a, hint, "a");
      Output y = convert(b, x.dtype(), "b");
      boolean matrices = isMatrixAtMost(x) && isMatrixAtMost(y);
      if (matrices) {
        return finish(
            begin("MatMul", s.name(), x, y)
                .attr("transpose_a", transposeA)
                .attr("transpose_b", transposeB));
      }
      // BatchMatMulV2 takes adjoints: conjugating first leaves the transpose.
      Output u = transposeA ? conj(x).asOutput() : x;
      Output v = transposeB ? conj(y).asOutput() : y;
      return finish(
          begin("BatchMatMulV2", s.name(), u, v)
              .attr("adj_x", transposeA)
              .attr("adj_y", transposeB));
    }
  }

  private static boolean isMatrixAtMost(Output x) {
    return x.shape().hasRank() && x.shape().rank() <= 2;
  }
}
