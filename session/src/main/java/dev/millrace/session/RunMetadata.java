package dev.millrace.session;

import dev.millrace.session.trace.Trace;

/**
 * What is told of runs beside their results, as TensorFlow's {@code RunMetadata}: the trace of
 * those whose {@link RunOptions} asked for one. One object may serve several runs, which are summed
 * up then. Safe for concurrent use.
 */
public final class RunMetadata {
  private final Trace trace = new Trace();

  /** Empty metadata. */
  public RunMetadata() {}

  /** The steps of the runs so far. */
  public Trace trace() {
    return trace;
  }
}
