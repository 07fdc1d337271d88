package dev.millrace.session.collections;

import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;

/**
 * A block of a {@link SlabPool}. Whoever looks at what lies in it holds it; when nobody does, the
 * pool may lend it again. What several hold must not be written to. For one run at a time.
 */
public final class Slab {
  private final NativeMemory memory;
  private final SlabPool pool;
  private final Region whole;
  private int run;
  private int holders;

  Slab(NativeMemory memory, SlabPool pool) {
    this.memory = memory;
    this.pool = pool;
    this.whole = memory.region(0, memory.size());
  }

  /** Begins to be lent, to one holder. */
  void begin(int r) {
    run = r;
    holders = 1;
  }

  NativeMemory memory() {
    return memory;
  }

  /** All of the block. */
  Region whole() {
    return whole;
  }

  /** Whether others than one hold this. */
  boolean isShared() {
    return holders > 1;
  }

  /** One more holds this. */
  public void retain() {
    holders++;
  }

  /** One less holds this; the last one gives it back. */
  public void release() {
    if (--holders == 0) {
      pool.giveBack(this, run);
    }
  }

  /** Binds {@code to} to bytes of this. */
  public void bind(Region to, long offset, long bytes) {
    to.bind(memory, whole.address() + offset, bytes);
  }
}
