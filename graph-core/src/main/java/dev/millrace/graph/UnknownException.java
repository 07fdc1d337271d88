package dev.millrace.graph;

import java.io.Serial;

/** A failure that fits no other class (TensorFlow's {@code UNKNOWN}). */
public final class UnknownException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public UnknownException(String message) {
    this(null, message, null);
  }

  public UnknownException(String message, Throwable cause) {
    this(null, message, cause);
  }

  UnknownException(String node, String message, Throwable cause) {
    super(StatusCode.UNKNOWN, node, message, cause);
  }
}
