package dev.millrace.graph;

/** Gives a node's output shapes from what is known of its inputs. */
@FunctionalInterface
public interface ShapeFn {
  /**
   * Sets the output shapes of {@code c}.
   *
   * @throws InvalidArgumentException if the inputs cannot fit the operation
   */
  void infer(ShapeContext c);
}
