package dev.millrace.session;

import dev.millrace.graph.InvalidArgumentException;
import java.time.Duration;

/**
 * Options of one run, as TensorFlow's {@code RunOptions}. Immutable.
 *
 * <pre>{@code
 * RunMetadata metadata = new RunMetadata();
 * session.feed(x, images).options(RunOptions.trace(), metadata).run(train);
 * System.out.println(metadata.trace().table());
 * }</pre>
 *
 * @param traceLevel whether the time of every step is taken
 * @param timeout the time after which a run that waits on a queue or loops fails; null for none
 */
public record RunOptions(TraceLevel traceLevel, Duration timeout) {
  /** Whether runs are traced. */
  public enum TraceLevel {
    NO_TRACE,
    /** Every step of a run is recorded with its times. */
    FULL_TRACE
  }

  public RunOptions {
    if (traceLevel == null) {
      throw new InvalidArgumentException("a trace level must be given");
    }
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new InvalidArgumentException("a time limit must be positive, not " + timeout);
    }
  }

  /** Nothing special. */
  public RunOptions() {
    this(TraceLevel.NO_TRACE, null);
  }

  /** Has the times of all steps taken. */
  public static RunOptions trace() {
    return new RunOptions(TraceLevel.FULL_TRACE, null);
  }

  /** These options with that trace level. */
  public RunOptions traceLevel(TraceLevel level) {
    return new RunOptions(level, timeout);
  }

  /** These options with that time limit, which must be positive. */
  public RunOptions timeout(Duration limit) {
    return new RunOptions(traceLevel, limit);
  }

  /** Where the run is to be traced; null if it is not. */
  RunMetadata traced(RunMetadata metadata) {
    if (traceLevel == TraceLevel.NO_TRACE) {
      return null;
    }
    if (metadata == null) {
      throw new InvalidArgumentException(
          "a run that is traced needs RunMetadata to take the trace");
    }
    return metadata;
  }
}
