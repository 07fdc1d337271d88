package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.DoubleUnaryOperator;

/** A tensor under construction; elements are rounded or wrapped to its dtype as they are set. */
final class Result {
  private final DataType dtype;
  private final Shape shape;
  private final Object data;

  private final TensorValue value;

  Result(DataType dtype, Shape shape) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = TensorValue.newStorage(dtype, Dims.count(shape));
    this.value = TensorValue.wrap(dtype, shape, data);
  }

  /** A tensor that begins as a copy of {@code x}. */
  static Result copyOf(TensorValue x) {
    Result r = new Result(x.dtype(), x.shape());
    r.copy(0, x, 0, x.size());
    return r;
  }

  /** The element as it was set last, of a floating-point tensor. */
  double getDouble(int i) {
    return value.getDouble(i);
  }

  /** The element as it was set last, of an integer tensor. */
  long getLong(int i) {
    return value.getLong(i);
  }

  /** Sets an element of a floating-point tensor to the nearest value that the dtype has. */
  void setDouble(int i, double x) {
    switch (dtype) {
      case FLOAT32 -> ((float[]) data)[i] = (float) x;
      case FLOAT64 -> ((double[]) data)[i] = x;
      case FLOAT16 -> ((short[]) data)[i] = Float16.ofFloat((float) x);
      case BFLOAT16 -> ((short[]) data)[i] = Float16.bfloatOfFloat((float) x);
      default -> throw new InternalException(dtype + " is no floating-point type");
    }
  }

  /** Sets an element of an integer tensor; of a number too large the low bits stay. */
  void setLong(int i, long x) {
    switch (dtype) {
      case INT32, UINT32, QINT32 -> ((int[]) data)[i] = (int) x;
      case INT64, UINT64 -> ((long[]) data)[i] = x;
      case INT16, UINT16, QINT16, QUINT16 -> ((short[]) data)[i] = (short) x;
      case INT8, UINT8, QINT8, QUINT8 -> ((byte[]) data)[i] = (byte) x;
      default -> throw new InternalException(dtype + " is no integer type");
    }
  }

  /** Sets an element of a complex tensor to the nearest value that the dtype has. */
  void setComplex(int i, Complex x) {
    if (dtype == DataType.COMPLEX64) {
      ((float[]) data)[2 * i] = (float) x.re();
      ((float[]) data)[2 * i + 1] = (float) x.im();
    } else {
      ((double[]) data)[2 * i] = x.re();
      ((double[]) data)[2 * i + 1] = x.im();
    }
  }

  /** Sets an element of a bool tensor. */
  void setBoolean(int i, boolean x) {
    ((byte[]) data)[i] = (byte) (x ? 1 : 0);
  }

  /** Copies element {@code at} of a value of the same dtype. */
  void copy(int i, TensorValue from, int at) {
    Elements.copy(dtype, from.data(), at, data, i, 1);
  }

  /** Copies {@code n} elements of a value of the same dtype. */
  void copy(int i, TensorValue from, int at, int n) {
    Elements.copy(dtype, from.data(), at, data, i, n);
  }

  DataType dtype() {
    return dtype;
  }

  Shape shape() {
    return shape;
  }

  /** The finished tensor; nothing may be set afterwards. */
  TensorValue value() {
    return value;
  }

  /** Rounds a double to the nearest value of a floating-point dtype. */
  static DoubleUnaryOperator rounding(DataType dtype) {
    return switch (dtype) {
      case FLOAT32 -> x -> (float) x;
      case FLOAT64 -> x -> x;
      case FLOAT16 -> x -> Float16.toFloat(Float16.ofFloat((float) x));
      case BFLOAT16 -> x -> Float16.bfloatToFloat(Float16.bfloatOfFloat((float) x));
      default -> throw new InternalException(dtype + " is no floating-point type");
    };
  }
}
