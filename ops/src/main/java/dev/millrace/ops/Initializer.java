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

  /**
   * Adds the ops of an initial value of a part of a larger variable; initializers that depend on
   * the whole's shape, as those by the number of inputs and outputs do, override this.
   *
   * @param part the part's shape
   * @param whole the shape of the whole; of a variable in one piece its own
   */
  default Tensor initializePart(Ops tf, Shape part, DataType dtype, Shape whole) {
    return initialize(tf, part, dtype);
  }
}
