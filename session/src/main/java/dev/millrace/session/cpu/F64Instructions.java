package dev.millrace.session.cpu;

import java.util.HashMap;
import java.util.Map;

/** The instructions on doubles, by op type. */
final class F64Instructions {
  static final double SELU_SCALE = 1.0507009873554805;
  static final double SELU_ALPHA = 1.6732632423543772;

  private static final Map<String, Unary> UNARY = new HashMap<>();
  private static final Map<String, Binary> BINARY = new HashMap<>();

  static {
    addArithmetic();
    addFunctions();
    addTests();
    addBinary();
    addRelations();
    F64DerivativeInstructions.addTo(BINARY);
  }

  private F64Instructions() {}

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
        Unary.f64(
            0.3,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = -x[i];
              }
            }));
    UNARY.put(
        "Abs",
        Unary.f64(
            0.3,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.abs(x[i]);
              }
            }));
    UNARY.put(
        "Square",
        Unary.f64(
            0.3,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * x[i];
              }
            }));
    UNARY.put(
        "Sign",
        Unary.f64(
            0.8,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] > 0 ? 1 : x[i] < 0 ? -1 : 0;
              }
            }));
    UNARY.put(
        "Reciprocal",
        Unary.f64(
            0.5,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = 1 / x[i];
              }
            }));
    UNARY.put("Inv", UNARY.get("Reciprocal"));
    UNARY.put(
        "Sqrt",
        Unary.f64(
            0.6,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.sqrt(x[i]);
              }
            }));
    UNARY.put(
        "Rsqrt",
        Unary.f64(
            1.0,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = 1 / Math.sqrt(x[i]);
              }
            }));
    UNARY.put(
        "Relu",
        Unary.f64(
            0.3,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.max(x[i], 0);
              }
            }));
    UNARY.put(
        "Relu6",
        Unary.f64(
            0.4,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.min(Math.max(x[i], 0), 6);
              }
            }));
    UNARY.put(
        "Softsign",
        Unary.f64(
            0.6,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / (1 + Math.abs(x[i]));
              }
            }));
    UNARY.put(
        "Floor",
        Unary.f64(
            0.6,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.floor(x[i]);
              }
            }));
    UNARY.put(
        "Ceil",
        Unary.f64(
            0.6,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.ceil(x[i]);
              }
            }));
    UNARY.put(
        "Rint",
        Unary.f64(
            0.6,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.rint(x[i]);
              }
            }));
    UNARY.put("Round", UNARY.get("Rint"));
  }

  private static void addFunctions() {
    UNARY.put(
        "Exp",
        Unary.f64(
            17,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.exp(x[i]);
              }
            }));
    UNARY.put(
        "Expm1",
        Unary.f64(
            25,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.expm1(x[i]);
              }
            }));
    UNARY.put(
        "Log",
        Unary.f64(
            17,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.log(x[i]);
              }
            }));
    UNARY.put(
        "Log1p",
        Unary.f64(
            25,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.log1p(x[i]);
              }
            }));
    UNARY.put(
        "Tanh",
        Unary.f64(
            25,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.tanh(x[i]);
              }
            }));
    UNARY.put(
        "Sigmoid",
        Unary.f64(
            18,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = 1 / (1 + Math.exp(-x[i]));
              }
            }));
    UNARY.put(
        "Softplus",
        Unary.f64(
            40,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.max(x[i], 0) + Math.log1p(Math.exp(-Math.abs(x[i])));
              }
            }));
    UNARY.put(
        "Elu",
        Unary.f64(
            15,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] > 0 ? x[i] : Math.expm1(x[i]);
              }
            }));
    UNARY.put(
        "Selu",
        Unary.f64(
            15,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] > 0 ? SELU_SCALE * x[i] : SELU_SCALE * SELU_ALPHA * Math.expm1(x[i]);
              }
            }));
    UNARY.put(
        "Sin",
        Unary.f64(
            15,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.sin(x[i]);
              }
            }));
    UNARY.put(
        "Cos",
        Unary.f64(
            15,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.cos(x[i]);
              }
            }));
  }

  private static void addTests() {
    UNARY.put(
        "IsNan",
        Unary.testF64(
            0.7,
            (double[] x, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (Double.isNaN(x[i]) ? 1 : 0);
              }
            }));
    UNARY.put(
        "IsInf",
        Unary.testF64(
            0.7,
            (double[] x, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (Math.abs(x[i]) == Double.POSITIVE_INFINITY ? 1 : 0);
              }
            }));
    UNARY.put(
        "IsFinite",
        Unary.testF64(
            0.7,
            (double[] x, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (Math.abs(x[i]) <= Double.MAX_VALUE ? 1 : 0);
              }
            }));
  }

  private static void addBinary() {
    BINARY.put(
        "Add",
        Binary.f64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] + y[i];
              }
            }));
    BINARY.put("AddV2", BINARY.get("Add"));
    BINARY.put(
        "Sub",
        Binary.f64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] - y[i];
              }
            }));
    BINARY.put(
        "Mul",
        Binary.f64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * y[i];
              }
            }));
    BINARY.put(
        "Div",
        Binary.f64(
            0.6,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / y[i];
              }
            }));
    BINARY.put("RealDiv", BINARY.get("Div"));
    BINARY.put(
        "SquaredDifference",
        Binary.f64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (x[i] - y[i]) * (x[i] - y[i]);
              }
            }));
    BINARY.put("Maximum", Binary.f64(0.8, F64Instructions::maximum));
    BINARY.put("Minimum", Binary.f64(0.8, F64Instructions::minimum));
    BINARY.put(
        "Pow",
        Binary.f64(
            40,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = pow(x[i], y[i]);
              }
            }));
    BINARY.put(
        "FloorDiv",
        Binary.f64(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.floor(x[i] / y[i]);
              }
            }));
    BINARY.put(
        "FloorMod",
        Binary.f64(
            15,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = floorMod(x[i], y[i]);
              }
            }));
    BINARY.put(
        "Mod",
        Binary.f64(
            15,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] % y[i];
              }
            }));
    BINARY.put(
        "MulNoNan",
        Binary.f64(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : x[i] * y[i];
              }
            }));
    BINARY.put("TruncateMod", BINARY.get("Mod"));
    BINARY.put(
        "DivNoNan",
        Binary.f64(
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
        Binary.relationF64(
            0.7,
            (double[] x, double[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] < y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "LessEqual",
        Binary.relationF64(
            0.7,
            (double[] x, double[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] <= y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "Greater",
        Binary.relationF64(
            0.7,
            (double[] x, double[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] > y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "GreaterEqual",
        Binary.relationF64(
            0.7,
            (double[] x, double[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] >= y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "Equal",
        Binary.relationF64(
            0.7,
            (double[] x, double[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] == y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "NotEqual",
        Binary.relationF64(
            0.7,
            (double[] x, double[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] != y[i] ? 1 : 0);
              }
            }));
  }

  /** The greater; a NaN on the left stays, one on the right gives way, as in C++'s std::max. */
  private static void maximum(double[] x, double[] y, double[] z, int n) {
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

  private static void minimum(double[] x, double[] y, double[] z, int n) {
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
  private static boolean mayHoldNan(double[] y, int n) {
    double p = 0;
    double q = 0;
    double r = 0;
    double s = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      p += y[i] * 0;
      q += y[i + 1] * 0;
      r += y[i + 2] * 0;
      s += y[i + 3] * 0;
    }
    for (; i < n; i++) {
      p += y[i] * 0;
    }
    return p + q + r + s != 0;
  }

  /** C's pow: unlike Java's, 1 to any power and -1 to an infinite one is 1. */
  private static double pow(double x, double y) {
    return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : Math.pow(x, y);
  }

  private static double floorMod(double x, double y) {
    double m = x % y;
    return m != 0 && y < 0 != m < 0 ? m + y : m;
  }
}
