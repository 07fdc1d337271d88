package dev.millrace.session.cpu;

/**
 * Where the extreme of a row is: the first of equals; NaN is passed over; 0 where nothing is left.
 */
final class ArgExtremes {
  private ArgExtremes() {}

  /** In {@code n} elements from {@code at} on. */
  static int find(float[] x, int at, int n, boolean max) {
    float best = max ? Folds.max(x, at, n) : Folds.min(x, at, n);
    for (int i = 0; i < n; i++) {
      if (x[at + i] == best) {
        return i;
      }
    }
    return 0;
  }

  /** In {@code n} elements from {@code at} on. */
  static int find(double[] x, int at, int n, boolean max) {
    double best = max ? Folds.max(x, at, n) : Folds.min(x, at, n);
    for (int i = 0; i < n; i++) {
      if (x[at + i] == best) {
        return i;
      }
    }
    return 0;
  }

  /** In {@code n} elements from {@code at} on. */
  static int find(int[] x, int at, int n, boolean max) {
    int found = 0;
    int best = x[at];
    for (int i = 1; i < n; i++) {
      if (max ? x[at + i] > best : x[at + i] < best) {
        found = i;
        best = x[at + i];
      }
    }
    return found;
  }

  /** In {@code n} elements from {@code at} on. */
  static int find(long[] x, int at, int n, boolean max) {
    int found = 0;
    long best = x[at];
    for (int i = 1; i < n; i++) {
      if (max ? x[at + i] > best : x[at + i] < best) {
        found = i;
        best = x[at + i];
      }
    }
    return found;
  }
}
