package dev.millrace.graph.checkpoint;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import java.util.List;

/**
 * What a checkpoint says of a tensor.
 *
 * @param name the name under which it was saved
 * @param shape the whole tensor's shape, fully defined
 * @param slices the parts in which it was saved; empty where it lies there in one piece
 */
public record CheckpointEntry(String name, DataType dtype, Shape shape, List<TensorSlice> slices) {
  /** Takes a copy of {@code slices}. */
  public CheckpointEntry {
    slices = List.copyOf(slices);
  }
}
