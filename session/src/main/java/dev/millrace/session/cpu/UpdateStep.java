package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.state.Variable;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Changes variables in place, under their locks. Locks are always taken in the order of the
 * variables' memory, so that two updates of the same variables cannot wait for each other.
 */
abstract class UpdateStep extends RangeStep {
  private final Variable[] variables;

  /**
   * A step over the elements of the value that comes as input {@code value}.
   *
   * @param variables all that are read or written; each must have a value
   */
  UpdateStep(BindContext node, int value, double nsPerElement, Variable... variables) {
    this(node, (int) node.inputShape(value).numElements(), Scratch.BLOCK, nsPerElement, variables);
  }

  /** A step over other items, as {@link RangeStep} has them. */
  UpdateStep(BindContext node, int items, int unit, double nsPerItem, Variable... variables) {
    super(node.pool(), items, unit, nsPerItem);
    this.variables = variables.clone();
    Arrays.sort(this.variables, Comparator.comparingLong(v -> v.region().address()));
  }

  @Override
  public final void run() {
    int locked = 0;
    try {
      for (; locked < variables.length; locked++) {
        variables[locked].lock().lock();
      }
      for (Variable v : variables) {
        if (!v.isInitialized()) {
          throw v.missing();
        }
      }
      change();
    } finally {
      while (locked > 0) {
        variables[--locked].lock().unlock();
      }
    }
  }

  /** Changes the variables, whose locks are held. */
  void change() {
    super.run();
  }
}
