package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** Complex numbers in tensors, where the two parts of each lie side by side. */
final class ComplexValues {
  private ComplexValues() {}

  static Complex get(TensorValue v, int i) {
    return v.dtype() == DataType.COMPLEX64
        ? new Complex(v.floats()[2 * i], v.floats()[2 * i + 1])
        : new Complex(v.doubles()[2 * i], v.doubles()[2 * i + 1]);
  }

  static TensorValue map(TensorValue x, UnaryOperator<Complex> f) {
    Builder r = new Builder(x.dtype(), x.shape());
    for (int i = 0; i < x.size(); i++) {
      r.set(i, f.apply(get(x, i)));
    }
    return r.value();
  }

  /** A float64 tensor of a number made of each. */
  static TensorValue reals(TensorValue x, ToDoubleFunction<Complex> f) {
    double[] r = new double[x.size()];
    for (int i = 0; i < r.length; i++) {
      r[i] = f.applyAsDouble(get(x, i));
    }
    return TensorValue.wrap(DataType.FLOAT64, x.shape(), r);
  }

  /** A complex tensor under construction. */
  static final class Builder {
    private final TensorValue value;

    Builder(DataType dtype, Shape shape) {
      value = TensorValue.wrap(dtype, shape, TensorValue.newStorage(dtype, Dims.count(shape)));
    }

    void set(int i, Complex x) {
      set(i, x.re(), x.im());
    }

    void set(int i, double re, double im) {
      if (value.dtype() == DataType.COMPLEX64) {
        value.floats()[2 * i] = (float) re;
        value.floats()[2 * i + 1] = (float) im;
      } else {
        value.doubles()[2 * i] = re;
        value.doubles()[2 * i + 1] = im;
      }
    }

    /** The finished tensor; nothing may be set afterwards. */
    TensorValue value() {
      return value;
    }
  }
}
