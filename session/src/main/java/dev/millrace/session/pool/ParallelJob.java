package dev.millrace.session.pool;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work cut into chunks that threads claim one by one. Made once, when a plan is bound, and run at
 * every step; one run at a time.
 *
 * <p>The borders of chunks are the kernel's and must follow from the shape alone, so that results
 * do not depend on who runs what.
 */
public abstract class ParallelJob {
  private final int chunks;
  private final AtomicInteger next = new AtomicInteger(Integer.MAX_VALUE / 2);
  private final AtomicInteger done = new AtomicInteger();
  private volatile Throwable failure;

  protected ParallelJob(int chunks) {
    this.chunks = chunks;
  }

  /**
   * Does one chunk.
   *
   * @param chunk from 0
   * @param worker which of the pool's threads this is, for scratch memory: the caller is 0
   */
  protected abstract void run(int chunk, int worker);

  final int chunks() {
    return chunks;
  }

  final void reset() {
    failure = null;
    done.set(0);
    next.set(0);
  }

  /** Claims and runs chunks until none is left. */
  final void work(int worker) {
    for (int c = next.getAndIncrement(); c < chunks; c = next.getAndIncrement()) {
      try {
        run(c, worker);
      } catch (Throwable t) {
        failure = t;
      }
      done.incrementAndGet();
    }
  }

  final boolean isDone() {
    return done.get() >= chunks;
  }

  final boolean hasUnclaimed() {
    return next.get() < chunks;
  }

  final void rethrow() {
    Throwable t = failure;
    if (t == null) {
      return;
    }
    failure = null;
    if (t instanceof RuntimeException e) {
      throw e;
    } else if (t instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException(t);
  }
}
