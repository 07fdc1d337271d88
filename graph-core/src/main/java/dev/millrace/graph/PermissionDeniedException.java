package dev.millrace.graph;

import java.io.Serial;

/** The caller may not do that (TensorFlow's {@code PERMISSION_DENIED}). */
public final class PermissionDeniedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public PermissionDeniedException(String message) {
    this(null, message, null);
  }

  public PermissionDeniedException(String message, Throwable cause) {
    this(null, message, cause);
  }

  PermissionDeniedException(String node, String message, Throwable cause) {
    super(StatusCode.PERMISSION_DENIED, node, message, cause);
  }
}
