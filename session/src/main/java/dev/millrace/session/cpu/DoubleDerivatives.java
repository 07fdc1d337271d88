package dev.millrace.session.cpu;

/** As {@link FloatDerivatives}, on the bits of doubles. */
final class DoubleDerivatives {
  private static final long INFINITY_BITS = 0x7ff0000000000000L;

  private static final long NAN_BITS = 0x7ff8000000000000L;

  private DoubleDerivatives() {}

  /** {@code x * (y > 0 ? 1 : 0)}: x is the derivative of the result, y what Relu took or gave. */
  static void relu(long[] x, long[] y, long[] z, int n) {
    for (int i = 0; i < n; i++) {
      long b = y[i];
      long off = (b | (b - 1) | (INFINITY_BITS - b)) >> 63;
      long odd = (INFINITY_BITS - 1 - (x[i] & Long.MAX_VALUE)) >> 63;
      z[i] = (x[i] & ~off) | (odd & off & NAN_BITS);
    }
  }
}
