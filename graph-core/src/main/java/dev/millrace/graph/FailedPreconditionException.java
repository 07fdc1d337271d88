package dev.millrace.graph;

import java.io.Serial;

/**
 * The state does not allow it, as reading an uninitialised variable (TensorFlow's {@code
 * FAILED_PRECONDITION}).
 */
public final class FailedPreconditionException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public FailedPreconditionException(String message) {
    this(null, message, null);
  }

  public FailedPreconditionException(String message, Throwable cause) {
    this(null, message, cause);
  }

  FailedPreconditionException(String node, String message, Throwable cause) {
    super(StatusCode.FAILED_PRECONDITION, node, message, cause);
  }
}
