package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;

/** Memory of its own for a dense result whose shape is known only in the run; it grows. */
final class FoundResult implements AutoCloseable {
  private NativeMemory memory;
  private Region region;
  private Shape shape;

  /** Memory for a value of that shape, which takes the place of the value before. */
  Region place(DataType dtype, Shape s) {
    if (s.equals(shape)) {
      return region;
    }
    long bytes = HeapCopies.byteSize(dtype, s);
    if (memory == null || memory.size() < bytes) {
      close();
      memory = NativeMemory.allocate(bytes);
    }
    region = memory.region(0, bytes);
    shape = s;
    return region;
  }

  /** The value's shape. */
  Shape shape() {
    return shape;
  }

  /** Where the value is. */
  Region region() {
    return region;
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
