package dev.millrace.session.cpu;

/** Sums and extremes of parts of arrays. */
final class Folds {
  /**
   * Elements that are summed in floats before the sum goes into a double: 16 to each of 8
   * accumulators.
   */
  private static final int GROUP = 128;

  private Folds() {}

  /**
   * The sum, in floats over groups so small that it is exact to about a millionth of the sum of
   * magnitudes, and in a double over all.
   */
  static double sum(float[] x, int at, int n) {
    double total = 0;
    int i = at;
    int end = at + n;
    while (i < end) {
      int stop = Math.min(end, i + GROUP);
      float a = 0;
      float b = 0;
      float c = 0;
      float d = 0;
      float e = 0;
      float f = 0;
      float g = 0;
      float h = 0;
      for (; i < stop - 7; i += 8) {
        a += x[i];
        b += x[i + 1];
        c += x[i + 2];
        d += x[i + 3];
        e += x[i + 4];
        f += x[i + 5];
        g += x[i + 6];
        h += x[i + 7];
      }
      for (; i < stop; i++) {
        total += x[i];
      }
      total += ((a + b) + (c + d)) + ((e + f) + (g + h));
    }
    return total;
  }

  /** The sum. */
  static double sum(double[] x, int at, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = at;
    int end = at + n;
    for (; i < end - 3; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < end; i++) {
      a += x[i];
    }
    return (a + b) + (c + d);
  }

  /** The greatest element that is no NaN; minus infinity where there is none. */
  static float max(float[] x, int at, int n) {
    float a = Float.NEGATIVE_INFINITY;
    float b = a;
    float c = a;
    float d = a;
    int i = at;
    int end = at + n;
    for (; i < end - 3; i += 4) {
      a = x[i] > a ? x[i] : a;
      b = x[i + 1] > b ? x[i + 1] : b;
      c = x[i + 2] > c ? x[i + 2] : c;
      d = x[i + 3] > d ? x[i + 3] : d;
    }
    for (; i < end; i++) {
      a = x[i] > a ? x[i] : a;
    }
    a = a > b ? a : b;
    c = c > d ? c : d;
    return a > c ? a : c;
  }

  /** The least element that is no NaN; infinity where there is none. */
  static float min(float[] x, int at, int n) {
    float a = Float.POSITIVE_INFINITY;
    float b = a;
    float c = a;
    float d = a;
    int i = at;
    int end = at + n;
    for (; i < end - 3; i += 4) {
      a = x[i] < a ? x[i] : a;
      b = x[i + 1] < b ? x[i + 1] : b;
      c = x[i + 2] < c ? x[i + 2] : c;
      d = x[i + 3] < d ? x[i + 3] : d;
    }
    for (; i < end; i++) {
      a = x[i] < a ? x[i] : a;
    }
    a = a < b ? a : b;
    c = c < d ? c : d;
    return a < c ? a : c;
  }

  /** The greatest element that is no NaN; minus infinity where there is none. */
  static double max(double[] x, int at, int n) {
    double a = Double.NEGATIVE_INFINITY;
    double b = a;
    double c = a;
    double d = a;
    int i = at;
    int end = at + n;
    for (; i < end - 3; i += 4) {
      a = x[i] > a ? x[i] : a;
      b = x[i + 1] > b ? x[i + 1] : b;
      c = x[i + 2] > c ? x[i + 2] : c;
      d = x[i + 3] > d ? x[i + 3] : d;
    }
    for (; i < end; i++) {
      a = x[i] > a ? x[i] : a;
    }
    a = a > b ? a : b;
    c = c > d ? c : d;
    return a > c ? a : c;
  }

  /** The least element that is no NaN; infinity where there is none. */
  static double min(double[] x, int at, int n) {
    double a = Double.POSITIVE_INFINITY;
    double b = a;
    double c = a;
    double d = a;
    int i = at;
    int end = at + n;
    for (; i < end - 3; i += 4) {
      a = x[i] < a ? x[i] : a;
      b = x[i + 1] < b ? x[i + 1] : b;
      c = x[i + 2] < c ? x[i + 2] : c;
      d = x[i + 3] < d ? x[i + 3] : d;
    }
    for (; i < end; i++) {
      a = x[i] < a ? x[i] : a;
    }
    a = a < b ? a : b;
    c = c < d ? c : d;
    return a < c ? a : c;
  }
}
