package dev.millrace.session.cpu;

/** The instructions on booleans, which are bytes of 0 and 1. */
final class BoolInstructions {
  private BoolInstructions() {}

  /** The instruction of one operand, or null. */
  static Unary unary(String op) {
    return op.equals("LogicalNot") ? Unary.i8(0.1, BoolInstructions::not) : null;
  }

  /** The instruction of two operands, or null. */
  static Binary binary(String op) {
    return switch (op) {
      case "LogicalAnd" -> Binary.i8(0.1, BoolInstructions::and);
      case "LogicalOr" -> Binary.i8(0.1, BoolInstructions::or);
      case "Equal" -> Binary.i8(0.1, BoolInstructions::equal);
      case "NotEqual" -> Binary.i8(0.1, BoolInstructions::notEqual);
      default -> null;
    };
  }

  private static void not(byte[] x, byte[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = (byte) (x[i] ^ 1);
    }
  }

  private static void and(byte[] x, byte[] y, byte[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = (byte) (x[i] & y[i]);
    }
  }

  private static void or(byte[] x, byte[] y, byte[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = (byte) (x[i] | y[i]);
    }
  }

  private static void equal(byte[] x, byte[] y, byte[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = (byte) (x[i] ^ y[i] ^ 1);
    }
  }

  private static void notEqual(byte[] x, byte[] y, byte[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = (byte) (x[i] ^ y[i]);
    }
  }
}
