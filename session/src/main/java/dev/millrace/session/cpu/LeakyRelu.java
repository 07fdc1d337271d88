package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;

/** The instructions of LeakyRelu and its derivative, which depend on an attribute. */
final class LeakyRelu {
  private LeakyRelu() {}

  /** The greater of x and {@code alpha x}, or null for dtypes without it. */
  static Unary forward(DataType t, float alpha) {
    return switch (t) {
      case FLOAT32 ->
          alpha > 0 ? Unary.f32(0.3, (x, z, n, temps) -> greater(x, alpha, z, n)) : null;
      case FLOAT64 -> alpha > 0 ? Unary.f64(0.6, (x, z, n) -> greater(x, alpha, z, n)) : null;
      default -> null;
    };
  }

  private static void greater(float[] x, float alpha, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.max(x[i], alpha * x[i]);
    }
  }

  private static void greater(double[] x, double alpha, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.max(x[i], alpha * x[i]);
    }
  }

  /**
   * {@code y > 0 ? x : alpha x}, where x is the derivative of the result and y what LeakyRelu took;
   * null for dtypes without it.
   */
  static Binary derivative(DataType t, float alpha) {
    return switch (t) {
      case FLOAT32 -> Binary.f32(0.8, (x, y, z, n) -> choose(x, y, alpha, z, n));
      case FLOAT64 -> Binary.f64(0.8, (x, y, z, n) -> choose(x, y, alpha, z, n));
      default -> null;
    };
  }

  private static void choose(float[] x, float[] y, float alpha, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = y[i] > 0 ? x[i] : alpha * x[i];
    }
  }

  private static void choose(double[] x, double[] y, double alpha, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = y[i] > 0 ? x[i] : alpha * x[i];
    }
  }
}
