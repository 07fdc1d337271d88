package dev.millrace.rnn;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.VariableScope;

/**
 * A cell that asks for its variables by {@code getVariable} at every step. The first call makes
 * them, in a variable scope named after the cell's class; later calls, wherever they are, find them
 * there.
 *
 * <pre>{@code
 * final class Decay extends ScopedRNNCell {
 *   ...
 *   @Override protected CellResult step(Ops tf, Object inputs, Object state) {
 *     Tensor next = tf.add(tf.mul(tf.getVariable("rate", units), state), inputs);
 *     return new CellResult(next, next);
 *   }
 * }
 * }</pre>
 *
 * <p>Cells inside this one are called inside its scope: a wrapper around a GRUCell, called in the
 * scope {@code rnn}, has {@code rnn/my_wrapper/gru_cell/gates/kernel}.
 */
public abstract class ScopedRNNCell implements RNNCell {
  private final LayerScope scope;

  /** A cell whose scope is named after its class: {@code MyCell}, my_cell. */
  protected ScopedRNNCell() {
    this(null, Reuse.NONE);
  }

  /**
   * A cell.
   *
   * @param name the scope's name; null for the class's
   * @param reuse whether to take over variables that exist in the scope, which then is not a new
   *     one
   */
  protected ScopedRNNCell(String name, Reuse reuse) {
    this.scope = new LayerScope(name == null ? LayerScope.nameOf(getClass()) : name, reuse);
  }

  /**
   * Adds the ops of one step; the cell's scope is open.
   *
   * @param tf what to build with; inside a loop it is the loop body's
   */
  protected abstract CellResult step(Ops tf, Object inputs, Object state);

  @Override
  public final CellResult call(Object inputs, Object state) {
    Ops tf = Inputs.ops(this, inputs);
    if (scope.isUsed()) {
      return scope.inside(tf, () -> step(tf, inputs, state));
    }
    // TensorFlow enters the scope around anew, which shows in the names of the ops.
    try (VariableScope around = tf.variableScope(tf.currentVariableScope())) {
      return scope.inside(tf, () -> step(tf, inputs, state));
    }
  }
}
