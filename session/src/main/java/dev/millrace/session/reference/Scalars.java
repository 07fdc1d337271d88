package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;

/**
 * Single elements of whatever dtype, for kernels whose way through the tensors does not depend on
 * it: a {@link Double}, a {@link Long}, or a {@link Complex}.
 */
final class Scalars {
  private Scalars() {}

  static Object get(TensorValue x, int i) {
    if (x.dtype().isComplex()) {
      return ComplexValues.get(x, i);
    }
    return x.dtype().isFloating() ? (Object) x.getDouble(i) : (Object) x.getLong(i);
  }

  static Object zero(DataType t) {
    return t.isComplex() ? Complex.ZERO : t.isFloating() ? (Object) 0.0 : (Object) 0L;
  }

  static Object add(Object a, Object b) {
    if (a instanceof Complex z) {
      return z.plus((Complex) b);
    }
    return a instanceof Double x ? (Object) (x + (double) b) : (Object) ((long) a + (long) b);
  }

  static Object multiply(Object a, Object b) {
    if (a instanceof Complex z) {
      return z.times((Complex) b);
    }
    return a instanceof Double x ? (Object) (x * (double) b) : (Object) ((long) a * (long) b);
  }

  static Object divide(Object a, Object b, DataType t) {
    if (a instanceof Complex z) {
      return z.over((Complex) b);
    }
    return a instanceof Double x
        ? (Object) (x / (double) b)
        : (Object) IntegerArithmetic.truncateDiv((long) a, (long) b, t);
  }

  /** The greater one; complex numbers have no order. */
  static Object max(Object a, Object b, DataType t) {
    if (a instanceof Double x) {
      return Math.max(x, (double) b);
    }
    return IntegerArithmetic.max((long) a, (long) b, t);
  }

  static Object min(Object a, Object b, DataType t) {
    if (a instanceof Double x) {
      return Math.min(x, (double) b);
    }
    return IntegerArithmetic.min((long) a, (long) b, t);
  }

  static double magnitude(Object a) {
    if (a instanceof Complex z) {
      return z.magnitude();
    }
    return Math.abs(((Number) a).doubleValue());
  }

  static Object conjugate(Object a) {
    return a instanceof Complex z ? z.conjugate() : a;
  }

  /** A tensor of these elements. */
  static TensorValue tensor(DataType t, Shape shape, List<?> elements) {
    if (t.isComplex()) {
      ComplexValues.Builder r = new ComplexValues.Builder(t, shape);
      for (int i = 0; i < elements.size(); i++) {
        r.set(i, (Complex) elements.get(i));
      }
      return r.value();
    }
    Result r = new Result(t, shape);
    for (int i = 0; i < elements.size(); i++) {
      if (t.isFloating()) {
        r.setDouble(i, (double) elements.get(i));
      } else {
        r.setLong(i, (long) elements.get(i));
      }
    }
    return r.value();
  }
}
