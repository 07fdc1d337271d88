package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;

/** Merges rows of updates into rows of a table by an instruction, as by adding them. */
final class MergeRows extends RowsStep {
  private final Binary op;
  private final Region table;
  private final Region updates;
  private final Scratch scratch;
  private final int size;
  private final boolean scalar;

  /**
   * A step that makes each row {@code op(row, update)}.
   *
   * @param size the elements of a row
   * @param updates the input that holds them: a row for each index, or one element for all
   * @param table a variable's memory, or an output's
   */
  MergeRows(
      BindContext node,
      RowIndices indices,
      Binary op,
      int size,
      int updates,
      Region table,
      Variable... variables) {
    super(node, indices, size * (op.ns + 0.2), variables);
    this.op = op;
    this.table = table;
    this.updates = node.input(updates);
    this.scratch = node.scratch();
    this.size = size;
    this.scalar = node.inputShape(updates).rank() == 0 && indices.count() * size != 1;
  }

  @Override
  void row(int i, int row, int worker) {
    Object a = op.in.block(scratch, worker, 0, Scratch.BLOCK);
    Object b = op.in.block(scratch, worker, 1, Scratch.BLOCK);
    for (int from = 0; from < size; from += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, size - from);
      op.in.get(table, row * size + from, a, 0, n);
      if (scalar) {
        op.in.fill(updates, 0, b, 0, n);
      } else {
        op.in.get(updates, i * size + from, b, 0, n);
      }
      op.run(a, b, a, n, scratch.temps(worker));
      op.in.put(table, row * size + from, a, 0, n);
    }
  }
}
