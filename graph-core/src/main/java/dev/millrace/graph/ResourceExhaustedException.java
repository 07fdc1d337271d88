package dev.millrace.graph;

import java.io.Serial;

/** Memory or another resource ran out (TensorFlow's {@code RESOURCE_EXHAUSTED}). */
public final class ResourceExhaustedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public ResourceExhaustedException(String message) {
    this(null, message, null);
  }

  public ResourceExhaustedException(String message, Throwable cause) {
    this(null, message, cause);
  }

  ResourceExhaustedException(String node, String message, Throwable cause) {
    super(StatusCode.RESOURCE_EXHAUSTED, node, message, cause);
  }
}
