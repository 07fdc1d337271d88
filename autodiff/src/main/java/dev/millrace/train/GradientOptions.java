package dev.millrace.train;

import dev.millrace.autodiff.AggregationMethod;
import dev.millrace.graph.Operand;

/**
 * How an optimizer builds its gradients; {@link #DEFAULT} is what it does unless told otherwise.
 *
 * @param gate what must be computed before a gradient is used
 * @param aggregation how gradients that come by several paths are summed
 * @param colocate whether gradients are placed with the operations that they are of
 * @param gradLoss the gradient of a final value with respect to the loss; null for ones
 */
public record GradientOptions(
    Gate gate, AggregationMethod aggregation, boolean colocate, Operand gradLoss) {
  /** What must be computed before a gradient is used. */
  public enum Gate {
    /** The gradient itself. */
    NONE,
    /** All gradients of the operation that it came from. */
    OP,
    /** All gradients of all variables. */
    GRAPH
  }

  /** TensorFlow's: gates by operation, {@code AddN}, no placing, ones. */
  public static final GradientOptions DEFAULT =
      new GradientOptions(Gate.OP, AggregationMethod.ADD_N, false, null);

  /** These options with another gate. */
  public GradientOptions withGate(Gate gate) {
    return new GradientOptions(gate, aggregation, colocate, gradLoss);
  }

  /** These options with another way of summing. */
  public GradientOptions withAggregation(AggregationMethod method) {
    return new GradientOptions(gate, method, colocate, gradLoss);
  }

  /** These options, placing gradients with the operations that they are of or not. */
  public GradientOptions withColocation(boolean colocate) {
    return new GradientOptions(gate, aggregation, colocate, gradLoss);
  }

  /** These options with a gradient to begin with. */
  public GradientOptions withGradLoss(Operand gradLoss) {
    return new GradientOptions(gate, aggregation, colocate, gradLoss);
  }
}
