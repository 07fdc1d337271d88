package dev.millrace.session.cpu;

import java.util.HashMap;
import java.util.Map;

/** The instructions on floats, by op type. */
final class F32Instructions {
  static final float SELU_SCALE = 1.0507009f;
  static final float SELU_ALPHA = 1.6732632f;

  private static final Map<String, Unary> UNARY = new HashMap<>();
  private static final Map<String, Binary> BINARY = new HashMap<>();

  static {
    addArithmetic();
    addFunctions();
    addTests();
    addBinary();
    addRelations();
    addDerivatives();
  }

  private F32Instructions() {}

  /** The instruction of one operand, or null. */
  static Unary unary(String op) {
    return UNARY.get(op);
  }

  /** The instruction of two operands, or null. */
  static Binary binary(String op) {
    return BINARY.get(op);
  }

  private static void addArithmetic() {
    UNARY.put(
        "Neg",
        Unary.f32(
            0.15,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = -x[i];
              }
            }));
    UNARY.put(
        "Abs",
        Unary.f32(
            0.15,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.abs(x[i]);
              }
            }));
    UNARY.put(
        "Square",
        Unary.f32(
            0.15,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * x[i];
              }
            }));
    UNARY.put(
        "Sign",
        Unary.f32(
            0.8,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] > 0 ? 1f : x[i] < 0 ? -1f : 0f;
              }
            }));
    UNARY.put(
        "Reciprocal",
        Unary.f32(
            0.25,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = 1f / x[i];
              }
            }));
    UNARY.put("Inv", UNARY.get("Reciprocal"));
    UNARY.put(
        "Sqrt",
        Unary.f32(
            0.3,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (float) Math.sqrt(x[i]);
              }
            }));
    UNARY.put(
        "Rsqrt",
        Unary.f32(
            0.5,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (float) (1 / Math.sqrt(x[i]));
              }
            }));
    UNARY.put(
        "Relu",
        Unary.f32(
            0.15,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.max(x[i], 0f);
              }
            }));
    UNARY.put(
        "Relu6",
        Unary.f32(
            0.2,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.min(Math.max(x[i], 0f), 6f);
              }
            }));
    UNARY.put(
        "Softsign",
        Unary.f32(
            0.3,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / (1f + Math.abs(x[i]));
              }
            }));
    UNARY.put("Floor", Unary.f32(0.5, Roundings::floor));
    UNARY.put("Ceil", Unary.f32(0.5, Roundings::ceil));
    UNARY.put("Rint", Unary.f32(0.5, Roundings::rint));
    UNARY.put("Round", UNARY.get("Rint"));
  }

  private static void addFunctions() {
    UNARY.put("Exp", Unary.f32(0.9, FloatMath::exp));
    UNARY.put("Expm1", Unary.f32(0.8, FloatMath::expm1));
    UNARY.put("Log", Unary.f32(0.9, FloatMath::log));
    UNARY.put("Log1p", Unary.f32(1.0, FloatMath::log1p));
    UNARY.put("Tanh", Unary.f32(0.6, FloatMath::tanh));
    UNARY.put("Sigmoid", Unary.f32(0.9, FloatMath::sigmoid));
    UNARY.put("Softplus", Unary.f32(1.8, FloatMath::softplus));
    UNARY.put("Elu", Unary.f32(0.9, (x, z, n, t) -> FloatMath.elu(x, z, n, t, 1f, 1f)));
    UNARY.put(
        "Selu", Unary.f32(0.9, (x, z, n, t) -> FloatMath.elu(x, z, n, t, SELU_ALPHA, SELU_SCALE)));
    UNARY.put(
        "Sin",
        Unary.f32(
            15,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (float) Math.sin(x[i]);
              }
            }));
    UNARY.put(
        "Cos",
        Unary.f32(
            15,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (float) Math.cos(x[i]);
              }
            }));
    UNARY.put(
        "Erf",
        Unary.f32(
            15,
            (x, z, n, t) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (float) Erf.erf(x[i]);
              }
            }));
  }

  private static void addTests() {
    UNARY.put(
        "IsNan",
        Unary.testF32(
            0.7,
            (float[] x, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (Float.isNaN(x[i]) ? 1 : 0);
              }
            }));
    UNARY.put(
        "IsInf",
        Unary.testF32(
            0.7,
            (float[] x, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (Math.abs(x[i]) == Float.POSITIVE_INFINITY ? 1 : 0);
              }
            }));
    UNARY.put(
        "IsFinite",
        Unary.testF32(
            0.7,
            (float[] x, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (Math.abs(x[i]) <= Float.MAX_VALUE ? 1 : 0);
              }
            }));
  }

  private static void addBinary() {
    BINARY.put(
        "Add",
        Binary.f32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] + y[i];
              }
            }));
    BINARY.put("AddV2", BINARY.get("Add"));
    BINARY.put(
        "Sub",
        Binary.f32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] - y[i];
              }
            }));
    BINARY.put(
        "Mul",
        Binary.f32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * y[i];
              }
            }));
    BINARY.put(
        "Div",
        Binary.f32(
            0.3,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / y[i];
              }
            }));
    BINARY.put("RealDiv", BINARY.get("Div"));
    BINARY.put(
        "SquaredDifference",
        Binary.f32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (x[i] - y[i]) * (x[i] - y[i]);
              }
            }));
    BINARY.put("Maximum", Binary.f32(0.4, F32Instructions::maximum));
    BINARY.put("Minimum", Binary.f32(0.4, F32Instructions::minimum));
    BINARY.put(
        "Pow",
        Binary.f32(
            40,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (float) pow(x[i], y[i]);
              }
            }));
    BINARY.put(
        "FloorDiv",
        Binary.f32(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (float) Math.floor(x[i] / y[i]);
              }
            }));
    BINARY.put(
        "FloorMod",
        Binary.f32(
            15,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = floorMod(x[i], y[i]);
              }
            }));
    BINARY.put(
        "Mod",
        Binary.f32(
            15,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] % y[i];
              }
            }));
    BINARY.put(
        "MulNoNan",
        Binary.f32(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : x[i] * y[i];
              }
            }));
    BINARY.put("TruncateMod", BINARY.get("Mod"));
    BINARY.put(
        "DivNoNan",
        Binary.f32(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : x[i] / y[i];
              }
            }));
  }

  private static void addRelations() {
    BINARY.put(
        "Less",
        Binary.relationF32(
            0.7,
            (float[] x, float[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] < y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "LessEqual",
        Binary.relationF32(
            0.7,
            (float[] x, float[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] <= y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "Greater",
        Binary.relationF32(
            0.7,
            (float[] x, float[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] > y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "GreaterEqual",
        Binary.relationF32(
            0.7,
            (float[] x, float[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] >= y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "Equal",
        Binary.relationF32(
            0.7,
            (float[] x, float[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] == y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "NotEqual",
        Binary.relationF32(
            0.7,
            (float[] x, float[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] != y[i] ? 1 : 0);
              }
            }));
  }

  /**
   * Of the derivative of the result and what the forward op gave or took, in the order of the ops'
   * inputs.
   */
  private static void addDerivatives() {
    BINARY.put(
        "TanhGrad",
        Binary.f32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] * (1f - x[i] * x[i]);
              }
            }));
    BINARY.put(
        "SigmoidGrad",
        Binary.f32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] * x[i] * (1f - x[i]);
              }
            }));
    BINARY.put(
        "ReciprocalGrad",
        Binary.f32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : -y[i] * x[i] * x[i];
              }
            }));
    BINARY.put("InvGrad", BINARY.get("ReciprocalGrad"));
    BINARY.put(
        "SqrtGrad",
        Binary.f32(
            0.3,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : 0.5f * y[i] / x[i];
              }
            }));
    BINARY.put(
        "RsqrtGrad",
        Binary.f32(
            0.3,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : -0.5f * y[i] * x[i] * x[i] * x[i];
              }
            }));
    BINARY.put("ReluGrad", Binary.i32(0.3, FloatDerivatives::relu));
    BINARY.put("Relu6Grad", Binary.i32(0.3, FloatDerivatives::relu6));
    BINARY.put(
        "EluGrad",
        Binary.f32(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] < 0f ? (y[i] + 1f) * x[i] : x[i];
              }
            }));
    BINARY.put(
        "SeluGrad",
        Binary.f32(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] < 0f ? x[i] * (y[i] + SELU_SCALE * SELU_ALPHA) : x[i] * SELU_SCALE;
              }
            }));
    BINARY.put("SoftplusGrad", Binary.f32WithTemps(1.2, FloatDerivatives::softplus));
    BINARY.put(
        "SoftsignGrad",
        Binary.f32(
            0.3,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / (1f + Math.abs(y[i])) / (1f + Math.abs(y[i]));
              }
            }));
  }

  /** The greater; a NaN on the left stays, one on the right gives way, as in C++'s std::max. */
  private static void maximum(float[] x, float[] y, float[] z, int n) {
    if (mayHoldNan(y, n)) {
      for (int i = 0; i < n; i++) {
        z[i] = x[i] < y[i] ? y[i] : x[i];
      }
    } else {
      for (int i = 0; i < n; i++) {
        z[i] = Math.max(x[i], y[i]);
      }
    }
  }

  private static void minimum(float[] x, float[] y, float[] z, int n) {
    if (mayHoldNan(y, n)) {
      for (int i = 0; i < n; i++) {
        z[i] = y[i] < x[i] ? y[i] : x[i];
      }
    } else {
      for (int i = 0; i < n; i++) {
        z[i] = Math.min(x[i], y[i]);
      }
    }
  }

  /** False if no element is a NaN: then the sum of zeros is none. Infinities give true as well. */
  private static boolean mayHoldNan(float[] y, int n) {
    float p = 0;
    float q = 0;
    float r = 0;
    float s = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      p += y[i] * 0f;
      q += y[i + 1] * 0f;
      r += y[i + 2] * 0f;
      s += y[i + 3] * 0f;
    }
    for (; i < n; i++) {
      p += y[i] * 0f;
    }
    return p + q + r + s != 0;
  }

  /** C's pow: unlike Java's, 1 to any power and -1 to an infinite one is 1. */
  private static double pow(double x, double y) {
    return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : Math.pow(x, y);
  }

  private static float floorMod(float x, float y) {
    float m = x % y;
    return m != 0 && y < 0 != m < 0 ? m + y : m;
  }
}
