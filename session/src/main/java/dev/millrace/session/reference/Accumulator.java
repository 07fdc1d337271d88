package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** A tensor into whose elements others are merged, one after another. */
final class Accumulator {
  private final DataType dtype;
  private final Result result;

  private Accumulator(Result result, DataType dtype) {
    this.dtype = dtype;
    this.result = result;
  }

  /** Begins with a copy of {@code x}. */
  static Accumulator of(TensorValue x) {
    return new Accumulator(Result.copyOf(x), x.dtype());
  }

  /** Begins with {@code x} everywhere, rounded to a floating-point dtype. */
  static Accumulator filled(DataType dtype, Shape shape, double x) {
    Result r = new Result(dtype, shape);
    for (int i = 0; i < Dims.count(shape); i++) {
      r.setDouble(i, x);
    }
    return new Accumulator(r, dtype);
  }

  /** Begins with {@code x} everywhere, of a complex dtype. */
  static Accumulator filled(DataType dtype, Shape shape, Complex x) {
    Result r = new Result(dtype, shape);
    for (int i = 0; i < Dims.count(shape); i++) {
      r.setComplex(i, x);
    }
    return new Accumulator(r, dtype);
  }

  /** Begins with {@code x} everywhere, of an integer dtype. */
  static Accumulator filled(DataType dtype, Shape shape, long x) {
    Result r = new Result(dtype, shape);
    for (int i = 0; i < Dims.count(shape); i++) {
      r.setLong(i, x);
    }
    return new Accumulator(r, dtype);
  }

  /** Merges element {@code i} of {@code x} into element {@code at}. */
  void merge(Merge how, int at, TensorValue x, int i) {
    if (how == Merge.UPDATE) {
      result.copy(at, x, i);
    } else if (dtype == DataType.BOOL) {
      result.setBoolean(at, result.getLong(at) != 0 || x.getBoolean(i));
    } else if (dtype.isComplex()) {
      Complex there = ComplexValues.get(result.value(), at);
      result.setComplex(at, how.apply(there, ComplexValues.get(x, i)));
    } else if (dtype.isFloating()) {
      result.setDouble(at, how.apply(result.getDouble(at), x.getDouble(i)));
    } else {
      result.setLong(at, how.apply(result.getLong(at), x.getLong(i), dtype));
    }
  }

  /** Divides {@code n} elements from {@code at} on by {@code by}. */
  void divide(int at, int n, long by) {
    for (int i = at; i < at + n; i++) {
      if (dtype.isComplex()) {
        Complex z = ComplexValues.get(result.value(), i);
        result.setComplex(i, new Complex(z.re() / by, z.im() / by));
      } else if (dtype.isFloating()) {
        result.setDouble(i, result.getDouble(i) / by);
      } else {
        result.setLong(i, IntegerArithmetic.truncateDiv(result.getLong(i), by, dtype));
      }
    }
  }

  /** What it has become; nothing may be merged afterwards. */
  TensorValue value() {
    return result.value();
  }
}
