package dev.millrace.graph;

import java.io.Serial;

/**
 * The root of everything Millrace throws. There is one subclass a TensorFlow status code.
 *
 * <p>A message says what was expected and what came. Where a graph node is at fault, {@link #at}
 * adds the node's name and type, the shapes of its inputs and the line of user code that made it.
 */
public abstract class MillraceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final StatusCode code;
  private final String nodeName;

  MillraceException(StatusCode code, String nodeName, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.nodeName = nodeName;
  }

  /** The TensorFlow status code of the failure. */
  public final StatusCode code() {
    return code;
  }

  /** The name of the node at fault, or null where no node is. */
  public final String nodeName() {
    return nodeName;
  }

  /** An exception of the class that stands for {@code code}. */
  public static MillraceException of(StatusCode code, String message, Throwable cause) {
    return of(code, null, message, cause);
  }

  /**
   * This failure, told about the node in which it happened. A failure that already names a node
   * stays as it is.
   */
  public final MillraceException at(Operation op) {
    if (nodeName != null) {
      return this;
    }
    MillraceException e = of(code, op.name(), getMessage() + NodeDescription.of(op), getCause());
    e.setStackTrace(getStackTrace());
    return e;
  }

  /** An exception of the class that stands for {@code code}, about the node of that name. */
  static MillraceException of(StatusCode code, String node, String message, Throwable cause) {
    return switch (code) {
      case CANCELLED -> new CancelledException(node, message, cause);
      case UNKNOWN -> new UnknownException(node, message, cause);
      case INVALID_ARGUMENT -> new InvalidArgumentException(node, message, cause);
      case DEADLINE_EXCEEDED -> new DeadlineExceededException(node, message, cause);
      case NOT_FOUND -> new NotFoundException(node, message, cause);
      case ALREADY_EXISTS -> new AlreadyExistsException(node, message, cause);
      case PERMISSION_DENIED -> new PermissionDeniedException(node, message, cause);
      case RESOURCE_EXHAUSTED -> new ResourceExhaustedException(node, message, cause);
      case FAILED_PRECONDITION -> new FailedPreconditionException(node, message, cause);
      case ABORTED -> new AbortedException(node, message, cause);
      case OUT_OF_RANGE -> new OutOfRangeException(node, message, cause);
      case UNIMPLEMENTED -> new UnimplementedException(node, message, cause);
      case INTERNAL -> new InternalException(node, message, cause);
      case UNAVAILABLE -> new UnavailableException(node, message, cause);
      case DATA_LOSS -> new DataLossException(node, message, cause);
      case UNAUTHENTICATED -> new UnauthenticatedException(node, message, cause);
    };
  }
}
