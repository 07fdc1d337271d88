package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.linalg.Matrix;

/** The matrices of a batch: the last two dimensions of a tensor, however many come before. */
final class Batches {
  private Batches() {}

  /**
   * Checks that {@code x} is a batch of matrices of real numbers.
   *
   * @throws dev.millrace.graph.UnimplementedException if they are complex
   */
  static TensorValue require(KernelContext c, TensorValue x, String name) {
    if (!x.dtype().isFloating()) {
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

  /** Matrix number {@code i}. */
  static Matrix matrix(TensorValue x, int i) {
    Matrix m = new Matrix(rows(x), columns(x));
    int size = m.values().length;
    for (int k = 0; k < size; k++) {
      m.values()[k] = x.getDouble(i * size + k);
    }
    return m;
  }

  /** Sets matrix number {@code i} of the result. */
  static void set(Result r, int i, Matrix m) {
    set(r, i, m.values());
  }

  /** Sets the numbers from {@code i} times their number on. */
  static void set(Result r, int i, double[] values) {
    for (int k = 0; k < values.length; k++) {
      r.setDouble(i * values.length + k, values[k]);
    }
  }
}
