package dev.millrace.graph;

import java.io.Serial;

/** The work was cancelled, as by closing a session or a queue (TensorFlow's {@code CANCELLED}). */
public final class CancelledException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public CancelledException(String message) {
    this(null, message, null);
  }

  public CancelledException(String message, Throwable cause) {
    this(null, message, cause);
  }

  CancelledException(String node, String message, Throwable cause) {
    super(StatusCode.CANCELLED, node, message, cause);
  }
}
