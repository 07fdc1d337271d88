package dev.millrace.session.state;

import dev.millrace.graph.CancelledException;
import dev.millrace.graph.DeadlineExceededException;
import dev.millrace.graph.MillraceException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What can end a run before it is done: a failure of another part of it, a cancellation, the
 * session's end, a time limit, the interruption of its thread; and where it waits when nothing in
 * it can go on. Safe for concurrent use.
 */
public final class RunControl {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();
  private final boolean limited;
  private final long deadline;
  private volatile MillraceException stopped;
  private final AtomicLong changes = new AtomicLong();

  /** Without a time limit. */
  public RunControl() {
    limited = false;
    deadline = 0;
  }

  /**
   * With a time limit that begins now.
   *
   * @param nanos how long the run may take
   */
  public RunControl(long nanos) {
    limited = true;
    deadline = System.nanoTime() + nanos;
  }

  /** Ends the run with this failure, unless it has another already. */
  public void stop(MillraceException why) {
    lock.lock();
    try {
      if (stopped == null) {
        stopped = why;
      }
      changes.incrementAndGet();
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Throws what has ended the run.
   *
   * @throws MillraceException if something has
   */
  public void check() {
    MillraceException why = stopped;
    if (why != null) {
      throw why;
    }
    if (limited && deadline - System.nanoTime() <= 0) {
      throw timedOut();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted();
    }
  }

  /** Goes up with every change; to be read before it is looked whether anything can go on. */
  public long changes() {
    return changes.get();
  }

  /** Tells that something that the run waits for may have happened. */
  public void changed() {
    lock.lock();
    try {
      changes.incrementAndGet();
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a change after {@code seen}.
   *
   * @throws MillraceException if something ends the run
   */
  public void await(long seen) {
    lock.lock();
    try {
      while (changes.get() == seen) {
        check();
        if (limited) {
          long nanos = deadline - System.nanoTime();
          boolean inTime = nanos > 0 && change.await(nanos, TimeUnit.NANOSECONDS);
          if (!inTime && changes.get() == seen) {
            throw timedOut();
          }
        } else {
          change.await();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the caller is to know
      throw interrupted();
    } finally {
      lock.unlock();
    }
    check();
  }

  private static DeadlineExceededException timedOut() {
    return new DeadlineExceededException("the run has not ended within its time limit");
  }

  private static CancelledException interrupted() {
    return new CancelledException("the run was interrupted");
  }
}
