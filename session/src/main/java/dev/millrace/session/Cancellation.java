package dev.millrace.session;

import dev.millrace.graph.CancelledException;
import dev.millrace.session.state.RunControl;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Ends runs that wait on queues or go on in loops: those that were begun with it, and at once those
 * that are begun later.
 *
 * <pre>{@code
 * Cancellation stop = new Cancellation();
 * executor.submit(() -> session.runner().cancelledBy(stop).run(enqueue));
 * ...
 * stop.cancel();
 * }</pre>
 *
 * <p>Safe for concurrent use.
 */
public final class Cancellation {
  private final Set<RunControl> runs = new LinkedHashSet<>();
  private boolean cancelled;

  /** Ends the runs. */
  public synchronized void cancel() {
    cancelled = true;
    runs.forEach(Cancellation::stop);
  }

  /** Whether {@link #cancel} has been called. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  private static void stop(RunControl run) {
    run.stop(new CancelledException("the run was cancelled"));
  }

  synchronized void add(RunControl run) {
    runs.add(run);
    if (cancelled) {
      stop(run);
    }
  }

  synchronized void remove(RunControl run) {
    runs.remove(run);
  }
}
