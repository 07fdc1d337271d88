package dev.millrace.session.memory;

import dev.millrace.graph.ResourceExhaustedException;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A block of off-heap memory, aligned to 64 bytes. Freed by {@link #close} or, at the latest, when
 * it is garbage collected; regions of it must not outlive it, and hold on to it for that.
 */
public final class NativeMemory implements AutoCloseable {
  /**
   * The alignment of blocks and of tensors in them: a cache line, and the widest vector register.
   */
  public static final int ALIGNMENT = 64;

  private static final AtomicLong ALLOCATED = new AtomicLong();

  private final BytePointer pointer;
  private final long address;
  private final long size;

  private NativeMemory(BytePointer pointer, long address, long size) {
    this.pointer = pointer;
    this.address = address;
    this.size = size;
  }

  /**
   * A new block, zeroed.
   *
   * @throws ResourceExhaustedException if there is no memory left
   */
  public static NativeMemory allocate(long bytes) {
    try {
      BytePointer p = new BytePointer(Math.max(bytes, 1) + ALIGNMENT);
      Pointer.memset(p, 0, p.capacity());
      long address = (p.address() + ALIGNMENT - 1) & -ALIGNMENT;
      ALLOCATED.addAndGet(bytes);
      return new NativeMemory(p, address, bytes);
    } catch (OutOfMemoryError e) {
      throw new ResourceExhaustedException(
          "no "
              + bytes
              + " bytes of off-heap memory are left; the limit is that of JavaCPP (-Dorg.bytedeco.javacpp.maxbytes, .maxphysicalbytes), by default"
              + " derived from the heap's",
          e);
    }
  }

  /** {@code n} rounded up to the alignment. */
  public static long align(long n) {
    return (n + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /**
   * The bytes that all blocks so far took when they were allocated, freed ones included: what tells
   * whether a step allocates.
   */
  public static long totalAllocated() {
    return ALLOCATED.get();
  }

  public long size() {
    return size;
  }

  /** The part of the block that begins at {@code offset}. */
  public Region region(long offset, long bytes) {
    if (offset < 0 || bytes < 0 || offset + bytes > size) {
      throw new IndexOutOfBoundsException(bytes + " bytes at " + offset + " of a block of " + size);
    }
    Region r = new Region();
    r.bind(this, address + offset, bytes);
    return r;
  }

  /** Frees the block. No region of it may be in use. */
  @Override
  public void close() {
    pointer.deallocate();
  }
}
