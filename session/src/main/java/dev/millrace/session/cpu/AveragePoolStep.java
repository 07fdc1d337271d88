package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/**
 * Average pooling, an output line at a time: the sums of the columns of the input lines under it,
 * then the sums along them. Padding does not count.
 */
final class AveragePoolStep extends RangeStep {
  private final PoolShape shape;
  private final Region x;
  private final Region y;
  private final Scratch scratch;

  AveragePoolStep(BindContext node, PoolShape shape) {
    super(
        node.pool(),
        shape.images * shape.outLines(),
        1,
        0.2 * shape.inLine() * (shape.lines.length + 1));
    this.shape = shape;
    x = node.input(0);
    y = node.output(0);
    scratch = node.scratch();
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    int width = shape.inLine();
    int n = shape.outLine();
    int c = shape.channels;
    float[] sum = scratch.floats(worker, 0, n);
    float[] line = scratch.floats(worker, 1, Math.max(n, width));
    float[] columns = scratch.floats(worker, 2, width);
    for (int o = from; o < to; o++) {
      Arrays.fill(columns, 0, width, 0f);
      int lines = 0;
      for (int l = 0; l < shape.lines.length; l++) {
        int in = shape.inputLine(o, l);
        if (in >= 0) {
          lines++;
          x.floats().get(in * width, line, 0, width);
          Lines.add(line, columns, 0, width);
        }
      }
      Arrays.fill(sum, 0, n, 0f);
      for (int t = 0; t < shape.taps[shape.last]; t++) {
        shape.gather(columns, t, line);
        Lines.add(line, sum, shape.firstWindow(t) * c, shape.endWindow(t) * c);
      }
      divide(shape, sum, lines);
      y.floats().put(o * n, sum, 0, n);
    }
  }

  /** Divides by how many elements are in each window, if {@code lines} lines are under them. */
  static void divide(PoolShape shape, float[] sum, int lines) {
    int c = shape.channels;
    int windows = shape.out[shape.last];
    for (int i = 0, end; i < windows; i = end) {
      int taps = shape.endTap(i) - shape.firstTap(i);
      end = i + 1;
      while (end < windows && shape.endTap(end) - shape.firstTap(end) == taps) {
        end++;
      }
      Lines.divide(sum, (float) lines * taps, i * c, end * c);
    }
  }
}
