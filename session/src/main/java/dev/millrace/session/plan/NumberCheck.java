package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;

/**
 * Fails when a result holds a NaN or an infinity: for users who look for the first node that makes
 * one.
 */
final class NumberCheck implements Step {
  private final DataType dtype;
  private final Shape shape;
  private final Region region;

  NumberCheck(DataType dtype, Shape shape, Region region) {
    this.dtype = dtype;
    this.shape = shape;
    this.region = region;
  }

  @Override
  public void run() {
    check(HeapCopies.load(dtype, shape, region));
  }

  /** Checks a value of any dtype. */
  static void check(TensorValue v) {
    if (!v.dtype().isFloating()) {
      return;
    }
    for (int i = 0; i < v.size(); i++) {
      double d = v.getDouble(i);
      if (Double.isNaN(d) || Double.isInfinite(d)) {
        throw new InvalidArgumentException(
            "the result has " + d + " at element " + i + " of shape " + v.shape());
      }
    }
  }
}
