package dev.millrace.session.cpu;

import dev.millrace.graph.TensorValue;
import java.util.List;

/** Compares results with what the reference kernels give. */
final class Close {
  private Close() {}

  /**
   * Fails unless dtypes and shapes are the same, integers, booleans and bits equal, and floats
   * near: {@code |got - want| <= t |want| + t s / 10}, where s is the mean magnitude of the wanted
   * numbers or 1, for what cancellation leaves is as exact as what went in. NaN and infinities must
   * be in the same places.
   */
  static void check(String what, List<TensorValue> got, List<TensorValue> want, double t) {
    if (got.size() != want.size()) {
      throw new AssertionError(what + ": " + got.size() + " results, not " + want.size());
    }
    for (int i = 0; i < got.size(); i++) {
      check(what + ", result " + i, got.get(i), want.get(i), t);
    }
  }

  private static void check(String what, TensorValue got, TensorValue want, double t) {
    if (got.dtype() != want.dtype() || !got.shape().equals(want.shape())) {
      throw new AssertionError(what + ": got " + got + ", want " + want);
    }
    double scale = want.dtype().isFloating() ? scale(want) : 1;
    for (int i = 0; i < want.size(); i++) {
      boolean near;
      if (want.dtype().isFloating()) {
        near = near(got.getDouble(i), want.getDouble(i), t, scale);
      } else if (want.dtype().isComplex()) {
        near = true;
      } else {
        near = got.getLong(i) == want.getLong(i);
      }
      if (!near) {
        throw new AssertionError(
            what
                + ", element "
                + i
                + ": got "
                + (want.dtype().isFloating() ? got.getDouble(i) : got.getLong(i))
                + ", want "
                + (want.dtype().isFloating() ? want.getDouble(i) : want.getLong(i)));
      }
    }
    if (want.dtype().isComplex() && !got.equals(want)) {
      throw new AssertionError(what + ": got " + got + ", want " + want);
    }
  }

  private static double scale(TensorValue want) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < want.size(); i++) {
      double x = Math.abs(want.getDouble(i));
      if (x < 1e6) {
        sum += x;
        n++;
      }
    }
    return Math.max(1, sum / Math.max(1, n));
  }

  private static boolean near(double got, double want, double t, double scale) {
    if (Double.isNaN(want)) {
      return Double.isNaN(got);
    }
    if (Double.isInfinite(want) || Double.isInfinite(got)) {
      return got == want;
    }
    return Math.abs(got - want) <= t * Math.abs(want) + t * scale / 10;
  }
}
