package dev.millrace.graph;

import java.io.Serial;

/**
 * Past the end of something: a closed queue, a counter's limit (TensorFlow's {@code OUT_OF_RANGE}).
 */
public final class OutOfRangeException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public OutOfRangeException(String message) {
    this(null, message, null);
  }

  public OutOfRangeException(String message, Throwable cause) {
    this(null, message, cause);
  }

  OutOfRangeException(String node, String message, Throwable cause) {
    super(StatusCode.OUT_OF_RANGE, node, message, cause);
  }
}
