package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.Region;

/** A value that is fed to a run. */
public interface Feed {
  DataType dtype();

  Shape shape();

  /** Copies a dense value to memory of its size. */
  void copyTo(Region to);

  /** The memory of a dense value that may be read where it is, during the run; else null. */
  default Region inPlace() {
    return null;
  }

  /** The value on the heap. */
  TensorValue toValue();
}
