package dev.millrace.session.plan;

import dev.millrace.session.collections.SlabPool;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.state.RunState;

/**
 * What all parts of one run share.
 *
 * @param state what lives as long as the run
 * @param slabs memory for what lives as long as the run
 */
record RunContext(PlanResources resources, RunState state, SlabPool slabs) {
  /** Forgets what the run has made. */
  void endRun() {
    state.clear();
    slabs.endRun();
  }
}
