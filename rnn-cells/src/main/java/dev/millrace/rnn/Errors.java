package dev.millrace.rnn;

import dev.millrace.graph.CreationSite;
import dev.millrace.graph.InvalidArgumentException;

/** Errors about the call that is being made, told with the line of user code. */
final class Errors {
  private Errors() {}

  static InvalidArgumentException error(String message) {
    CreationSite site = CreationSite.here();
    return new InvalidArgumentException(message + (site.isKnown() ? "\n  called at " + site : ""));
  }
}
