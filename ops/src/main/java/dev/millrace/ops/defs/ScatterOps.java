package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;

/** Changes of some rows of a variable. */
final class ScatterOps {
  private ScatterOps() {}

  static void register(OpRegistry r) {
    for (String op : new String[] {"Update", "Add", "Sub", "Mul", "Div", "Min", "Max"}) {
      r.add(
          OpDef.named("ResourceScatter" + op)
              .inputs("resource: resource", "indices: Tindices", "updates: dtype")
              .attrs(
                  op.equals("Update") ? "dtype: type" : "dtype: numbertype",
                  "Tindices: {int32, int64}")
              .stateful()
              .shape(
                  c ->
                      checkRows(
                          StateOps.variableShape(c, 0, c.attrs().getType("dtype")),
                          c.input(1),
                          c.input(2))));
    }
  }

  /**
   * Checks that {@code updates} has a row of the table for each index, or is a scalar, which goes
   * to every element of those rows.
   *
   * @throws InvalidArgumentException if it has not
   */
  private static void checkRows(Shape table, Shape indices, Shape updates) {
    if (table.rank() == 0) {
      throw new InvalidArgumentException("the variable is a scalar, which has no rows");
    }
    if (!table.hasRank() || updates.rank() == 0) {
      return;
    }
    Shape expected = indices.concat(table.sliceFrom(1));
    if (!expected.isCompatibleWith(updates)) {
      throw new InvalidArgumentException(
          "updates must be a scalar or have a row of the variable "
              + table
              + " for each index, and so be of shape "
              + expected
              + ", but are "
              + updates);
    }
  }
}
