package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/**
 * Maximum pooling, an output line at a time. NaN counts as nothing; the two-dimensional op begins
 * with the least finite number, so that infinities below are none, either.
 */
final class MaxPoolStep extends RangeStep {
  private final PoolShape shape;
  private final Region x;
  private final Region y;
  private final Scratch scratch;
  private final float least;

  MaxPoolStep(BindContext node, PoolShape shape) {
    super(
        node.pool(),
        shape.images * shape.outLines(),
        1,
        0.15 * shape.outLine() * ConvShape.product(shape.taps));
    this.shape = shape;
    x = node.input(0);
    y = node.output(0);
    scratch = node.scratch();
    least = node.opType().contains("3D") ? Float.NEGATIVE_INFINITY : -Float.MAX_VALUE;
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    int n = shape.outLine();
    float[] max = scratch.floats(worker, 0, n);
    float[] line = scratch.floats(worker, 1, shape.inLine());
    for (int o = from; o < to; o++) {
      Arrays.fill(max, 0, n, least);
      pool(o, line, max, false);
      if (hasNan(max, n)) {
        Arrays.fill(max, 0, n, least);
        pool(o, line, max, true);
      }
      y.floats().put(o * n, max, 0, n);
    }
  }

  private void pool(int o, float[] line, float[] max, boolean skipNan) {
    for (int l = 0; l < shape.lines.length; l++) {
      int from = shape.inputLine(o, l);
      if (from < 0) {
        continue;
      }
      x.floats().get(from * shape.inLine(), line, 0, shape.inLine());
      int c = shape.channels;
      for (int i = 0; i < shape.out[shape.last]; i++) {
        int end = shape.endTap(i);
        for (int t = shape.firstTap(i); t < end; t++) {
          int at = shape.pixel(i, t) * c;
          if (skipNan) {
            greaterOf(line, at, max, i * c, c);
          } else {
            maximum(line, at, max, i * c, c);
          }
        }
      }
    }
  }

  /** Gives NaN where one of two is NaN; that, the compiler makes vectors of. */
  private static void maximum(float[] x, int at, float[] max, int to, int n) {
    for (int k = 0; k < n; k++) {
      max[to + k] = Math.max(max[to + k], x[at + k]);
    }
  }

  private static void greaterOf(float[] x, int at, float[] max, int to, int n) {
    for (int k = 0; k < n; k++) {
      float v = x[at + k];
      if (v > max[to + k]) {
        max[to + k] = v;
      }
    }
  }

  private static boolean hasNan(float[] x, int n) {
    for (int k = 0; k < n; k++) {
      if (Float.isNaN(x[k])) {
        return true;
      }
    }
    return false;
  }
}
