package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.session.collections.Slab;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;

/**
 * The place of a dense result whose shape is known only in the run: memory of its own, which grows,
 * or lent by what the result was taken from.
 */
final class FoundResult implements AutoCloseable {
  private NativeMemory memory;
  private Region region;
  private Region own; // in memory of its own
  private Shape shape;
  private Slab lender; // null if the memory is its own

  /** Memory for a value of that shape, which takes the place of the value before. */
  Region place(DataType dtype, Shape s) {
    letGo();
    if (s.equals(shape)) {
      return region;
    }
    long bytes = HeapCopies.byteSize(dtype, s);
    if (memory == null || memory.size() < bytes) {
      close();
      memory = NativeMemory.allocate(bytes);
    }
    own = memory.region(0, bytes);
    region = own;
    shape = s;
    return region;
  }

  /** The value where it lies in a slab. */
  Region lend(Shape s, Slab slab, long offset, long bytes) {
    slab.retain(); // before the release: they may be one
    letGo();
    lender = slab;
    region = region == null || region == own ? new Region() : region;
    slab.bind(region, offset, bytes);
    shape = s;
    return region;
  }

  /** Holds lent memory no longer; the value is gone. */
  void letGo() {
    if (lender != null) {
      lender.release();
      lender = null;
      shape = null;
    }
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
