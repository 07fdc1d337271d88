package dev.millrace.graph;

import java.io.Serial;

/** The work was given up, and may succeed when tried again (TensorFlow's {@code ABORTED}). */
public final class AbortedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public AbortedException(String message) {
    this(null, message, null);
  }

  public AbortedException(String message, Throwable cause) {
    this(null, message, cause);
  }

  AbortedException(String node, String message, Throwable cause) {
    super(StatusCode.ABORTED, node, message, cause);
  }
}
