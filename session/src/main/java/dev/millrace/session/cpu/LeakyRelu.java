package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;

/** The instructions of LeakyRelu and its derivative, which depend on an attribute. */
final class LeakyRelu {
  private LeakyRelu() {}

  /** {@code x > 0 ? x : alpha x}, or null for dtypes without it. */
  static Unary forward(DataType t, float alpha) {
    return switch (t) {
      case FLOAT32 ->
          Unary.f32(
              0.3,
              (x, z, n, temps) -> {
                for (int i = 0; i < n; i++) {
                  z[i] = Math.max(x[i], 0f) + alpha * Math.min(x[i], 0f);
                }
              });
      case FLOAT64 ->
          Unary.f64(
              0.6,
              (x, z, n) -> {
                for (int i = 0; i < n; i++) {
                  z[i] = Math.max(x[i], 0) + alpha * Math.min(x[i], 0);
                }
              });
      default -> null;
    };
  }

  /**
   * {@code y > 0 ? x : alpha x}, where x is the derivative of the result and y what LeakyRelu took;
   * null for dtypes without it.
   */
  static Binary derivative(DataType t, float alpha) {
    return switch (t) {
      case FLOAT32 ->
          Binary.f32(
              0.8,
              (x, y, z, n) -> {
                for (int i = 0; i < n; i++) {
                  z[i] = y[i] > 0 ? x[i] : alpha * x[i];
                }
              });
      case FLOAT64 ->
          Binary.f64(
              0.8,
              (x, y, z, n) -> {
                for (int i = 0; i < n; i++) {
                  z[i] = y[i] > 0 ? x[i] : alpha * x[i];
                }
              });
      default -> null;
    };
  }
}
