package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;

/**
 * Says into how many parts a variable is cut along each axis; at most one number may be above 1.
 * {@link Partitioners} has the usual ones.
 */
@FunctionalInterface
public interface Partitioner {
  /**
   * The number of parts along each axis.
   *
   * @param shape the variable's shape, fully known, of rank 1 or above
   * @param dtype its dtype
   * @return as many numbers as the shape has dimensions, each 1 or above
   */
  int[] partition(Shape shape, DataType dtype);
}
