package dev.millrace.graph;

import java.io.Serial;

/** The caller is not who they must be (TensorFlow's {@code UNAUTHENTICATED}). */
public final class UnauthenticatedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public UnauthenticatedException(String message) {
    this(null, message, null);
  }

  public UnauthenticatedException(String message, Throwable cause) {
    this(null, message, cause);
  }

  UnauthenticatedException(String node, String message, Throwable cause) {
    super(StatusCode.UNAUTHENTICATED, node, message, cause);
  }
}
