package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;

/**
 * Arithmetic, element by element, and matrix products.
 *
 * <p>Binary ops broadcast as NumPy does. Their operands must be of one dtype: a Java value takes
 * that of the tensor it meets, two tensors of different dtypes are an error.
 */
abstract class MathApi extends GraphApi {
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

  /** The dtype of the first of these that is a tensor; null if none is. */
  static DataType dtypeOf(Object... xs) {
    for (Object x : xs) {
      if (x instanceof Operand o) {
        return o.asOutput().dtype();
      }
    }
    return null;
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
      if (coefficients.isEmpty()) {
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
    if (xs.isEmpty()) {
      throw error("accumulateN needs at least one tensor");
    }
    Shape shape = Shape.unknown();
    for (Operand x : xs) {
      shape = shape.merge(x.asOutput().shape());
    }
    return xs.size() == 1
        ? tensor(xs.get(0))
        : finish(begin("AccumulateNV2", "AccumulateNV2", xs).attr("shape", shape));
  }

  /** The sum of tensors of one shape (AddN); of one alone, itself. */
  public Tensor addN(List<?> xs) {
    if (xs.isEmpty()) {
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

  // ---- functions of one tensor

  /** {@code -x} (Neg). */
  public Tensor neg(Object x) {
    return node("Neg", "Neg", x);
  }

  /** -1, 0 or 1 by the sign; of a complex number, it divided by its magnitude (Sign). */
  public Tensor sign(Object x) {
    return node("Sign", "Sign", x);
  }

  /** {@code x * x} (Square). */
  public Tensor square(Object x) {
    return node("Square", "Square", x);
  }

  /** The square root; NaN below 0 (Sqrt). */
  public Tensor sqrt(Object x) {
    return node("Sqrt", "Sqrt", x);
  }

  /** {@code 1 / sqrt(x)} (Rsqrt). */
  public Tensor rsqrt(Object x) {
    return node("Rsqrt", "Rsqrt", x);
  }

  /** E to the power of x (Exp). */
  public Tensor exp(Object x) {
    return node("Exp", "Exp", x);
  }

  /** {@code exp(x) - 1}, exact near 0 (Expm1). */
  public Tensor expm1(Object x) {
    return node("Expm1", "Expm1", x);
  }

  /** The natural logarithm; -inf at 0, NaN below (Log). */
  public Tensor log(Object x) {
    return node("Log", "Log", x);
  }

  /** {@code log(1 + x)}, exact near 0 (Log1p). */
  public Tensor log1p(Object x) {
    return node("Log1p", "Log1p", x);
  }

  /** The sine, x in radians (Sin). */
  public Tensor sin(Object x) {
    return node("Sin", "Sin", x);
  }

  /** The cosine, x in radians (Cos). */
  public Tensor cos(Object x) {
    return node("Cos", "Cos", x);
  }

  /** The tangent, x in radians (Tan). */
  public Tensor tan(Object x) {
    return node("Tan", "Tan", x);
  }

  /** The arc sine in radians (Asin). */
  public Tensor asin(Object x) {
    return node("Asin", "Asin", x);
  }

  /** The arc cosine in radians (Acos). */
  public Tensor acos(Object x) {
    return node("Acos", "Acos", x);
  }

  /** The arc tangent in radians (Atan). */
  public Tensor atan(Object x) {
    return node("Atan", "Atan", x);
  }

  /** The hyperbolic sine (Sinh). */
  public Tensor sinh(Object x) {
    return node("Sinh", "Sinh", x);
  }

  /** The hyperbolic cosine (Cosh). */
  public Tensor cosh(Object x) {
    return node("Cosh", "Cosh", x);
  }

  /** The hyperbolic tangent (Tanh). */
  public Tensor tanh(Object x) {
    return node("Tanh", "Tanh", x);
  }

  /** The inverse hyperbolic sine (Asinh). */
  public Tensor asinh(Object x) {
    return node("Asinh", "Asinh", x);
  }

  /** The inverse hyperbolic cosine (Acosh). */
  public Tensor acosh(Object x) {
    return node("Acosh", "Acosh", x);
  }

  /** The inverse hyperbolic tangent (Atanh). */
  public Tensor atanh(Object x) {
    return node("Atanh", "Atanh", x);
  }

  /** {@code 1 / (1 + exp(-x))} (Sigmoid). */
  public Tensor sigmoid(Object x) {
    return node("Sigmoid", "Sigmoid", x);
  }

  /** The error function (Erf). */
  public Tensor erf(Object x) {
    return node("Erf", "Erf", x);
  }

  /** {@code 1 - erf(x)}, exact where that is small (Erfc). */
  public Tensor erfc(Object x) {
    return node("Erfc", "Erfc", x);
  }

  /** The logarithm of |gamma(x)| (Lgamma). */
  public Tensor lgamma(Object x) {
    return node("Lgamma", "Lgamma", x);
  }

  /** The derivative of {@link #lgamma} (Digamma). */
  public Tensor digamma(Object x) {
    return node("Digamma", "Digamma", x);
  }

  /** The greatest whole number not above x, as a float (Floor). */
  public Tensor floor(Object x) {
    return node("Floor", "Floor", x);
  }

  /** The smallest whole number not below x, as a float (Ceil). */
  public Tensor ceil(Object x) {
    return node("Ceil", "Ceil", x);
  }

  /** The nearest whole number, halves to the even one (Rint). */
  public Tensor rint(Object x) {
    return node("Rint", "Rint", x);
  }

  /** {@code 1 / x} (Reciprocal). */
  public Tensor reciprocal(Object x) {
    return node("Reciprocal", "Reciprocal", x);
  }

  /** Whether x is NaN: bool (IsNan). */
  public Tensor isNan(Object x) {
    return node("IsNan", "IsNan", x);
  }

  /** Whether x is infinite: bool (IsInf). */
  public Tensor isInf(Object x) {
    return node("IsInf", "IsInf", x);
  }

  /** Whether x is neither infinite nor NaN: bool (IsFinite). */
  public Tensor isFinite(Object x) {
    return node("IsFinite", "IsFinite", x);
  }

  /** The opposite of bool x (LogicalNot). */
  public Tensor logicalNot(Object x) {
    return node("LogicalNot", "LogicalNot", x);
  }

  /** The absolute value (Abs); of complex numbers their magnitude, a real tensor (ComplexAbs). */
  public Tensor abs(Object x) {
    if (x instanceof Operand o && o.asOutput().dtype().isComplex()) {
      boolean wide = o.asOutput().dtype() == DataType.COMPLEX128;
      DataType real = wide ? DataType.FLOAT64 : DataType.FLOAT32;
      return finish(begin("ComplexAbs", "Abs", x).attr("Tout", real));
    }
    return node("Abs", "Abs", x);
  }

  /** The nearest whole number, halves to the even one (Round); integers as they are. */
  public Tensor round(Object x) {
    if (x instanceof Operand o && o.asOutput().dtype().isInteger()) {
      return tensor(o);
    }
    return node("Round", "Round", x);
  }

  /** The complex conjugate (Conj); real numbers as they are. */
  public Tensor conj(Object x) {
    if (x instanceof Operand o && !o.asOutput().dtype().isComplex()) {
      return tensor(o);
    }
    return node("Conj", "Conj", x);
  }

  /**
   * x in another dtype (Cast); itself if it is of that one. Floats lose their fraction when they
   * become integers; bools become 0 and 1, and numbers true where they are not 0.
   */
  public Tensor cast(Object x, DataType to) {
    if (x instanceof Operand o) {
      return o.asOutput().dtype() == to
          ? tensor(o)
          : finish(begin("Cast", "Cast", x).attr("DstT", to));
    }
    try (Scope s = graph().nameScope("Cast")) {
      Output c = convert(x, null, "x");
      return c.dtype() == to ? tensor(c) : finish(begin("Cast", s.name(), c).attr("DstT", to));
    }
  }

  /** As {@link #cast}, with what {@code to} cannot hold brought to its least or greatest value. */
  public Tensor saturateCast(Object x, DataType to) {
    try (Scope s = graph().nameScope("saturate_cast")) {
      Output in = convert(x, null, "value");
      double[] from = limits(in.dtype());
      double[] kept = limits(to);
      Tensor t = tensor(in);
      if (from[0] < kept[0]) {
        t = maximum(t, constantNode("min", bound(kept[0], in.dtype())));
      }
      if (from[1] > kept[1]) {
        t = minimum(t, constantNode("max", bound(kept[1], in.dtype())));
      }
      return cast(t, to);
    }
  }

  /** The least and the greatest finite value that a double can be. */
  private static double[] limits(DataType t) {
    return switch (t) {
      case INT8 -> new double[] {Byte.MIN_VALUE, Byte.MAX_VALUE};
      case UINT8 -> new double[] {0, 255};
      case INT16 -> new double[] {Short.MIN_VALUE, Short.MAX_VALUE};
      case UINT16 -> new double[] {0, 65535};
      case INT32 -> new double[] {Integer.MIN_VALUE, Integer.MAX_VALUE};
      case INT64 -> new double[] {Long.MIN_VALUE, Math.nextDown(0x1p63)};
      case FLOAT16 -> new double[] {-65504, 65504};
      case BFLOAT16, FLOAT32 -> new double[] {-Float.MAX_VALUE, Float.MAX_VALUE};
      case FLOAT64 -> new double[] {-Double.MAX_VALUE, Double.MAX_VALUE};
      default -> throw error("saturateCast is between real numbers, not " + t);
    };
  }

  /** A limit as a value of that dtype, the nearest one that does not lie beyond it. */
  private TensorValue bound(double limit, DataType t) {
    if (t.isInteger()) {
      return value((long) limit, t);
    }
    TensorValue nearest = value(limit, t);
    return Math.abs(nearest.getDouble(0)) > Math.abs(limit)
        ? value(limit * (1 - precision(t) / 2), t)
        : nearest;
  }

  /** The distance from 1 to the next number of a floating-point dtype. */
  static double precision(DataType t) {
    return switch (t) {
      case FLOAT16 -> 1.0 / (1 << 10);
      case BFLOAT16 -> 1.0 / (1 << 7);
      case FLOAT32 -> Math.ulp(1f);
      default -> Math.ulp(1.0);
    };
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
