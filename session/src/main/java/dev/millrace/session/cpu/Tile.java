package dev.millrace.session.cpu;

import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;

/** Parts of row-major matrices of floats as arrays, row after row, of a block's size at most. */
final class Tile {
  private Tile() {}

  /** The columns of a tile of a matrix with so many. */
  static int width(int columns) {
    return Math.max(1, Math.min(columns, Scratch.BLOCK));
  }

  /** The rows of a tile of so many columns. */
  static int rows(int width) {
    return Math.max(1, Scratch.BLOCK / width);
  }

  /** Reads {@code rows} rows of {@code width} numbers, {@code stride} apart. */
  static void get(Region from, int at, int stride, float[] to, int rows, int width) {
    if (stride == width) {
      from.floats().get(at, to, 0, rows * width);
      return;
    }
    for (int r = 0; r < rows; r++) {
      from.floats().get(at + r * stride, to, r * width, width);
    }
  }

  /** Writes {@code rows} rows of {@code width} numbers, {@code stride} apart. */
  static void put(float[] from, Region to, int at, int stride, int rows, int width) {
    if (stride == width) {
      to.floats().put(at, from, 0, rows * width);
      return;
    }
    for (int r = 0; r < rows; r++) {
      to.floats().put(at + r * stride, from, r * width, width);
    }
  }

  /** Reads {@code width} numbers, the same for each of {@code rows} rows. */
  static void repeat(Region from, int at, float[] to, int rows, int width) {
    from.floats().get(at, to, 0, width);
    for (int r = 1; r < rows; r++) {
      System.arraycopy(to, 0, to, r * width, width);
    }
  }
}
