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
      double total = 0;
      for (int i = p; i < p + columns; i++) {
        total += y[i] * (log - x[i]);
      }
      for (int i = p; i < p + columns; i++) {
        e[i] = e[i] * f - y[i];
      }
      loss[r] = (float) total;
    }
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
