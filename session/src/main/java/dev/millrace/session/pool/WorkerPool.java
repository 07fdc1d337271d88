package dev.millrace.session.pool;

import java.util.concurrent.locks.LockSupport;

/**
 * A pool whose threads claim chunks of a job beside the thread that runs it. The caller works too,
 * and waits only for chunks that others have begun; when the helpers are busy elsewhere, it does
 * everything itself. Who waits spins, and gives its core up now and then; helpers park in the end.
 */
public final class WorkerPool implements AutoCloseable {
  private static final int SPINS = 20_000;

  /**
   * Spins after which a waiting thread lets others have its core: the one that it waits for may be
   * queued for it, while the JIT or another process has the other cores.
   */
  private static final int SPINS_A_YIELD = 50;

  private final Helper[] helpers;
  private volatile ParallelJob current;
  private volatile long epoch;
  private volatile boolean closed;

  /**
   * A pool of {@code threads} including the caller's.
   *
   * @param prepare run first on every helper thread
   */
  public WorkerPool(int threads, Runnable prepare) {
    helpers = new Helper[Math.max(0, threads - 1)];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1, prepare);
      helpers[i].setDaemon(true);
      helpers[i].start();
    }
  }

  /** The number of threads that may work on a job, the caller's included. */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs every chunk of {@code job} and returns when all are done; what a chunk throws is thrown
   * here.
   */
  public void run(ParallelJob job) {
    job.reset();
    if (job.chunks() > 1 && helpers.length > 0) {
      current = job;
      bumpEpoch();
      int wake = Math.min(helpers.length, job.chunks() - 1);
      for (int i = 0; i < wake; i++) {
        helpers[i].wake();
      }
    }
    job.work(0);
    for (int i = 0; !job.isDone(); i++) {
      pause(i);
    }
    if (current == job) {
      current = null; // so that an idle pool keeps no plan alive
    }
    job.rethrow();
  }

  /** A moment's wait, the {@code i}-th in a row. */
  @SuppressWarnings("ThreadPriorityCheck") // nothing but speed hangs on what yielding does
  private static void pause(int i) {
    if (i % SPINS_A_YIELD < SPINS_A_YIELD - 1) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  private synchronized void bumpEpoch() {
    epoch = epoch + 1;
  }

  /** Ends the helper threads. */
  @Override
  public void close() {
    closed = true;
    for (Helper h : helpers) {
      LockSupport.unpark(h);
    }
  }

  private final class Helper extends Thread {
    private final int worker;
    private final Runnable prepare;
    private volatile boolean parked;

    Helper(int worker, Runnable prepare) {
      super("millrace-worker-" + worker);
      this.worker = worker;
      this.prepare = prepare;
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      prepare.run();
      long seen = 0;
      while (!closed) {
        seen = await(seen);
        ParallelJob job = current;
        if (job != null) {
          job.work(worker);
        }
      }
    }

    private long await(long seen) {
      for (int i = 0; i < SPINS; i++) {
        long e = epoch;
        if (e != seen || closed) {
          return e;
        }
        pause(i);
      }
      parked = true;
      try {
        long e = epoch;
        while (e == seen && !closed) {
          LockSupport.park(WorkerPool.this);
          e = epoch;
        }
        return e;
      } finally {
        parked = false;
      }
    }
  }
}
