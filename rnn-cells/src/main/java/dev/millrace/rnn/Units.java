package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;

/** The number of units of a cell. */
final class Units {
  private Units() {}

  static int checked(int units) {
    if (units < 1) {
      throw InvalidArgumentException.atCall("a cell has 1 unit at least, not " + units);
    }
    return units;
  }
}
