package dev.millrace.graph;

/**
 * TensorFlow's canonical status codes. Each has an exception class of its own under {@link
 * MillraceException}.
 */
public enum StatusCode {
  CANCELLED(1),
  UNKNOWN(2),
  INVALID_ARGUMENT(3),
  DEADLINE_EXCEEDED(4),
  NOT_FOUND(5),
  ALREADY_EXISTS(6),
  PERMISSION_DENIED(7),
  RESOURCE_EXHAUSTED(8),
  FAILED_PRECONDITION(9),
  ABORTED(10),
  OUT_OF_RANGE(11),
  UNIMPLEMENTED(12),
  INTERNAL(13),
  UNAVAILABLE(14),
  DATA_LOSS(15),
  UNAUTHENTICATED(16);

  private final int number;

  StatusCode(int number) {
    this.number = number;
  }

  /** The code's number in TensorFlow's {@code error_codes.proto}. */
  public int number() {
    return number;
  }

  /**
   * The code of that number.
   *
   * @throws InvalidArgumentException if there is none
   */
  public static StatusCode ofNumber(int number) {
    for (StatusCode c : values()) {
      if (c.number == number) {
        return c;
      }
    }
    throw new InvalidArgumentException(number + " is the number of no status code of a failure");
  }
}
