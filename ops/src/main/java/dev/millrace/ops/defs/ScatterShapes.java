package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;

/** What must hold of the shapes where rows of a variable are changed. */
final class ScatterShapes {
  private ScatterShapes() {}

  /** Scalars have no rows. */
  static void requireRows(Shape variable) {
    if (variable.hasRank() && variable.rank() == 0) {
      throw new InvalidArgumentException("the variable is a scalar, which has no rows to change");
    }
  }

  /** {@code updates} must hold a row of the variable for each index. */
  static void requireUpdates(Shape variable, Shape indices, Shape updates, String what) {
    if (!variable.hasRank() || !indices.hasRank() || !updates.hasRank()) {
      return;
    }
    int lead = indices.rank();
    long[] dims = new long[lead + variable.rank() - 1];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i < lead ? indices.dim(i) : variable.dim(i - lead + 1);
    }
    Shape want = Shape.of(dims);
    if (!want.isCompatibleWith(updates)) {
      throw new InvalidArgumentException(
          what + " should be of shape " + want + ", one row for each index, but is " + updates);
    }
  }
}
