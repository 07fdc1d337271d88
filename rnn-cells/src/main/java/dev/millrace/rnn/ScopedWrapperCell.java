package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;

/** A cell around a cell that has variables of its own. */
abstract class ScopedWrapperCell extends ScopedRNNCell {
  private final RNNCell cell;

  ScopedWrapperCell(RNNCell cell, Reuse reuse) {
    super(null, reuse);
    if (cell == null) {
      throw InvalidArgumentException.atCall(
          "a " + getClass().getSimpleName() + " needs a cell to wrap");
    }
    this.cell = cell;
  }

  /** The cell inside. */
  public final RNNCell wrappedCell() {
    return cell;
  }

  @Override
  public CellShape stateSize() {
    return cell.stateSize();
  }

  @Override
  public CellShape outputSize() {
    return cell.outputSize();
  }

  @Override
  public Object zeroState(Ops tf, Object batchSize, DataType dtype) {
    try (Scope s = tf.scope(getClass().getSimpleName() + "ZeroState")) {
      return cell.zeroState(tf, batchSize, dtype);
    }
  }
}
