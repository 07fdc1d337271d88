package dev.millrace.ops;

import dev.millrace.graph.Shape;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which part of a larger tensor a variable holds: what a checkpoint files its value under.
 *
 * @param fullName the name of the whole
 * @param fullShape the shape of the whole
 * @param offset where the part begins along each axis
 * @param shape the part's shape
 */
public record VariableSlice(String fullName, Shape fullShape, List<Long> offset, Shape shape) {
  /** Keeps a copy of the offsets. */
  public VariableSlice {
    offset = List.copyOf(offset);
  }

  /** As TensorFlow's savers write it: {@code 10 3 0,5:0,3} is the first half of [10,3]. */
  public String spec() {
    String sizes =
        IntStream.range(0, fullShape.rank())
            .mapToObj(i -> fullShape.dim(i) + " ")
            .collect(Collectors.joining());
    return sizes
        + IntStream.range(0, shape.rank())
            .mapToObj(i -> offset.get(i) + "," + shape.dim(i))
            .collect(Collectors.joining(":"));
  }
}
