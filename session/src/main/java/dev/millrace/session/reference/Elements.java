package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Moves elements of any dtype from array to array, whatever they are. */
final class Elements {
  private Elements() {}

  /**
   * Copies {@code n} elements; positions count elements, so that a complex number counts as one.
   */
  static void copy(DataType dtype, Object from, int at, Object to, int toAt, int n) {
    int width = dtype.isComplex() ? 2 : 1;
    System.arraycopy(from, at * width, to, toAt * width, n * width);
  }

  /**
   * The value of shape {@code to} whose element {@code i} is element {@code at[i]} of {@code x}.
   */
  static TensorValue pick(TensorValue x, Shape to, int[] at) {
    Object data = TensorValue.newStorage(x.dtype(), at.length);
    for (int i = 0, n; i < at.length; i += n) {
      n = run(at, i);
      copy(x.dtype(), x.data(), at[i], data, i, n);
    }
    return TensorValue.wrap(x.dtype(), to, data);
  }

  /** Writes element {@code i} of {@code x} to element {@code at[i]} of {@code to}. */
  static void place(TensorValue x, Object to, int[] at) {
    for (int i = 0, n; i < at.length; i += n) {
      n = run(at, i);
      copy(x.dtype(), x.data(), i, to, at[i], n);
    }
  }

  /** How many positions from {@code i} on are neighbours, so that they are copied at once. */
  private static int run(int[] at, int i) {
    int n = 1;
    while (i + n < at.length && at[i + n] == at[i] + n) {
      n++;
    }
    return n;
  }

  /** A value of that shape of which every element is that of the scalar {@code x}. */
  static TensorValue filled(TensorValue x, Shape shape) {
    return pick(x, shape, new int[Dims.count(shape)]);
  }

  /** A copy of the array of elements, to be written to. */
  static Object copyOf(TensorValue x) {
    Object data = TensorValue.newStorage(x.dtype(), x.size());
    copy(x.dtype(), x.data(), 0, data, 0, x.size());
    return data;
  }
}
