package dev.millrace.graph;

import java.io.Serial;

/**
 * An argument is wrong whatever the state: a shape, a dtype, a name, a value (TensorFlow's {@code
 * INVALID_ARGUMENT}).
 */
public final class InvalidArgumentException extends MillraceException {
  @Serial private static final long serialVersionUID = 1L;

  public InvalidArgumentException(String message) {
    this(null, message, null);
  }

  public InvalidArgumentException(String message, Throwable cause) {
    this(null, message, cause);
  }

  InvalidArgumentException(String node, String message, Throwable cause) {
    super(StatusCode.INVALID_ARGUMENT, node, message, cause);
  }

  /** An error about the call that is being made, told with the line of user code that makes it. */
  public static InvalidArgumentException atCall(String message) {
    CreationSite site = CreationSite.here();
    return new InvalidArgumentException(message + (site.isKnown() ? "\n  called at " + site : ""));
  }
}
