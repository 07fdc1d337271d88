package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;

/** Makes the tensor that a variable begins with. {@link Initializers} has the usual ones. */
@FunctionalInterface
public interface Initializer {
  /**
   * Adds the ops of an initial value.
   *
   * @param tf the ops of the variable's graph, in the scope {@code variable/Initializer}
   * @param shape the variable's shape, fully known
   * @param dtype the variable's dtype
   * @return a tensor of that shape and dtype
   */
  Tensor initialize(Ops tf, Shape shape, DataType dtype);
}
