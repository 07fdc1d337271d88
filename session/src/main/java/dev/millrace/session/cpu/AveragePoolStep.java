package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/** Average pooling, an output line at a time; padding does not count. */
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
        0.15 * shape.outLine() * ConvShape.product(shape.taps));
    this.shape = shape;
    x = node.input(0);
    y = node.output(0);
    scratch = node.scratch();
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    int n = shape.outLine();
    int c = shape.channels;
    float[] sum = scratch.floats(worker, 0, n);
    float[] line = scratch.floats(worker, 1, shape.inLine());
    for (int o = from; o < to; o++) {
      Arrays.fill(sum, 0, n, 0f);
      int lines = 0;
      for (int l = 0; l < shape.lines.length; l++) {
        int in = shape.inputLine(o, l);
        if (in < 0) {
          continue;
        }
        lines++;
        x.floats().get(in * shape.inLine(), line, 0, shape.inLine());
        for (int i = 0; i < shape.out[shape.last]; i++) {
          int end = shape.endTap(i);
          for (int t = shape.firstTap(i); t < end; t++) {
            add(line, shape.pixel(i, t) * c, sum, i * c, c);
          }
        }
      }
      for (int i = 0; i < shape.out[shape.last]; i++) {
        divide(sum, i * c, c, lines * (shape.endTap(i) - shape.firstTap(i)));
      }
      y.floats().put(o * n, sum, 0, n);
    }
  }

  static void add(float[] x, int at, float[] sum, int to, int n) {
    for (int k = 0; k < n; k++) {
      sum[to + k] += x[at + k];
    }
  }

  static void divide(float[] x, int at, int n, float by) {
    for (int k = 0; k < n; k++) {
      x[at + k] /= by;
    }
  }
}
