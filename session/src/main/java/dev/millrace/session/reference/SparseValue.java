package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A sparse tensor: places, elements and dense shape.
 *
 * @param places a row of indices for each element
 * @param values the elements, a vector
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these or writes to their arrays
record SparseValue(long[][] places, TensorValue values, long[] shape) {
  /**
   * The one in inputs {@code at} to {@code at + 2}.
   *
   * @throws InvalidArgumentException if the parts do not fit, or a place is outside the shape
   */
  static SparseValue of(KernelContext c, int at) {
    return of(c.input(at), c.input(at + 1), c.input(at + 2));
  }

  static SparseValue of(TensorValue indices, TensorValue values, TensorValue shape) {
    Dims.requireRank(indices, 2, "indices");
    Dims.requireRank(values, 1, "values");
    Dims.requireRank(shape, 1, "the shape");
    if (indices.shape().dim(0) != values.size() || indices.shape().dim(1) != shape.size()) {
      throw new InvalidArgumentException(
          "indices of shape "
              + indices.shape()
              + ", values of shape "
              + values.shape()
              + " and a dense shape of "
              + shape.size()
              + " dimensions are no sparse tensor");
    }
    long[] dims = Dims.shape(shape, "the dense shape").dims();
    SparseValue v = new SparseValue(rows(indices), values, dims);
    v.requireInside();
    return v;
  }

  /** The rows of a matrix of integers. */
  static long[][] rows(TensorValue matrix) {
    int rank = (int) matrix.shape().dim(1);
    long[][] r = new long[(int) matrix.shape().dim(0)][];
    for (int i = 0; i < r.length; i++) {
      r[i] = new long[rank];
      for (int d = 0; d < rank; d++) {
        r[i][d] = matrix.getLong(i * rank + d);
      }
    }
    return r;
  }

  private void requireInside() {
    for (int i = 0; i < places.length; i++) {
      for (int d = 0; d < shape.length; d++) {
        if (places[i][d] < 0 || places[i][d] >= shape[d]) {
          throw new InvalidArgumentException(
              "index "
                  + i
                  + " is "
                  + Arrays.toString(places[i])
                  + ", outside the dense shape "
                  + Arrays.toString(shape));
        }
      }
    }
  }

  int size() {
    return places.length;
  }

  int rank() {
    return shape.length;
  }

  Object get(int i) {
    return Scalars.get(values, i);
  }

  DataType dtype() {
    return values.dtype();
  }

  /** Row-major order of places. */
  static Comparator<long[]> order() {
    return Arrays::compare;
  }

  /** The numbers of the elements, those of places in row-major order. */
  int[] sorted() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      numbers.add(i);
    }
    numbers.sort(Comparator.comparing(i -> places[i], order()));
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The position in a dense tensor of that shape. */
  static int flat(long[] place, long[] shape) {
    long at = 0;
    for (int d = 0; d < place.length; d++) {
      at = at * shape[d] + place[d];
    }
    return (int) at;
  }

  /** The indices as an int64 matrix. */
  static TensorValue matrix(List<long[]> places, int rank) {
    long[] r = new long[Math.multiplyExact(places.size(), rank)];
    for (int i = 0; i < places.size(); i++) {
      System.arraycopy(places.get(i), 0, r, i * rank, rank);
    }
    return TensorValue.wrap(DataType.INT64, Shape.matrix(places.size(), rank), r);
  }

  /** Sets outputs {@code at} to {@code at + 2}, or the two before the shape where that is null. */
  static void output(
      KernelContext c, int at, List<long[]> places, int rank, TensorValue values, long[] shape) {
    c.output(at, matrix(places, rank));
    c.output(at + 1, values);
    if (shape != null) {
      c.output(at + 2, TensorValue.ofLongs(shape));
    }
  }

  /** Elements {@code which} of {@code x}, in that order. */
  static TensorValue picked(TensorValue x, List<Integer> which) {
    int[] at = which.stream().mapToInt(Integer::intValue).toArray();
    return Elements.pick(x, Shape.vector(at.length), at);
  }
}
