package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;

/** Replaces rows of a table, of elements of any kind. */
final class CopyRows extends RowsStep {
  private final Lane lane;
  private final Region table;
  private final Region updates;
  private final Scratch scratch;
  private final int size;
  private final boolean scalar;

  /** As {@link MergeRows}, the update itself being the new row. */
  CopyRows(
      BindContext node,
      RowIndices indices,
      int size,
      int updates,
      Region table,
      Variable... variables) {
    super(node, indices, size * node.inputType(updates).size() * 0.06, variables);
    int element = node.inputType(updates).size();
    this.lane = Lane.moving(element);
    this.table = table;
    this.updates = node.input(updates);
    this.scratch = node.scratch();
    // Elements of 16 bytes are two of 8.
    this.size = size * (element / lane.size);
    this.scalar = node.inputShape(updates).rank() == 0 && indices.count() * size != 1;
  }

  /** Whether it takes an update of one element of so many bytes. */
  static boolean takesScalar(int elementSize) {
    return elementSize <= 8;
  }

  @Override
  void row(int i, int row, int worker) {
    if (!scalar) {
      int bytes = size * lane.size;
      if (bytes > 0) {
        table.bytes().put(row * bytes, updates.bytes(), i * bytes, bytes);
      }
      return;
    }
    Object b = lane.block(scratch, worker, 0, Scratch.BLOCK);
    for (int from = 0; from < size; from += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, size - from);
      lane.fill(updates, 0, b, 0, n);
      lane.put(table, row * size + from, b, 0, n);
    }
  }
}
