package dev.millrace.graph;

import java.io.Serial;

/** Data is damaged or truncated, as a checksum tells (TensorFlow's {@code DATA_LOSS}). */
public final class DataLossException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public DataLossException(String message) {
    this(null, message, null);
  }

  public DataLossException(String message, Throwable cause) {
    this(null, message, cause);
  }

  DataLossException(String node, String message, Throwable cause) {
    super(StatusCode.DATA_LOSS, node, message, cause);
  }
}
