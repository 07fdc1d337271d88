package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.Region;

/** Takes what a run fetches, while the memory it lies in is still the run's. */
public interface FetchSink {
  /** Fetch number {@code k} is dense and lies in {@code memory}, to be copied out. */
  void dense(int k, DataType dtype, Shape shape, Region memory);

  /** Fetch number {@code k} is on the heap. */
  void value(int k, TensorValue value);
}
