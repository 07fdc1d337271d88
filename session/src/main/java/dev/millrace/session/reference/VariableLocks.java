package dev.millrace.session.reference;

import dev.millrace.session.state.Variable;
import java.util.Arrays;
import java.util.Comparator;

/** Changes several variables as one step. */
final class VariableLocks {
  /**
   * One order for all variables of a session, so that no two steps wait for each other's variables.
   */
  private static final Comparator<Variable> ORDER =
      Comparator.comparing(Variable::container).thenComparing(Variable::name);

  private VariableLocks() {}

  /** Runs {@code step} under the locks of the variables, of which some may be the same. */
  static void with(Runnable step, Variable... variables) {
    Variable[] ordered = variables.clone();
    Arrays.sort(ordered, ORDER);
    locked(step, ordered, 0);
  }

  private static void locked(Runnable step, Variable[] ordered, int next) {
    if (next == ordered.length) {
      step.run();
      return;
    }
    ordered[next].lock().lock();
    try {
      locked(step, ordered, next + 1);
    } finally {
      ordered[next].lock().unlock();
    }
  }
}
