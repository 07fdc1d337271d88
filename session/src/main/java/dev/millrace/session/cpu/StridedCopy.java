package dev.millrace.session.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which elements go where when a box of elements is copied: for each dimension its size and the
 * steps in the source and in the destination, in elements; a source step may be 0 or negative. Most
 * ops that only move data are one of these: transposes, slices, concatenations, padding, tiling,
 * reversal.
 */
final class StridedCopy {
  final int[] dims;
  final int[] from;
  final int[] to;
  final int fromBase;
  final int toBase;

  /** The bytes of an element: 1, 2, 4 or 8. */
  final int elementSize;

  private StridedCopy(int[] dims, int[] from, int[] to, int fromBase, int toBase, int elementSize) {
    this.dims = dims;
    this.from = from;
    this.to = to;
    this.fromBase = fromBase;
    this.toBase = toBase;
    this.elementSize = elementSize;
  }

  /**
   * A copy with dimensions that are walked alike merged, and 16-byte elements made pairs.
   *
   * @param dims outermost first, as they lie in the destination
   */
  static StridedCopy of(
      long[] dims, long[] from, long[] to, long fromBase, long toBase, int elementSize) {
    if (elementSize == 16) {
      return of(with(dims, 2, 1), with(from, 1, 2), with(to, 1, 2), fromBase * 2, toBase * 2, 8);
    }
    List<long[]> merged = new ArrayList<>();
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 1) {
        continue;
      }
      long[] last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && last[1] == from[i] * dims[i] && last[2] == to[i] * dims[i]) {
        last[0] *= dims[i];
        last[1] = from[i];
        last[2] = to[i];
      } else {
        merged.add(new long[] {dims[i], from[i], to[i]});
      }
    }
    if (merged.isEmpty()) {
      merged.add(new long[] {1, 1, 1});
    }
    return new StridedCopy(
        column(merged, 0),
        column(merged, 1),
        column(merged, 2),
        (int) fromBase,
        (int) toBase,
        elementSize);
  }

  private static long[] with(long[] a, long last, long factor) {
    long[] r = Arrays.copyOf(a, a.length + 1);
    for (int i = 0; i < a.length; i++) {
      r[i] *= factor;
    }
    r[a.length] = last;
    return r;
  }

  private static int[] column(List<long[]> rows, int k) {
    return rows.stream().mapToInt(r -> Math.toIntExact(r[k])).toArray();
  }

  /** The steps of a dense row-major tensor of these dimensions. */
  static long[] dense(long... dims) {
    long[] s = new long[dims.length];
    long n = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      s[i] = n;
      n *= dims[i];
    }
    return s;
  }

  int rank() {
    return dims.length;
  }

  /** The size of the innermost dimension. */
  int inner() {
    return dims[dims.length - 1];
  }

  /** How many elements are copied. */
  long elements() {
    long n = 1;
    for (int d : dims) {
      n *= d;
    }
    return n;
  }

  /** Whether inner runs are dense on both sides. */
  boolean copiesRuns() {
    int i = dims.length - 1;
    return from[i] == 1 && to[i] == 1;
  }

  /**
   * The dimension that is dense in the source where the innermost is dense in the destination: what
   * makes a transpose; else -1.
   */
  int transposed() {
    int last = dims.length - 1;
    if (to[last] != 1 || from[last] < 2) {
      return -1;
    }
    for (int i = 0; i < last; i++) {
      if (from[i] == 1) {
        return i;
      }
    }
    return -1;
  }
}
