package dev.millrace.session.kernel;

import java.util.concurrent.atomic.LongAdder;

/** Counts what compiling costs a session. */
public final class PlanCounters {
  private final LongAdder plans = new LongAdder();
  private final LongAdder specializations = new LongAdder();
  private final LongAdder arenaBytes = new LongAdder();

  /** A run was compiled. */
  public void countPlan() {
    plans.increment();
  }

  /** A segment was specialised for new shapes. */
  public void countSpecialization() {
    specializations.increment();
  }

  /** The arenas of plans now take so much more memory, or less. */
  public void addArenaBytes(long bytes) {
    arenaBytes.add(bytes);
  }

  public long plans() {
    return plans.sum();
  }

  public long specializations() {
    return specializations.sum();
  }

  public long arenaBytes() {
    return arenaBytes.sum();
  }
}
