package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.linalg.Embedded;
import dev.millrace.session.linalg.Matrix;

/** The matrices of a batch: the last two dimensions of a tensor, however many come before. */
final class Batches {
  private Batches() {}

  /** Checks that {@code x} is a batch of matrices of real or complex numbers. */
  static TensorValue require(KernelContext c, TensorValue x, String name) {
    if (!x.dtype().isFloating() && !x.dtype().isComplex()) {
      throw Elementwise.unsupported(c, x.dtype());
    }
    if (x.shape().rank() < 2) {
      throw new InvalidArgumentException(
          name + " must be of rank 2 or more, not of shape " + x.shape());
    }
    return x;
  }

  /** As {@link #require}, of as many rows as columns. */
  static TensorValue requireSquare(KernelContext c, TensorValue x, String name) {
    require(c, x, name);
    if (x.shape().dim(-2) != x.shape().dim(-1)) {
      throw new InvalidArgumentException(
          "matrices of " + name + " must be square, not of shape " + x.shape());
    }
    return x;
  }

  /** The dimensions before the matrices. */
  static Shape batch(TensorValue x) {
    return x.shape().slice(0, -2);
  }

  static int rows(TensorValue x) {
    return (int) x.shape().dim(-2);
  }

  static int columns(TensorValue x) {
    return (int) x.shape().dim(-1);
  }

  /** How many matrices there are. */
  static int count(TensorValue x) {
    return Dims.count(batch(x));
  }

  /** Matrix number {@code i}; of complex numbers as {@link Embedded} says. */
  static Matrix matrix(TensorValue x, int i) {
    if (x.dtype().isComplex()) {
      return embedded(x, i);
    }
    Matrix m = new Matrix(rows(x), columns(x));
    int size = m.values().length;
    for (int k = 0; k < size; k++) {
      m.values()[k] = x.getDouble(i * size + k);
    }
    return m;
  }

  private static Matrix embedded(TensorValue x, int i) {
    int rows = rows(x);
    int columns = columns(x);
    Matrix m = new Matrix(2 * rows, 2 * columns);
    for (int k = 0; k < rows * columns; k++) {
      Complex z = ComplexValues.get(x, i * rows * columns + k);
      Embedded.set(m, k / columns, k % columns, z.re(), z.im());
    }
    return m;
  }

  /** Sets matrix number {@code i} of the result. */
  static void set(Result r, int i, Matrix m) {
    if (!r.dtype().isComplex()) {
      set(r, i, m.values());
      return;
    }
    int columns = m.columns() / 2;
    int size = m.rows() / 2 * columns;
    for (int k = 0; k < size; k++) {
      int row = k / columns;
      double re = Embedded.re(m, row, k % columns);
      r.setComplex(i * size + k, new Complex(re, Embedded.im(m, row, k % columns)));
    }
  }

  /** Sets the numbers from {@code i} times their number on. */
  static void set(Result r, int i, double[] values) {
    for (int k = 0; k < values.length; k++) {
      if (r.dtype().isComplex()) {
        r.setComplex(i * values.length + k, new Complex(values[k], 0));
      } else {
        r.setDouble(i * values.length + k, values[k]);
      }
    }
  }
}
