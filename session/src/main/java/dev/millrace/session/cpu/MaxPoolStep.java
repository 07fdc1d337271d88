package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/**
 * Maximum pooling, an output line at a time: the greatest of each column of the input lines under
 * it, then the greatest along them. NaN counts as nothing; the two-dimensional op begins with the
 * least finite number, so that infinities below are none, either.
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
        0.2 * shape.inLine() * (shape.lines.length + 1));
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
    for (int o = from; o < to; o++) {
      pool(o, max, false, worker);
      if (Lines.hasNan(max, n)) {
        pool(o, max, true, worker);
      }
      y.floats().put(o * n, max, 0, n);
    }
  }

  private void pool(int o, float[] max, boolean passNan, int worker) {
    int width = shape.inLine();
    int n = shape.outLine();
    float[] line = scratch.floats(worker, 1, Math.max(n, width));
    float[] columns = scratch.floats(worker, 2, width);
    Arrays.fill(columns, 0, width, least);
    for (int l = 0; l < shape.lines.length; l++) {
      int in = shape.inputLine(o, l);
      if (in >= 0) {
        x.floats().get(in * width, line, 0, width);
        greatest(line, columns, 0, width, passNan);
      }
    }
    Arrays.fill(max, 0, n, least);
    int c = shape.channels;
    for (int t = 0; t < shape.taps[shape.last]; t++) {
      shape.gather(columns, t, line);
      greatest(line, max, shape.firstWindow(t) * c, shape.endWindow(t) * c, passNan);
    }
  }

  private static void greatest(float[] x, float[] max, int begin, int end, boolean passNan) {
    if (passNan) {
      Lines.greater(x, max, begin, end);
    } else {
      Lines.maximum(x, max, begin, end);
    }
  }
}
