package dev.millrace.session.plan;

import java.io.Serial;

/**
 * A graph's frames or dead values are not of a form that a plan has; the reference mode executes
 * such graphs.
 */
final class CannotRaise extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  CannotRaise(String reason) {
    super(reason, null, false, false);
  }
}
