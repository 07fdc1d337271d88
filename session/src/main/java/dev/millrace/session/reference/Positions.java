package dev.millrace.session.reference;

import dev.millrace.graph.Shape;

/**
 * Where the elements of one tensor lie in another.
 *
 * <p>Transposing, slicing, tiling, reversing, broadcasting and padding all place index {@code k} of
 * dimension {@code d} at a distance that depends on {@code d} and {@code k} only. So each dimension
 * has a table of distances, and an element's position is the sum of one number from every table.
 */
final class Positions {
  private Positions() {}

  /** All sums of one number from each table, in row-major order; of no tables the one sum is 0. */
  static int[] sums(int[]... tables) {
    for (int[] table : tables) {
      if (table.length == 0) {
        return table;
      }
    }
    int[] sums = {0};
    for (int[] table : tables) {
      int[] longer = new int[Math.multiplyExact(sums.length, table.length)];
      int k = 0;
      for (int base : sums) {
        for (int step : table) {
          longer[k++] = base + step;
        }
      }
      sums = longer;
    }
    return sums;
  }

  /** The table of a dimension along which neighbours are {@code stride} apart. */
  static int[] table(long size, int stride) {
    return table(size, stride, 0);
  }

  /** The table of a dimension that begins at {@code offset}. */
  static int[] table(long size, int stride, int offset) {
    int[] t = new int[Math.toIntExact(size)];
    for (int k = 0; k < t.length; k++) {
      t[k] = offset + k * stride;
    }
    return t;
  }

  /** The table of every dimension of a shape. */
  static int[][] tables(Shape shape) {
    int[] strides = Dims.strides(shape);
    int[][] tables = new int[strides.length][];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = table(shape.dim(i), strides[i]);
    }
    return tables;
  }
}
