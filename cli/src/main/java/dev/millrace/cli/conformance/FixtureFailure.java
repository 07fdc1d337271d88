package dev.millrace.cli.conformance;

import java.io.Serial;

/** A fixture's graph ran, but did not do what TensorFlow did. */
public final class FixtureFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  FixtureFailure(String message) {
    super(message);
  }

  FixtureFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
