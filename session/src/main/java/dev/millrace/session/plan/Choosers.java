package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;

/** What tells which branch is taken, and whether a loop goes on. */
final class Choosers {
  private Choosers() {}

  /**
   * The body that a value chooses.
   *
   * @throws InvalidArgumentException if the value cannot choose
   */
  static int side(PlanNode n, TensorValue chooser) {
    if (n.choosesByNumber()) {
      return side(n, chooser.getLong(0));
    }
    return isTrue(chooser) ? 1 : 0;
  }

  /** The body of that number; numbers that are none stand for the last. */
  static int side(PlanNode n, long number) {
    int last = n.bodies().size() - 1;
    return number < 0 || number > last ? last : (int) number;
  }

  /**
   * Whether a value counts as true: a number that is not 0, a string that is not empty, a tensor of
   * rank 1 or more that has elements.
   */
  static boolean isTrue(TensorValue v) {
    DataType t = v.dtype();
    if (v.shape().rank() > 0) {
      return v.size() > 0;
    }
    if (t == DataType.STRING) {
      return v.strings()[0].length > 0;
    }
    if (t == DataType.BOOL || t.isInteger() || t.isFloating()) {
      return v.getDouble(0) != 0;
    }
    throw new InvalidArgumentException("a value of " + t + " is neither true nor false");
  }
}
