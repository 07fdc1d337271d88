package dev.millrace.session.kernel;

import dev.millrace.session.pool.WorkerPool;
import dev.millrace.session.state.SessionState;

/**
 * What the plans of a session share.
 *
 * @param checkNumbers whether every float result is checked for NaN and infinity
 */
public record PlanResources(
    SessionState state, WorkerPool pool, boolean checkNumbers, PlanCounters counters) {
  /** Resources with counters of their own. */
  public PlanResources(SessionState state, WorkerPool pool, boolean checkNumbers) {
    this(state, pool, checkNumbers, new PlanCounters());
  }
}
