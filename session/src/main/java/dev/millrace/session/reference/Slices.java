package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** The slices of a tensor that an index tensor names by their first coordinates. */
final class Slices {
  /** The shape of the index tensor without its last dimension. */
  final Shape outer;

  /** How many coordinates an index has. */
  final int depth;

  /** How many slices are named. */
  final int count;

  /** The elements in a slice. */
  final int size;

  private final Shape of;
  private final TensorValue indices;

  Slices(Shape of, TensorValue indices) {
    Shape n = indices.shape();
    if (n.rank() == 0 || n.dim(-1) > of.rank()) {
      throw new InvalidArgumentException(
          "indices of shape "
              + n
              + " must have from one to "
              + of.rank()
              + " coordinates in the last dimension, for the shape "
              + of);
    }
    this.of = of;
    this.indices = indices;
    outer = n.slice(0, n.rank() - 1);
    depth = (int) n.dim(-1);
    count = Dims.count(outer);
    size = Dims.count(of.dims(), depth, of.rank());
  }

  /** Where slice {@code i} begins. */
  int at(int i) {
    int at = 0;
    for (int d = 0; d < depth; d++) {
      long index = indices.getLong(i * depth + d);
      if (index < 0 || index >= of.dim(d)) {
        throw new InvalidArgumentException(
            "indices"
                + Rows.place(outer, i)
                + " = "
                + coordinates(i)
                + " does not index into shape "
                + of);
      }
      at = at * (int) of.dim(d) + (int) index;
    }
    return at * size;
  }

  private String coordinates(int i) {
    long[] x = new long[depth];
    for (int d = 0; d < depth; d++) {
      x[d] = indices.getLong(i * depth + d);
    }
    return Arrays.toString(x).replace(" ", "");
  }
}
