package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import java.util.Arrays;

/**
 * How an operand of one shape stretches to a result's: the result's dimensions, neighbours merged
 * where they are walked alike, with the operand's stride in each, 0 where it repeats. Of an operand
 * that is wider than the result along one axis a range is taken.
 */
final class Broadcast {
  private final int[] dims;
  private final int[] strides;
  private final int offset;

  private Broadcast(int[] dims, int[] strides, int offset) {
    this.dims = dims;
    this.strides = strides;
    this.offset = offset;
  }

  /** {@code from} against {@code to}, to which it must broadcast. */
  static Broadcast of(Shape from, Shape to) {
    return of(from, to, -1, 0);
  }

  /**
   * The part of {@code from} against {@code to} that begins at {@code begin} along the dimension
   * {@code axis} of {@code to}; without meaning where {@code from} repeats along it.
   */
  static Broadcast of(Shape from, Shape to, int axis, long begin) {
    int n = to.rank();
    int[] dims = new int[n];
    int[] strides = new int[n];
    int rank = 0; // of the merged dimensions, which are kept innermost first
    int size = 1;
    int offset = 0;
    for (int i = 1; i <= n; i++) {
      int d = (int) to.dim(-i);
      int own = i <= from.rank() ? (int) from.dim(-i) : 1;
      int stride = own == 1 ? 0 : size;
      if (n - i == axis) {
        offset = (int) begin * stride;
      }
      size *= own;
      if (d == 1) {
        continue;
      }
      if (rank > 0 && stride == (strides[rank - 1] == 0 ? 0 : strides[rank - 1] * dims[rank - 1])) {
        dims[rank - 1] *= d;
      } else {
        dims[rank] = d;
        strides[rank++] = stride;
      }
    }
    int[] d = new int[rank];
    int[] s = new int[rank];
    for (int i = 0; i < rank; i++) {
      d[i] = dims[rank - 1 - i];
      s[i] = strides[rank - 1 - i];
    }
    return new Broadcast(d, s, offset);
  }

  /** Whether {@code from} broadcasts to {@code to}. */
  static boolean fits(Shape from, Shape to) {
    if (from.rank() > to.rank()) {
      return false;
    }
    for (int i = 1; i <= from.rank(); i++) {
      if (from.dim(-i) != 1 && from.dim(-i) != to.dim(-i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The length after which a row operand repeats in the result; 1 for a scalar, 0 for operands that
   * are neither.
   */
  int period() {
    if (isDense()) {
      return 0;
    }
    return isScalar() ? 1 : isRow() ? inner() : 0;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Broadcast b
        && offset == b.offset
        && Arrays.equals(dims, b.dims)
        && Arrays.equals(strides, b.strides);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(dims) + Arrays.hashCode(strides)) + offset;
  }

  int rank() {
    return dims.length;
  }

  int dim(int i) {
    return dims[i];
  }

  int stride(int i) {
    return strides[i];
  }

  /** The operand's element for the first of the result. */
  int offset() {
    return offset;
  }

  /** The operand's stride in the innermost merged dimension. */
  int innerStride() {
    return strides[strides.length - 1];
  }

  /** The size of the innermost merged dimension. */
  int inner() {
    return dims[dims.length - 1];
  }

  /** Nothing repeats, and nothing is left out in between. */
  boolean isDense() {
    return dims.length == 0 || (dims.length == 1 && strides[0] == 1);
  }

  /** One element stands for all. */
  boolean isScalar() {
    return dims.length == 1 && strides[0] == 0;
  }

  /** The whole operand repeats. */
  boolean isRow() {
    return dims.length == 2 && strides[0] == 0 && strides[1] == 1;
  }

  /** Each element repeats in place. */
  boolean isColumn() {
    return dims.length == 2 && strides[0] == 1 && strides[1] == 0;
  }
}
