package dev.millrace.ops;

import dev.millrace.graph.TensorValue;
import java.util.List;

/**
 * A function in Java that computes an operation: {@link Ops#javaFunc}. It runs on the machine of
 * the session, once for each run that needs its results, on whatever thread comes to it.
 */
@FunctionalInterface
public interface JavaFunc {
  /**
   * The values of the outputs.
   *
   * @param inputs the values of the inputs, whose arrays must not be written to
   * @return as many values, of such dtypes, as the operation was made with
   */
  List<TensorValue> apply(List<TensorValue> inputs);

  /** The gradient of a {@link JavaFunc}, in Java as well. */
  @FunctionalInterface
  interface Gradient {
    /**
     * The gradients by the floating-point and complex inputs, in order, each of its input's shape.
     *
     * @param inputs the values of the inputs
     * @param outputs the values that the function gave
     * @param gradients those by the floating-point and complex outputs, in order
     */
    List<TensorValue> apply(
        List<TensorValue> inputs, List<TensorValue> outputs, List<TensorValue> gradients);
  }
}
