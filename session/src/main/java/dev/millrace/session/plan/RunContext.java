package dev.millrace.session.plan;

import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.state.RunState;

/**
 * What all parts of one run share.
 *
 * @param state what lives as long as the run
 */
record RunContext(PlanResources resources, RunState state) {}
