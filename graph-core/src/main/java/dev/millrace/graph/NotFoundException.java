package dev.millrace.graph;

import java.io.Serial;

/**
 * Something named does not exist: a node, a file, an op type, a kernel (TensorFlow's {@code
 * NOT_FOUND}).
 */
public final class NotFoundException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public NotFoundException(String message) {
    this(null, message, null);
  }

  public NotFoundException(String message, Throwable cause) {
    this(null, message, cause);
  }

  NotFoundException(String node, String message, Throwable cause) {
    super(StatusCode.NOT_FOUND, node, message, cause);
  }
}
