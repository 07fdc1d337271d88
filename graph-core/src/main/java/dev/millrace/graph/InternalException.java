package dev.millrace.graph;

import java.io.Serial;

/** An invariant of the library is broken: a defect to report (TensorFlow's {@code INTERNAL}). */
public final class InternalException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public InternalException(String message) {
    this(null, message, null);
  }

  public InternalException(String message, Throwable cause) {
    this(null, message, cause);
  }

  InternalException(String node, String message, Throwable cause) {
    super(StatusCode.INTERNAL, node, message, cause);
  }
}
