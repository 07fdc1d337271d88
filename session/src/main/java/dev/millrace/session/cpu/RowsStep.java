package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.state.Variable;

/**
 * Changes the rows that indices name, in the order of the indices: a row that is named twice is
 * changed twice. Nothing but these rows is looked at, so that the size of the table does not
 * matter.
 *
 * <p>Threads share the work by rows, not by indices: each goes through all indices and takes the
 * rows that are its own, so that the order holds for every row.
 */
abstract class RowsStep extends UpdateStep {
  private static final int PARTS = 16;

  private final RowIndices indices;
  private int inRange;

  /**
   * @param nsPerRow what a row takes on one thread, roughly
   * @param variables all that are read or written; each must have a value
   */
  RowsStep(BindContext node, RowIndices indices, double nsPerRow, Variable... variables) {
    super(node, PARTS, 1, indices.count() * (nsPerRow + 5) / PARTS, variables);
    this.indices = indices;
  }

  /** An index that is out of range is an error after the rows before it have changed. */
  @Override
  final void change() {
    begin();
    inRange = indices.countInRange();
    super.change();
    if (inRange < indices.count()) {
      throw indices.outOfRange(inRange);
    }
  }

  @Override
  final void range(int from, int to, int chunk, int worker) {
    boolean all = to - from == PARTS;
    for (int i = 0; i < inRange; i++) {
      int row = indices.row(i);
      if (row >= 0 && (all || (row % PARTS >= from && row % PARTS < to))) {
        row(i, row, worker);
      }
    }
  }

  /** Called first in a run. */
  void begin() {}

  /** Changes row {@code row} as index {@code i} wants. */
  abstract void row(int i, int row, int worker);
}
