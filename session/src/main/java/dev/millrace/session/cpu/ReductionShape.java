package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;

/**
 * A tensor seen as {@code [outer, length, inner]}, of which {@code length} is the last reduced
 * dimension, neighbours merged. The outer part may hold further reduced dimensions; {@link
 * #groupOf} says which result its positions go into.
 */
final class ReductionShape {
  final int outer;
  final int length;
  final int inner;

  /** For each outer position, the row of the result; null if that is the position itself. */
  final int[] groupOf;

  /** How many elements go into one. */
  final int count;

  private ReductionShape(int outer, int length, int inner, int[] groupOf, int count) {
    this.outer = outer;
    this.length = length;
    this.inner = inner;
    this.groupOf = groupOf;
    this.count = count;
  }

  /** Of a tensor of that shape whose dimensions marked in {@code reduced} go. */
  static ReductionShape of(Shape shape, boolean[] reduced) {
    int rank = shape.rank();
    int last = rank - 1; // of the merged dimension {@code length}
    int inner = 1;
    while (last >= 0 && (!reduced[last] || shape.dim(last) == 1)) {
      inner *= (int) shape.dim(last--);
    }
    int first = last;
    int length = 1;
    while (first >= 0 && (reduced[first] || shape.dim(first) == 1)) {
      length *= (int) shape.dim(first--);
    }
    int outer = 1;
    int count = length;
    boolean mixed = false;
    for (int i = 0; i <= first; i++) {
      int d = (int) shape.dim(i);
      outer *= d;
      if (reduced[i]) {
        count *= d;
        mixed |= d != 1;
      }
    }
    return new ReductionShape(
        outer, length, inner, mixed ? groups(shape, reduced, first, outer) : null, count);
  }

  private static int[] groups(Shape shape, boolean[] reduced, int last, int outer) {
    int[] group = new int[outer];
    for (int o = 0; o < outer; o++) {
      int rest = o;
      int at = 0;
      int size = 1;
      for (int i = last; i >= 0; i--) {
        int d = (int) shape.dim(i);
        if (!reduced[i]) {
          at += rest % d * size;
          size *= d;
        }
        rest /= d;
      }
      group[o] = at;
    }
    return group;
  }

  /** The elements of the tensor. */
  long elements() {
    return (long) outer * length * inner;
  }
}
