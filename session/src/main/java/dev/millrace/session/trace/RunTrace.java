package dev.millrace.session.trace;

import java.util.ArrayList;
import java.util.List;

/** What one run leaves in a {@link Trace}. Safe for the threads of a run. */
public final class RunTrace {
  private static final StepInfo RUN = StepInfo.ofPlan("_Run", "run");

  private final Trace trace;
  private final int run;
  private final long start = System.nanoTime();
  private final List<TraceEvent> events = new ArrayList<>();

  RunTrace(Trace trace, int run) {
    this.trace = trace;
    this.run = run;
  }

  /** Records a step that has run, and gives the time to count the next from. */
  public long step(StepInfo step, long from, long to) {
    add(step, false, from, to);
    return System.nanoTime();
  }

  /** Records that a part with steps inside has run since {@code from}, and gives the time now. */
  public long span(StepInfo part, long from) {
    long now = System.nanoTime();
    add(part, true, from, now);
    return now;
  }

  /** Records work that waited for others while the run may have gone on. */
  public void waited(StepInfo step, long from) {
    add(step, false, from, System.nanoTime());
  }

  private synchronized void add(StepInfo step, boolean span, long from, long to) {
    events.add(new TraceEvent(run, step, span, from, to - from, Thread.currentThread().getName()));
  }

  /** Hands everything to the trace, at the end of the run. */
  public void end() {
    span(RUN, start);
    synchronized (this) {
      trace.add(events);
    }
  }
}
