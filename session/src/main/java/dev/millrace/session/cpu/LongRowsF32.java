package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;

/**
 * The exponentials of rows of floats that are longer than a block, block by block, so that each
 * loop finds its numbers in the nearest cache, and in a form that the JIT compiles to vector
 * instructions: extremes and sums are kept by place in the block.
 */
final class LongRowsF32 {
  /** Blocks that are summed in floats, before the sums go into a double. */
  private static final int GROUP = 16;

  private LongRowsF32() {}

  /**
   * Loads a row, adds the bias and subtracts the greatest of its elements, and computes the
   * exponentials of what that gives. A row whose maximum is infinite becomes NaN.
   *
   * @param at where the row begins in {@code x}
   * @param bias as long as the row; null for none
   * @param row takes the shifted row
   * @param e takes the exponentials
   * @return their sum
   */
  static double exp(
      Region x, int at, Region bias, float[] row, float[] e, int columns, Scratch s, int worker) {
    BlockTemps t = s.temps(worker);
    float max = load(x, at, bias, row, columns, t);
    float[] block = t.p;
    float[] sums = t.q;
    double total = 0;
    clear(sums);
    int blocks = 0;
    for (int i = 0; i < columns; i += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, columns - i);
      System.arraycopy(row, i, block, 0, n);
      shift(block, max, n);
      System.arraycopy(block, 0, row, i, n);
      FloatMath.exp(block, block, n, t);
      System.arraycopy(block, 0, e, i, n);
      add(sums, block, n);
      if (++blocks % GROUP == 0) {
        total += Folds.sum(sums, 0, Scratch.BLOCK);
        clear(sums);
      }
    }
    return total + Folds.sum(sums, 0, Scratch.BLOCK);
  }

  /** Loads the row with its bias; gives its maximum. */
  private static float load(Region x, int at, Region bias, float[] row, int columns, BlockTemps t) {
    float[] block = t.p;
    float[] other = t.q;
    float[] most = t.h;
    for (int i = 0; i < columns; i += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, columns - i);
      x.floats().get(at + i, block, 0, n);
      if (bias != null) {
        bias.floats().get(i, other, 0, n);
        add(block, other, n);
      }
      if (i == 0) {
        System.arraycopy(block, 0, most, 0, n);
      } else {
        max(most, block, n);
      }
      System.arraycopy(block, 0, row, i, n);
    }
    return Folds.max(most, 0, Scratch.BLOCK);
  }

  private static void clear(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = 0;
    }
  }

  private static void add(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += y[i];
    }
  }

  private static void max(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(x[i], y[i]);
    }
  }

  /** {@code x -= by}. */
  static void shift(float[] x, float by, int n) {
    for (int i = 0; i < n; i++) {
      x[i] -= by;
    }
  }

  /** {@code x *= by}. */
  static void scale(float[] x, float by, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= by;
    }
  }
}
