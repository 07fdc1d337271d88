package dev.millrace.session.cpu;

/** The loops over the gates of LSTM and GRU cells; at most a block long. */
final class GateLoops {
  private GateLoops() {}

  /** {@code to += x y}. */
  static void addProduct(float[] x, float[] y, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] += x[i] * y[i];
    }
  }

  /** {@code z = x y}. */
  static void multiply(float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] * y[i];
    }
  }

  /** {@code z = a b + c d}. */
  static void sumOfProducts(float[] a, float[] b, float[] c, float[] d, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = a[i] * b[i] + c[i] * d[i];
    }
  }

  /** {@code z = u x + (1 - u) y}. */
  static void mix(float[] u, float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = u[i] * x[i] + (1 - u[i]) * y[i];
    }
  }

  /** Numbers no further from 0 than {@code limit}; NaN stays. */
  static void clip(float[] x, float limit, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(-limit, Math.min(limit, x[i]));
    }
  }

  /** What a logistic function that gave {@code y} passes back: {@code z = y (1 - y) dy a}. */
  static void sigmoidGrad(float[] y, float[] dy, float[] a, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = y[i] * (1 - y[i]) * dy[i] * a[i];
    }
  }

  /** What a hyperbolic tangent that gave {@code y} passes back: {@code z = (1 - y²) dy a}. */
  static void tanhGrad(float[] y, float[] dy, float[] a, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = (1 - y[i] * y[i]) * dy[i] * a[i];
    }
  }

  /** As {@link #tanhGrad}, added to {@code z}. */
  static void addTanhGrad(float[] y, float[] dy, float[] a, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] += (1 - y[i] * y[i]) * dy[i] * a[i];
    }
  }
}
