package dev.millrace.session.cpu;

import dev.millrace.session.kernel.Scratch;

/**
 * The loops of softmax and its losses on rows of floats that lie one after another from the
 * beginning of an array. Each row is first shifted by its maximum, so that no exponential
 * overflows.
 */
final class SoftmaxF32 {
  private SoftmaxF32() {}

  /** Adds the bias to each row. */
  static void addBias(float[] x, float[] bias, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      for (int c = 0; c < columns; c++) {
        x[p + c] += bias[c];
      }
    }
  }

  /** Subtracts from each row its maximum. A row whose maximum is infinite becomes NaN, as there. */
  static void shift(float[] x, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      float max = Folds.max(x, p, columns);
      for (int i = p; i < p + columns; i++) {
        x[i] -= max;
      }
    }
  }

  /** {@code e = exp(x)}, of at most a block. */
  static void exp(float[] x, float[] e, int n, Scratch s, int worker) {
    FloatMath.exp(x, e, n, s.temps(worker));
  }

  /** Divides each row by its sum. */
  static void normalize(float[] e, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      float f = (float) (1 / Folds.sum(e, p, columns));
      for (int i = p; i < p + columns; i++) {
        e[i] *= f;
      }
    }
  }

  /** Subtracts from each row of {@code x} the logarithm of the sum of that of {@code e}. */
  static void subtractLog(float[] x, float[] e, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      float f = (float) Math.log(Folds.sum(e, p, columns));
      for (int i = p; i < p + columns; i++) {
        x[i] -= f;
      }
    }
  }

  /**
   * The loss of each row against a distribution, and its derivative in {@code e}.
   *
   * @param x shifted logits
   * @param e their exponentials
   * @param y the distributions
   */
  static void loss(float[] x, float[] e, float[] y, float[] loss, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      double sum = Folds.sum(e, p, columns);
      float log = (float) Math.log(sum);
      float f = (float) (1 / sum);
      loss[r] = (float) entropy(x, y, p, columns, log);
      for (int i = p; i < p + columns; i++) {
        e[i] = e[i] * f - y[i];
      }
    }
  }

  /** The sum of {@code y * (log - x)}; several sums at once do not wait for each other. */
  private static double entropy(float[] x, float[] y, int at, int n, float log) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = at;
    int end = at + n;
    for (; i < end - 3; i += 4) {
      a += y[i] * (log - x[i]);
      b += y[i + 1] * (log - x[i + 1]);
      c += y[i + 2] * (log - x[i + 2]);
      d += y[i + 3] * (log - x[i + 3]);
    }
    for (; i < end; i++) {
      a += y[i] * (log - x[i]);
    }
    return (a + b) + (c + d);
  }

  /** As {@link #loss}, against a single class a row. */
  static void loss(float[] x, float[] e, long[] labels, float[] loss, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      double sum = Folds.sum(e, p, columns);
      float f = (float) (1 / sum);
      for (int i = p; i < p + columns; i++) {
        e[i] *= f;
      }
      int i = p + (int) labels[r];
      e[i] -= 1;
      loss[r] = (float) (Math.log(sum) - x[i]);
    }
  }
}
