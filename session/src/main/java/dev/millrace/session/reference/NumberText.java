package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import java.util.Locale;

/** Numbers as text has them. */
final class NumberText {
  private NumberText() {}

  /**
   * Sets an element to the number that the text says, blanks around it left out.
   *
   * @throws InvalidArgumentException if it says none of that dtype
   */
  static void set(Result to, int i, DataType t, String text) {
    String s = text.strip();
    try {
      if (t == DataType.INT32) {
        to.setLong(i, Integer.parseInt(s));
      } else if (t == DataType.INT64) {
        to.setLong(i, Long.parseLong(s));
      } else if (!t.isFloating()) {
        throw new InvalidArgumentException("text is not read as " + t);
      } else {
        to.setDouble(i, t == DataType.FLOAT32 ? real(s, true) : real(s, false));
      }
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException("'" + text + "' is no valid " + t, e);
    }
  }

  private static double real(String s, boolean single) {
    String low = s.toLowerCase(Locale.ROOT);
    String size = low.startsWith("-") || low.startsWith("+") ? low.substring(1) : low;
    double sign = low.startsWith("-") ? -1 : 1;
    if (size.equals("inf") || size.equals("infinity")) {
      return sign * Double.POSITIVE_INFINITY;
    }
    if (size.equals("nan")) {
      return Double.NaN;
    }
    if (size.isEmpty() || "0123456789.".indexOf(size.charAt(size.length() - 1)) < 0) {
      throw new NumberFormatException(s); // Java would take 1f and 1d too
    }
    return single ? Float.parseFloat(s) : Double.parseDouble(s);
  }
}
