package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/** Integers that name rows of a table: one each, or several coordinates each. */
final class RowIndices {
  private final Region indices;
  private final DataType type;
  private final String name;

  /** The shape in which the rows are named. */
  private final Shape outer;

  /** The dimensions of the table that are gone through by coordinates. */
  private final long[] dims;

  private final boolean vectors;
  private final boolean dropsNegative;
  private final int count;

  private RowIndices(
      BindContext node,
      int input,
      String name,
      Shape outer,
      long[] dims,
      boolean vectors,
      boolean dropsNegative) {
    this.indices = node.input(input);
    this.type = node.inputType(input);
    this.name = name;
    this.outer = outer;
    this.dims = dims.clone();
    this.vectors = vectors;
    this.dropsNegative = dropsNegative;
    this.count = (int) outer.numElements();
  }

  /** Each element of input {@code input} names one of {@code rows} rows. */
  static RowIndices of(BindContext node, int input, long rows) {
    return new RowIndices(
        node, input, "indices", node.inputShape(input), new long[] {rows}, false, false);
  }

  /** As {@link #of}; a negative one names none. */
  static RowIndices ofSegments(BindContext node, int input, long rows) {
    return new RowIndices(
        node, input, "segment_ids", node.inputShape(input), new long[] {rows}, false, true);
  }

  /** The last dimension of input {@code input} holds the first coordinates of a slice each. */
  static RowIndices ofVectors(BindContext node, int input, Shape table) {
    Shape s = node.inputShape(input);
    int depth = (int) s.dim(-1);
    return new RowIndices(
        node,
        input,
        "indices",
        s.slice(0, s.rank() - 1),
        table.slice(0, depth).dims(),
        true,
        false);
  }

  /** How many rows are named. */
  int count() {
    return count;
  }

  /** The row that index {@code i} names; -1 where it names none. */
  int row(int i) {
    if (!vectors) {
      long row = Indices.get(indices, type, i);
      return row >= 0 && row < dims[0] ? (int) row : -1;
    }
    long row = 0;
    for (int d = 0; d < dims.length; d++) {
      long x = Indices.get(indices, type, i * dims.length + d);
      if (x < 0 || x >= dims[d]) {
        return -1;
      }
      row = row * dims[d] + x;
    }
    return (int) row;
  }

  /** How many come before the first that is out of range. */
  int countInRange() {
    int i = 0;
    while (i < count && (row(i) >= 0 || (dropsNegative && isNegative(i)))) {
      i++;
    }
    return i;
  }

  private boolean isNegative(int i) {
    return Indices.get(indices, type, i) < 0;
  }

  /** That index {@code i} is out of range. */
  InvalidArgumentException outOfRange(int i) {
    StringBuilder b = new StringBuilder(name);
    if (outer.rank() > 0) {
      long[] at = new long[outer.rank()];
      int rest = i;
      for (int d = at.length - 1; d >= 0; d--) {
        at[d] = rest % outer.dim(d);
        rest /= (int) outer.dim(d);
      }
      b.append(Arrays.toString(at).replace(" ", ""));
    }
    b.append(" = ");
    if (!vectors) {
      b.append(Indices.get(indices, type, i)).append(" is not in [0, ").append(dims[0]).append(')');
      return new InvalidArgumentException(b.toString());
    }
    long[] x = new long[dims.length];
    for (int d = 0; d < x.length; d++) {
      x[d] = Indices.get(indices, type, i * x.length + d);
    }
    b.append(Arrays.toString(x)).append(" is not below ").append(Arrays.toString(dims));
    return new InvalidArgumentException(b.toString());
  }
}
