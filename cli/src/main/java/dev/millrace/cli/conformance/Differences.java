package dev.millrace.cli.conformance;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/**
 * Compares values: dtype, shape, integers, booleans and strings must be equal, floats {@code |got -
 * want| <= t*|want| + t/10}, NaN and infinities where they are wanted.
 */
public final class Differences {
  private Differences() {}

  /** What differs, for people, or null if nothing does. */
  public static String find(TensorValue got, TensorValue want, double tolerance) {
    if (got.dtype() != want.dtype()) {
      return "the dtype is " + got.dtype() + ", should be " + want.dtype();
    }
    if (!got.shape().equals(want.shape())) {
      return "the shape is " + got.shape() + ", should be " + want.shape();
    }
    int count = 0;
    int first = -1;
    for (int i = 0; i < want.size(); i++) {
      if (!same(got, want, i, tolerance)) {
        first = count++ == 0 ? i : first;
      }
    }
    if (count == 0) {
      return null;
    }
    return "element "
        + index(want, first)
        + " is "
        + element(got, first)
        + ", should be "
        + element(want, first)
        + (want.size() > 1 ? " (" + count + " of " + want.size() + " elements differ)" : "");
  }

  private static boolean same(TensorValue got, TensorValue want, int i, double t) {
    DataType dtype = want.dtype();
    if (dtype == DataType.STRING) {
      return Arrays.equals(got.strings()[i], want.strings()[i]);
    } else if (dtype.isComplex()) {
      return close(part(got, i, 0), part(want, i, 0), t)
          && close(part(got, i, 1), part(want, i, 1), t);
    } else if (dtype.isFloating()) {
      return close(got.getDouble(i), want.getDouble(i), t);
    }
    return got.getLong(i) == want.getLong(i);
  }

  private static boolean close(double got, double want, double t) {
    if (Double.isNaN(want) || Double.isInfinite(want)) {
      return Double.compare(got, want) == 0;
    }
    return Math.abs(got - want) <= t * Math.abs(want) + t / 10;
  }

  private static double part(TensorValue v, int i, int k) {
    return v.dtype() == DataType.COMPLEX64 ? v.floats()[2 * i + k] : v.doubles()[2 * i + k];
  }

  private static String element(TensorValue v, int i) {
    DataType dtype = v.dtype();
    if (dtype == DataType.STRING) {
      return '"' + v.getString(i) + '"';
    } else if (dtype == DataType.BOOL) {
      return Boolean.toString(v.getBoolean(i));
    } else if (dtype.isComplex()) {
      return part(v, i, 0) + " + " + part(v, i, 1) + "j";
    } else if (dtype == DataType.FLOAT32) {
      return Float.toString(v.floats()[i]);
    } else if (dtype.isFloating()) {
      return Double.toString(v.getDouble(i));
    }
    return dtype == DataType.UINT64
        ? Long.toUnsignedString(v.longs()[i])
        : Long.toString(v.getLong(i));
  }

  private static String index(TensorValue v, int flat) {
    long[] dims = v.shape().dims();
    long[] index = new long[dims.length];
    long rest = flat;
    for (int d = dims.length - 1; d >= 0; d--) {
      index[d] = rest % dims[d];
      rest /= dims[d];
    }
    return Arrays.toString(index);
  }
}
