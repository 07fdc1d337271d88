package dev.millrace.session.plan;

import dev.millrace.session.kernel.PlanCounters;

/**
 * What the blocks of a plan have in common.
 *
 * @param fuse whether element-wise nodes are grouped into programs
 */
record BlockContext(ConstantStore constants, boolean fuse, PlanCounters counters) {}
