package dev.millrace.graph;

/**
 * What an input of a NodeDef refers to: {@code node} (its first output), {@code node:k}, or {@code
 * ^node} (the node itself, to be waited for).
 *
 * @param index the output, or {@link #CONTROL}
 */
record InputRef(String node, int index) {
  static final int CONTROL = -1;

  /**
   * Reads an input.
   *
   * @throws InvalidArgumentException if it is of none of the three forms
   */
  static InputRef parse(String text) {
    if (text.startsWith("^")) {
      return new InputRef(text.substring(1), CONTROL);
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return new InputRef(text, 0);
    }
    String digits = text.substring(colon + 1);
    if (digits.isEmpty() || digits.length() > 9 || !digits.chars().allMatch(InputRef::isDigit)) {
      throw new InvalidArgumentException(
          "'" + text + "' is none of 'node', 'node:k' and '^node', k being a number");
    }
    return new InputRef(text.substring(0, colon), Integer.parseInt(digits));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static InputRef of(Output x) {
    return new InputRef(x.op().name(), x.index());
  }

  boolean isControl() {
    return index == CONTROL;
  }

  /** The form of a NodeDef's {@code input} field. */
  @Override
  public String toString() {
    if (isControl()) {
      return "^" + node;
    }
    return index == 0 ? node : node + ":" + index;
  }
}
