package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** Numbers that name rows of a table. */
final class Rows {
  private Rows() {}

  /** How many of the indices come before the first that is not in a table of {@code rows} rows. */
  static int countInRange(TensorValue indices, long rows) {
    int n = 0;
    while (n < indices.size() && indices.getLong(n) >= 0 && indices.getLong(n) < rows) {
      n++;
    }
    return n;
  }

  /** That index {@code i} is not in a table of {@code rows} rows. */
  static InvalidArgumentException outOfRange(TensorValue indices, int i, long rows) {
    return new InvalidArgumentException(
        "indices"
            + place(indices.shape(), i)
            + " = "
            + indices.getLong(i)
            + " is not in [0, "
            + rows
            + ")");
  }

  /** The indices of element {@code i}: {@code [1,2]}; nothing for a scalar. */
  static String place(Shape s, int i) {
    if (s.rank() == 0) {
      return "";
    }
    long[] index = new long[s.rank()];
    for (int d = s.rank() - 1; d >= 0; d--) {
      index[d] = i % s.dim(d);
      i /= (int) s.dim(d);
    }
    return Arrays.toString(index).replace(" ", "");
  }
}
