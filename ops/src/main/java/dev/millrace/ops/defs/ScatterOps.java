package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Changes of some rows or slices of a variable, and of copies of tensors. */
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
    for (String op : new String[] {"Update", "Add", "Sub"}) {
      r.add(
          OpDef.named("ResourceScatterNd" + op)
              .inputs("ref: resource", "indices: Tindices", "updates: T")
              .attrs("T: type", "Tindices: {int32, int64}", "use_locking: bool = true")
              .stateful()
              .shape(
                  c ->
                      GatherOps.checkScatterNd(
                          c.inputOfRankAtLeast(1, 1),
                          c.input(2),
                          StateOps.variableShape(c, 0, c.attrs().getType("T")))));
      r.add(
          OpDef.named("TensorScatter" + op)
              .inputs("tensor: T", "indices: Tindices", "updates: T")
              .outputs("output: T")
              .attrs("T: type", "Tindices: {int32, int64}")
              .shape(ScatterOps::changedCopy));
    }
    r.add(
        OpDef.named("ScatterNdNonAliasingAdd")
            .inputs("input: T", "indices: Tindices", "updates: T")
            .outputs("output: T")
            .attrs(
                "T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8,"
                    + " qint32, bfloat16, uint16, complex128, half, uint32, uint64, bool}",
                "Tindices: {int32, int64}")
            .shape(ScatterOps::changedCopy));
  }

  private static void changedCopy(ShapeContext c) {
    GatherOps.checkScatterNd(c.inputOfRankAtLeast(1, 1), c.input(2), c.input(0));
    c.output(0, c.input(0));
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
