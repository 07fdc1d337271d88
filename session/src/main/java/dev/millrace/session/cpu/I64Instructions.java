package dev.millrace.session.cpu;

import dev.millrace.graph.InvalidArgumentException;
import java.util.HashMap;
import java.util.Map;

/** The instructions on longs, by op type. */
final class I64Instructions {
  private static final Map<String, Unary> UNARY = new HashMap<>();
  private static final Map<String, Binary> BINARY = new HashMap<>();

  static {
    addUnary();
    addBinary();
    addDivisions();
    addRelations();
  }

  private I64Instructions() {}

  /** The instruction of one operand, or null. */
  static Unary unary(String op) {
    return UNARY.get(op);
  }

  /** The instruction of two operands, or null. */
  static Binary binary(String op) {
    return BINARY.get(op);
  }

  private static void addUnary() {
    UNARY.put(
        "Neg",
        Unary.i64(
            0.3,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = -x[i];
              }
            }));
    UNARY.put(
        "Abs",
        Unary.i64(
            0.6,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.abs(x[i]);
              }
            }));
    UNARY.put(
        "Square",
        Unary.i64(
            0.3,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * x[i];
              }
            }));
    UNARY.put(
        "Sign",
        Unary.i64(
            0.5,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Long.signum(x[i]);
              }
            }));
    UNARY.put(
        "Relu",
        Unary.i64(
            0.6,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.max(x[i], 0);
              }
            }));
  }

  private static void addBinary() {
    BINARY.put(
        "Add",
        Binary.i64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] + y[i];
              }
            }));
    BINARY.put("AddV2", BINARY.get("Add"));
    BINARY.put(
        "Sub",
        Binary.i64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] - y[i];
              }
            }));
    BINARY.put(
        "Mul",
        Binary.i64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * y[i];
              }
            }));
    BINARY.put(
        "SquaredDifference",
        Binary.i64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (x[i] - y[i]) * (x[i] - y[i]);
              }
            }));
    BINARY.put(
        "Maximum",
        Binary.i64(
            0.6,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.max(x[i], y[i]);
              }
            }));
    BINARY.put(
        "Minimum",
        Binary.i64(
            0.6,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.min(x[i], y[i]);
              }
            }));
  }

  private static void addDivisions() {
    BINARY.put(
        "Div",
        Binary.i64(
            4,
            (x, y, z, n) -> {
              requireNoZero(y, n);
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / y[i];
              }
            }));
    BINARY.put(
        "Mod",
        Binary.i64(
            4,
            (x, y, z, n) -> {
              requireNoZero(y, n);
              for (int i = 0; i < n; i++) {
                z[i] = x[i] % y[i];
              }
            }));
    BINARY.put("TruncateDiv", BINARY.get("Div"));
    BINARY.put("TruncateMod", BINARY.get("Mod"));
    BINARY.put(
        "FloorDiv",
        Binary.i64(
            6,
            (x, y, z, n) -> {
              requireNoZero(y, n);
              for (int i = 0; i < n; i++) {
                z[i] = Math.floorDiv(x[i], y[i]);
              }
            }));
    BINARY.put(
        "FloorMod",
        Binary.i64(
            6,
            (x, y, z, n) -> {
              requireNoZero(y, n);
              for (int i = 0; i < n; i++) {
                z[i] = Math.floorMod(x[i], y[i]);
              }
            }));
    BINARY.put(
        "Pow",
        Binary.i64(
            5,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = pow(x[i], y[i]);
              }
            }));
  }

  private static void addRelations() {
    BINARY.put(
        "Less",
        Binary.relationI64(
            0.6,
            (long[] x, long[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] < y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "LessEqual",
        Binary.relationI64(
            0.6,
            (long[] x, long[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] <= y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "Greater",
        Binary.relationI64(
            0.6,
            (long[] x, long[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] > y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "GreaterEqual",
        Binary.relationI64(
            0.6,
            (long[] x, long[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] >= y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "Equal",
        Binary.relationI64(
            0.6,
            (long[] x, long[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] == y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "NotEqual",
        Binary.relationI64(
            0.6,
            (long[] x, long[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] != y[i] ? 1 : 0);
              }
            }));
  }

  private static void requireNoZero(long[] y, int n) {
    for (int i = 0; i < n; i++) {
      if (y[i] == 0) {
        throw new InvalidArgumentException("integer division by zero");
      }
    }
  }

  /** By repeated squaring; what overflows wraps. */
  private static long pow(long x, long y) {
    if (y < 0) {
      throw new InvalidArgumentException(
          "integers to negative integer powers are not allowed: " + x + " to the power " + y);
    }
    long r = 1;
    long square = x;
    for (long n = y; n != 0; n >>>= 1) {
      if ((n & 1) != 0) {
        r *= square;
      }
      square *= square;
    }
    return r;
  }
}
