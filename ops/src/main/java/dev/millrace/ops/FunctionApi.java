package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.TensorValue;

/** Functions of one tensor, element by element, and casts. */
abstract class FunctionApi extends GraphApi {
  FunctionApi(Graph graph) {
    super(graph);
  }

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

  // ---- complex numbers

  /** Complex numbers of real and imaginary parts, which broadcast, float32 or float64 (Complex). */
  public Tensor complex(Object real, Object imag) {
    try (Scope s = graph().nameScope("Complex")) {
      DataType hint = dtypeOf(real, imag);
      Output re = convert(real, hint, "real");
      Output im = convert(imag, re.dtype(), "imag");
      boolean wide = re.dtype() == DataType.FLOAT64;
      DataType to = wide ? DataType.COMPLEX128 : DataType.COMPLEX64;
      return finish(begin("Complex", s.name(), re, im).attr("Tout", to));
    }
  }

  /** The real part (Real); real numbers as they are. */
  public Tensor real(Object x) {
    return x instanceof Operand o && o.asOutput().dtype().isComplex()
        ? part("Real", o)
        : tensor(convert(x, null, "x"));
  }

  /** The imaginary part (Imag); of real numbers zeros. */
  public Tensor imag(Object x) {
    return partOrZeros("Imag", x);
  }

  /** The angle in radians, in (-π, π] (Angle); of real numbers zeros, as in TensorFlow. */
  public Tensor angle(Object x) {
    return partOrZeros("Angle", x);
  }

  private Tensor partOrZeros(String type, Object x) {
    return x instanceof Operand o && o.asOutput().dtype().isComplex()
        ? part(type, o)
        : node("ZerosLike", "zeros_like", x);
  }

  private Tensor part(String type, Operand x) {
    boolean wide = x.asOutput().dtype() == DataType.COMPLEX128;
    DataType real = wide ? DataType.FLOAT64 : DataType.FLOAT32;
    return finish(begin(type, type, x).attr("Tout", real));
  }

  /** The complex conjugate (Conj); real numbers as they are. */
  public Tensor conj(Object x) {
    if (x instanceof Operand o && !o.asOutput().dtype().isComplex()) {
      return tensor(o);
    }
    return node("Conj", "Conj", x);
  }

  // ---- casts

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
        t = node("Maximum", "Maximum", t, constantNode("min", bound(kept[0], in.dtype())));
      }
      if (from[1] > kept[1]) {
        t = node("Minimum", "Minimum", t, constantNode("max", bound(kept[1], in.dtype())));
      }
      return cast(t, to);
    }
  }

  /** The least and the greatest finite value that a double can be. */
  private static double[] limits(DataType t) {
    return switch (given(t, "the dtype")) {
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

  /** The dtype of the first of these that is a tensor; null if none is. */
  static DataType dtypeOf(Object... xs) {
    for (Object x : xs) {
      if (x instanceof Operand o) {
        return o.asOutput().dtype();
      }
    }
    return null;
  }
}
