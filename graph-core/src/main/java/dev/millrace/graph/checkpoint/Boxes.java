package dev.millrace.graph.checkpoint;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Copies parts of tensors, row by row. */
final class Boxes {
  private Boxes() {}

  /** The part {@code slice} of {@code whole}. */
  static TensorValue cut(TensorValue whole, TensorSlice slice) {
    TensorValue to = TensorValue.zeros(whole.dtype(), slice.shapeIn(whole.shape()));
    TensorSlice all = TensorSlice.all(whole.shape().rank());
    if (to.size() > 0) {
      copy(whole, all, to, slice, slice.intersect(all, whole.shape()));
    }
    return to;
  }

  /**
   * Copies {@code box} from one part of a tensor into another, both of which hold it.
   *
   * @param fromAt what part of the tensor {@code from} is
   * @param toAt what part of it {@code to} is
   */
  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the same kind
  static void copy(
      TensorValue from, TensorSlice fromAt, TensorValue to, TensorSlice toAt, TensorSlice box) {
    int rank = box.rank();
    int width = from.dtype().isComplex() ? 2 : 1;
    long[] index = new long[rank];
    int row = rank == 0 ? 1 : Math.toIntExact(box.length(rank - 1));
    do {
      System.arraycopy(
          from.data(),
          width * offset(from.shape(), fromAt, box, index),
          to.data(),
          width * offset(to.shape(), toAt, box, index),
          width * row);
    } while (next(index, box));
  }

  private static int offset(Shape shape, TensorSlice at, TensorSlice box, long[] index) {
    long n = 0;
    for (int i = 0; i < index.length; i++) {
      n = n * shape.dim(i) + box.start(i) + index[i] - at.start(i);
    }
    return Math.toIntExact(n);
  }

  /** The next row of the box; the last dimension is the row. */
  private static boolean next(long[] index, TensorSlice box) {
    for (int i = index.length - 2; i >= 0; i--) {
      if (++index[i] < box.length(i)) {
        return true;
      }
      index[i] = 0;
    }
    return false;
  }
}
