package dev.millrace.session.trace;

/**
 * Something that took time in a traced run: a step, or a span of several.
 *
 * @param run the number of the run in its trace, from 0
 * @param step what was executed
 * @param isSpan whether it is a run, loop, iteration or branch, which other events lie in
 * @param start when it began, by {@link System#nanoTime}
 * @param nanos how long it took
 * @param thread the name of the thread that led it; large steps are computed by others too
 */
public record TraceEvent(
    int run, StepInfo step, boolean isSpan, long start, long nanos, String thread) {}
