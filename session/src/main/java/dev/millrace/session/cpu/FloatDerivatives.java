package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BlockTemps;

/**
 * Derivatives that choose by the sign of a number. Those on {@code int} blocks work on the bits of
 * floats, so that the choice is a mask instead of a branch.
 */
final class FloatDerivatives {
  private static final int INFINITY_BITS = 0x7f800000;

  private static final int NAN_BITS = 0x7fc00000;

  private static final int SIX_BITS = 0x40c00000;

  private FloatDerivatives() {}

  /**
   * {@code x * (y > 0 ? 1 : 0)}: x is the derivative of the result, y what Relu took or gave. As in
   * a product, a NaN or infinite x gives NaN even where y is not positive.
   */
  static void relu(int[] x, int[] y, int[] z, int n) {
    for (int i = 0; i < n; i++) {
      int b = y[i];
      int off = (b | (b - 1) | (INFINITY_BITS - b)) >> 31; // all ones where y is not positive
      int odd = (INFINITY_BITS - 1 - (x[i] & Integer.MAX_VALUE)) >> 31;
      z[i] = (x[i] & ~off) | (odd & off & NAN_BITS);
    }
  }

  /** {@code x * (0 < y && y < 6 ? 1 : 0)}, likewise. */
  static void relu6(int[] x, int[] y, int[] z, int n) {
    for (int i = 0; i < n; i++) {
      int b = y[i];
      int off = (b | (b - 1) | (SIX_BITS - 1 - b)) >> 31;
      int odd = (INFINITY_BITS - 1 - (x[i] & Integer.MAX_VALUE)) >> 31;
      z[i] = (x[i] & ~off) | (odd & off & NAN_BITS);
    }
  }

  /** {@code x / (e^-y + 1)}. */
  static void softplus(float[] x, float[] y, float[] z, int n, BlockTemps t) {
    float[] s = t.p;
    FloatMath.sigmoid(y, s, n, t);
    for (int i = 0; i < n; i++) {
      z[i] = x[i] * s[i];
    }
  }
}
