package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import java.util.function.IntUnaryOperator;

/**
 * Broadcasting by NumPy's rule: shapes are aligned at the last dimension, and a dimension of 1
 * stretches.
 */
final class Broadcast {
  private Broadcast() {}

  /**
   * The operand's element that stands at each element of the broadcast result.
   *
   * @throws InvalidArgumentException if {@code from} does not broadcast to {@code to}
   */
  static IntUnaryOperator map(Shape from, Shape to) {
    if (from.equals(to)) {
      return i -> i;
    }
    if (from.rank() == 0) {
      return i -> 0;
    }
    int[] at = positions(from, to);
    return i -> at[i];
  }

  /** Whether two shapes broadcast to a common one. */
  static boolean compatible(Shape x, Shape y) {
    for (int i = 1; i <= Math.min(x.rank(), y.rank()); i++) {
      if (x.dim(-i) != y.dim(-i) && x.dim(-i) != 1 && y.dim(-i) != 1) {
        return false;
      }
    }
    return true;
  }

  /** The same as {@link #map}, as a table. */
  static int[] positions(Shape from, Shape to) {
    int lead = to.rank() - from.rank();
    if (lead < 0) {
      throw mismatch(from, to);
    }
    int[] strides = Dims.strides(from);
    int[][] tables = new int[to.rank()][];
    for (int i = 0; i < tables.length; i++) {
      long size = i < lead ? 1 : from.dim(i - lead);
      if (size != 1 && size != to.dim(i)) {
        throw mismatch(from, to);
      }
      tables[i] = Positions.table(to.dim(i), size == 1 ? 0 : strides[i - lead]);
    }
    return Positions.sums(tables);
  }

  private static InvalidArgumentException mismatch(Shape from, Shape to) {
    return new InvalidArgumentException("shape " + from + " does not broadcast to " + to);
  }
}
