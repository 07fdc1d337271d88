package dev.millrace.session.cpu;

import dev.millrace.graph.InvalidArgumentException;
import java.util.HashMap;
import java.util.Map;

/** The instructions on ints, by op type. */
final class I32Instructions {
  private static final Map<String, Unary> UNARY = new HashMap<>();
  private static final Map<String, Binary> BINARY = new HashMap<>();

  static {
    addUnary();
    addBinary();
    addDivisions();
    addRelations();
  }

  private I32Instructions() {}

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
        Unary.i32(
            0.15,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = -x[i];
              }
            }));
    UNARY.put(
        "Abs",
        Unary.i32(
            0.3,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.abs(x[i]);
              }
            }));
    UNARY.put(
        "Square",
        Unary.i32(
            0.15,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * x[i];
              }
            }));
    UNARY.put(
        "Sign",
        Unary.i32(
            0.5,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Integer.signum(x[i]);
              }
            }));
    UNARY.put(
        "Relu",
        Unary.i32(
            0.3,
            (x, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.max(x[i], 0);
              }
            }));
  }

  private static void addBinary() {
    BINARY.put(
        "Add",
        Binary.i32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] + y[i];
              }
            }));
    BINARY.put("AddV2", BINARY.get("Add"));
    BINARY.put(
        "Sub",
        Binary.i32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] - y[i];
              }
            }));
    BINARY.put(
        "Mul",
        Binary.i32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * y[i];
              }
            }));
    BINARY.put(
        "SquaredDifference",
        Binary.i32(
            0.2,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (x[i] - y[i]) * (x[i] - y[i]);
              }
            }));
    BINARY.put(
        "Maximum",
        Binary.i32(
            0.3,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.max(x[i], y[i]);
              }
            }));
    BINARY.put(
        "Minimum",
        Binary.i32(
            0.3,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = Math.min(x[i], y[i]);
              }
            }));
  }

  private static void addDivisions() {
    BINARY.put(
        "Div",
        Binary.i32(
            2,
            (x, y, z, n) -> {
              requireNoZero(y, n);
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / y[i];
              }
            }));
    BINARY.put(
        "Mod",
        Binary.i32(
            2,
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
        Binary.i32(
            3,
            (x, y, z, n) -> {
              requireNoZero(y, n);
              for (int i = 0; i < n; i++) {
                z[i] = Math.floorDiv(x[i], y[i]);
              }
            }));
    BINARY.put(
        "FloorMod",
        Binary.i32(
            3,
            (x, y, z, n) -> {
              requireNoZero(y, n);
              for (int i = 0; i < n; i++) {
                z[i] = Math.floorMod(x[i], y[i]);
              }
            }));
    BINARY.put(
        "Pow",
        Binary.i32(
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
        Binary.relationI32(
            0.6,
            (int[] x, int[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] < y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "LessEqual",
        Binary.relationI32(
            0.6,
            (int[] x, int[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] <= y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "Greater",
        Binary.relationI32(
            0.6,
            (int[] x, int[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] > y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "GreaterEqual",
        Binary.relationI32(
            0.6,
            (int[] x, int[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] >= y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "Equal",
        Binary.relationI32(
            0.6,
            (int[] x, int[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] == y[i] ? 1 : 0);
              }
            }));
    BINARY.put(
        "NotEqual",
        Binary.relationI32(
            0.6,
            (int[] x, int[] y, byte[] z, int n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = (byte) (x[i] != y[i] ? 1 : 0);
              }
            }));
  }

  private static void requireNoZero(int[] y, int n) {
    for (int i = 0; i < n; i++) {
      if (y[i] == 0) {
        throw new InvalidArgumentException("integer division by zero");
      }
    }
  }

  /** By repeated squaring; what overflows wraps. */
  private static int pow(int x, int y) {
    if (y < 0) {
      throw new InvalidArgumentException(
          "integers to negative integer powers are not allowed: " + x + " to the power " + y);
    }
    int r = 1;
    int square = x;
    for (int n = y; n != 0; n >>>= 1) {
      if ((n & 1) != 0) {
        r *= square;
      }
      square *= square;
    }
    return r;
  }
}
