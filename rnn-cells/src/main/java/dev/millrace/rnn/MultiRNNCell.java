package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.VariableScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Cells one upon the other: each takes the output of the one below (TensorFlow's MultiRNNCell). The
 * state is the list of theirs. Cell k has its variables in the scope {@code cell_k}, as {@code
 * multi_rnn_cell/cell_0/lstm_cell/kernel}.
 *
 * <p>Every layer takes a cell of its own; one cell given twice shares its weights, and fails where
 * the layers' inputs differ in size.
 */
public final class MultiRNNCell extends ScopedRNNCell {
  private final List<RNNCell> cells;
  private final boolean stateIsTuple;

  /** These cells, the lowest first. */
  public MultiRNNCell(RNNCell... cells) {
    this(List.of(cells));
  }

  /** These cells, the lowest first. */
  public MultiRNNCell(List<? extends RNNCell> cells) {
    this(cells, true);
  }

  /**
   * These cells, the lowest first.
   *
   * @param stateIsTuple whether the state is a list, or one tensor, the cells' states side by side;
   *     for the latter, each of them must be one tensor
   * @throws InvalidArgumentException if there are no cells, or their states do not go into one
   *     tensor
   */
  public MultiRNNCell(List<? extends RNNCell> cells, boolean stateIsTuple) {
    super(null, Reuse.NONE);
    if (cells.isEmpty()) {
      throw InvalidArgumentException.atCall("a MultiRNNCell has one cell at least");
    }
    this.cells = List.copyOf(cells);
    this.stateIsTuple = stateIsTuple;
    if (!stateIsTuple && !cells.stream().allMatch(c -> c.stateSize().isLeaf())) {
      throw InvalidArgumentException.atCall(
          "with stateIsTuple = false every cell's state is one tensor; make the cells with"
              + " stateIsTuple(false) too. The states are "
              + cells.stream().map(RNNCell::stateSize).toList());
    }
  }

  /** The cells, the lowest first. */
  public List<RNNCell> cells() {
    return cells;
  }

  @Override
  public CellShape stateSize() {
    return stateIsTuple
        ? CellShape.list(cells.stream().map(RNNCell::stateSize).toList())
        : CellShape.of(cells.stream().mapToLong(c -> c.stateSize().columns()).sum());
  }

  @Override
  public CellShape outputSize() {
    return cells.get(cells.size() - 1).outputSize();
  }

  @Override
  public Object zeroState(Ops tf, Object batchSize, DataType dtype) {
    try (Scope s = tf.scope("MultiRNNCellZeroState")) {
      if (!stateIsTuple) {
        return RNNCell.zeros(tf, batchSize, stateSize().shape(), dtype);
      }
      List<Object> states = new ArrayList<>();
      for (RNNCell cell : cells) {
        states.add(cell.zeroState(tf, batchSize, dtype));
      }
      return List.copyOf(states);
    }
  }

  @Override
  protected CellResult step(Ops tf, Object inputs, Object state) {
    List<?> before = states(tf, state);
    Object output = inputs;
    List<Object> after = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      try (VariableScope s = tf.variableScope("cell_" + i)) {
        CellResult r = cells.get(i).call(output, before.get(i));
        output = r.output();
        after.add(r.state());
      }
    }
    return new CellResult(output, stateIsTuple ? List.copyOf(after) : tf.concat(after, 1));
  }

  private List<?> states(Ops tf, Object state) {
    if (!stateIsTuple) {
      int[] sizes = cells.stream().mapToInt(c -> c.stateSize().columns()).toArray();
      return tf.split(Inputs.tensor(this, state, "concatenated state"), sizes, 1);
    }
    if (state instanceof List<?> l && l.size() == cells.size()) {
      return l;
    }
    throw InvalidArgumentException.atCall(
        "the state of a MultiRNNCell is a list with one state for each of its "
            + cells.size()
            + " cells, not "
            + state);
  }
}
