package dev.millrace.graph;

import java.io.Serial;

/** There is no implementation for that (TensorFlow's {@code UNIMPLEMENTED}). */
public final class UnimplementedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public UnimplementedException(String message) {
    this(null, message, null);
  }

  public UnimplementedException(String message, Throwable cause) {
    this(null, message, cause);
  }

  UnimplementedException(String node, String message, Throwable cause) {
    super(StatusCode.UNIMPLEMENTED, node, message, cause);
  }
}
