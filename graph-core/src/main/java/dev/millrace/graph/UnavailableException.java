package dev.millrace.graph;

import java.io.Serial;

/** A service cannot be reached at present (TensorFlow's {@code UNAVAILABLE}). */
public final class UnavailableException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public UnavailableException(String message) {
    this(null, message, null);
  }

  public UnavailableException(String message, Throwable cause) {
    this(null, message, cause);
  }

  UnavailableException(String node, String message, Throwable cause) {
    super(StatusCode.UNAVAILABLE, node, message, cause);
  }
}
