package dev.millrace.graph;

import java.io.Serial;

/** A time limit ran out (TensorFlow's {@code DEADLINE_EXCEEDED}). */
public final class DeadlineExceededException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public DeadlineExceededException(String message) {
    this(null, message, null);
  }

  public DeadlineExceededException(String message, Throwable cause) {
    this(null, message, cause);
  }

  DeadlineExceededException(String node, String message, Throwable cause) {
    super(StatusCode.DEADLINE_EXCEEDED, node, message, cause);
  }
}
