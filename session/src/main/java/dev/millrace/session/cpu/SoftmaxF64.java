package dev.millrace.session.cpu;

/**
 * The loops of softmax and its losses on rows of doubles that lie one after another from the
 * beginning of an array. Each row is first shifted by its maximum, so that no exponential
 * overflows.
 */
final class SoftmaxF64 {
  private SoftmaxF64() {}

  /** Adds the bias to each row. */
  static void addBias(double[] x, double[] bias, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      for (int c = 0; c < columns; c++) {
        x[p + c] += bias[c];
      }
    }
  }

  /** Subtracts from each row its maximum. A row whose maximum is infinite becomes NaN, as there. */
  static void shift(double[] x, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      double max = Folds.max(x, p, columns);
      for (int i = p; i < p + columns; i++) {
        x[i] -= max;
      }
    }
  }

  /** {@code e = exp(x)} for any number of elements. */
  static void exp(double[] x, double[] e, int n) {
    for (int i = 0; i < n; i++) {
      e[i] = Math.exp(x[i]);
    }
  }

  /** Divides each row by its sum. */
  static void normalize(double[] e, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      double f = 1 / Folds.sum(e, p, columns);
      for (int i = p; i < p + columns; i++) {
        e[i] *= f;
      }
    }
  }

  /** Subtracts from each row of {@code x} the logarithm of the sum of that of {@code e}. */
  static void subtractLog(double[] x, double[] e, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      double f = Math.log(Folds.sum(e, p, columns));
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
  static void loss(double[] x, double[] e, double[] y, double[] loss, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      double sum = Folds.sum(e, p, columns);
      double log = Math.log(sum);
      double f = 1 / sum;
      double total = 0;
      for (int i = p; i < p + columns; i++) {
        total += y[i] * (log - x[i]);
      }
      for (int i = p; i < p + columns; i++) {
        e[i] = e[i] * f - y[i];
      }
      loss[r] = total;
    }
  }

  /** As {@link #loss}, against a single class a row. */
  static void loss(double[] x, double[] e, long[] labels, double[] loss, int rows, int columns) {
    for (int r = 0, p = 0; r < rows; r++, p += columns) {
      double sum = Folds.sum(e, p, columns);
      double f = 1 / sum;
      for (int i = p; i < p + columns; i++) {
        e[i] *= f;
      }
      int i = p + (int) labels[r];
      e[i] -= 1;
      loss[r] = Math.log(sum) - x[i];
    }
  }
}
