package dev.millrace.session.plan;

import dev.millrace.graph.CancelledException;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.session.state.RunControl;
import dev.millrace.session.state.Wait;

/**
 * Runs parts of which some may have to wait: all that can go on does, in order, and only when
 * nothing can does the run wait. For one run.
 */
abstract class StageScheduler {
  private final RunControl control;
  private final boolean[] done;
  private final Wait[] waits;

  StageScheduler(int parts, RunControl control) {
    this.control = control;
    this.done = new boolean[parts];
    this.waits = new Wait[parts];
  }

  /** Whether everything that part {@code i} needs is done. */
  abstract boolean isReady(int i);

  /**
   * Begins part {@code i}.
   *
   * @param alone whether nothing else can go on or is waiting, so that the part may hold up the
   *     thread
   */
  abstract Wait begin(int i, boolean alone);

  final boolean isDone(int i) {
    return done[i];
  }

  /** Runs every part. */
  final void run() {
    try {
      int left = done.length;
      while (left > 0) {
        long seen = control.changes();
        int before = left;
        for (int i = 0; i < done.length; i++) {
          if (!done[i] && advance(i)) {
            done[i] = true;
            waits[i] = null;
            left--;
          }
        }
        if (left == before) {
          control.await(seen);
        }
      }
    } catch (MillraceException e) {
      giveUp(e);
      throw e;
    } catch (RuntimeException | Error e) {
      giveUp(new CancelledException("another part of the run failed: " + e, e));
      throw e;
    }
  }

  private boolean advance(int i) {
    if (waits[i] == null) {
      if (!isReady(i)) {
        return false;
      }
      waits[i] = begin(i, isAlone(i));
    }
    if (!waits[i].isDone()) {
      return false;
    }
    waits[i].finish();
    return true;
  }

  private boolean isAlone(int i) {
    for (int k = 0; k < done.length; k++) {
      if (k != i && !done[k] && (waits[k] != null || isReady(k))) {
        return false;
      }
    }
    return true;
  }

  private void giveUp(MillraceException why) {
    control.stop(why); // parts that run in threads of their own stop by it
    for (int i = 0; i < waits.length; i++) {
      if (waits[i] != null && !done[i]) {
        waits[i].cancel();
      }
    }
  }

  /** Runs {@code work}, which may have to wait inside, in a thread of its own. */
  static Wait inThread(Runnable work, RunControl control) {
    return new Helper(work, control);
  }

  /** Work in a thread of its own. */
  private static final class Helper implements Wait {
    private final Thread thread;
    private volatile boolean over;
    private Throwable failure;

    Helper(Runnable work, RunControl control) {
      thread =
          new Thread(
              () -> {
                try {
                  work.run();
                } catch (Throwable t) {
                  failure = t;
                } finally {
                  over = true;
                  control.changed();
                }
              },
              "millrace-waiting");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public boolean isDone() {
      return over;
    }

    @Override
    public void finish() {
      if (failure instanceof MillraceException e) {
        throw e;
      } else if (failure instanceof Error e) {
        throw e;
      } else if (failure != null) {
        throw new InternalException("a part of the run failed: " + failure, failure);
      }
    }

    /** Waits for the end, which the run's control has asked for. */
    @Override
    public void cancel() {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
