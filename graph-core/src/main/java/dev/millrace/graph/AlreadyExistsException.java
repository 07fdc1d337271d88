package dev.millrace.graph;

import java.io.Serial;

/** Something that was to be made exists already (TensorFlow's {@code ALREADY_EXISTS}). */
public final class AlreadyExistsException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public AlreadyExistsException(String message) {
    this(null, message, null);
  }

  public AlreadyExistsException(String message, Throwable cause) {
    this(null, message, cause);
  }

  AlreadyExistsException(String node, String message, Throwable cause) {
    super(StatusCode.ALREADY_EXISTS, node, message, cause);
  }
}
