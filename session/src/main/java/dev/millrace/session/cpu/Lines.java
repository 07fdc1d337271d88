package dev.millrace.session.cpu;

/**
 * Loops over whole lines. All arrays have the same index: what the compiler makes vectors of, as it
 * does not where it would have to know that arrays at different places are not the same.
 */
final class Lines {
  private Lines() {}

  /** {@code to += x}. */
  static void add(float[] x, float[] to, int begin, int end) {
    for (int i = begin; i < end; i++) {
      to[i] += x[i];
    }
  }

  /** {@code x += c}. */
  static void add(float[] x, float c, int begin, int end) {
    for (int i = begin; i < end; i++) {
      x[i] += c;
    }
  }

  /** {@code x /= by}. */
  static void divide(float[] x, float by, int begin, int end) {
    for (int i = begin; i < end; i++) {
      x[i] /= by;
    }
  }

  /** The greater of two, NaN where one is. */
  static void maximum(float[] x, float[] max, int begin, int end) {
    for (int i = begin; i < end; i++) {
      max[i] = Math.max(max[i], x[i]);
    }
  }

  /** The greater of two, NaN passed by. */
  static void greater(float[] x, float[] max, int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (x[i] > max[i]) {
        max[i] = x[i];
      }
    }
  }

  static boolean hasNan(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      if (Float.isNaN(x[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * Where {@code bits} and {@code max} are equal, {@code bits} becomes {@code rest} and that 0;
   * elsewhere it becomes 0. Without branches.
   */
  static void take(int[] bits, int[] max, int[] rest, int begin, int end) {
    for (int i = begin; i < end; i++) {
      int differs = bits[i] ^ max[i];
      int miss = (differs | -differs) >> 31;
      bits[i] = rest[i] & ~miss;
      rest[i] &= miss;
    }
  }
}
