package dev.millrace.session.queue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import java.util.List;

/** Takes batches apart and puts them together. */
final class Rows {
  private Rows() {}

  /** Part {@code i} of a batch along its first dimension. */
  static TensorValue row(TensorValue batch, int i) {
    Shape s = batch.shape().sliceFrom(1);
    int n = (int) s.numElements();
    Object data = TensorValue.newStorage(batch.dtype(), n);
    copy(batch.dtype(), batch.data(), i * n, data, 0, n);
    return TensorValue.wrap(batch.dtype(), s, data);
  }

  /**
   * Values of one shape as a batch.
   *
   * @param element the shape of a value, for batches of none
   */
  static TensorValue stack(DataType dtype, Shape element, List<TensorValue> values) {
    int n = (int) element.numElements();
    Shape s = Shape.vector(values.size()).concat(element);
    Object data = TensorValue.newStorage(dtype, Math.multiplyExact(values.size(), n));
    for (int i = 0; i < values.size(); i++) {
      TensorValue v = values.get(i);
      if (!v.shape().equals(element)) {
        throw new InvalidArgumentException(
            "elements of shapes " + element + " and " + v.shape() + " do not make a batch");
      }
      copy(dtype, v.data(), 0, data, i * n, n);
    }
    return TensorValue.wrap(dtype, s, data);
  }

  /**
   * Values of one rank as a batch, each padded with zeros (empty strings, false) to the largest.
   *
   * @param element what is known of their shape; sizes that differ are open
   */
  static TensorValue pad(DataType dtype, Shape element, List<TensorValue> values) {
    long[] dims = element.dims();
    for (int d = 0; d < dims.length; d++) {
      if (dims[d] == Shape.UNKNOWN) {
        dims[d] = 0;
        for (TensorValue v : values) {
          dims[d] = Math.max(dims[d], v.shape().dim(d));
        }
      }
    }
    Shape padded = Shape.of(dims);
    TensorValue batch = TensorValue.zeros(dtype, Shape.vector(values.size()).concat(padded));
    int n = (int) padded.numElements();
    for (int i = 0; i < values.size(); i++) {
      place(values.get(i), dims, batch.data(), i * n);
    }
    return batch;
  }

  private static void place(TensorValue v, long[] dims, Object to, int offset) {
    if (v.size() == 0) {
      return;
    }
    int rank = dims.length;
    int line = rank == 0 ? 1 : (int) v.shape().dim(rank - 1);
    long[] at = new long[rank];
    for (int from = 0; from < v.size(); from += line) {
      long target = 0;
      for (int d = 0; d < rank; d++) {
        target = target * dims[d] + at[d];
      }
      copy(v.dtype(), v.data(), from, to, offset + (int) target, line);
      for (int d = rank - 2; d >= 0; d--) {
        if (++at[d] < v.shape().dim(d)) {
          break;
        }
        at[d] = 0;
      }
    }
  }

  private static void copy(DataType dtype, Object from, int at, Object to, int toAt, int n) {
    int width = dtype.isComplex() ? 2 : 1;
    System.arraycopy(from, at * width, to, toAt * width, n * width);
  }

  /** How many rows the batches have, all alike. */
  static int count(TensorValue[] batches) {
    long n = -1;
    for (int i = 0; i < batches.length; i++) {
      Shape s = batches[i].shape();
      if (s.rank() < 1 || (n >= 0 && s.dim(0) != n)) {
        throw new InvalidArgumentException(
            "all components must be batches of one size, but their shapes are "
                + Arrays.stream(batches).map(TensorValue::shape).toList());
      }
      n = s.dim(0);
    }
    return (int) n;
  }
}
