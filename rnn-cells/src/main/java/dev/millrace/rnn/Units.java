package dev.millrace.rnn;

/** The number of units of a cell. */
final class Units {
  private Units() {}

  static int checked(int units) {
    if (units < 1) {
      throw Errors.error("a cell has 1 unit at least, not " + units);
    }
    return units;
  }
}
