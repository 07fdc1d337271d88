package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/**
 * The gradient of average pooling, an image at a time: each window's share, spread along a line,
 * goes to all the input lines under it.
 */
final class AveragePoolGradStep extends RangeStep {
  private final PoolShape shape;
  private final Region dy;
  private final Region dx;
  private final Scratch scratch;

  AveragePoolGradStep(BindContext node, PoolShape shape) {
    super(
        node.pool(),
        shape.images,
        1,
        0.3 * shape.inLine() * (shape.lines.length + 1) * shape.outLines());
    this.shape = shape;
    dy = node.input(1);
    dx = node.output(0);
    scratch = node.scratch();
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    int width = shape.inLine();
    float[] line = scratch.floats(worker, 0, width);
    Arrays.fill(line, 0, width, 0f);
    for (int l = from * shape.inLines(); l < to * shape.inLines(); l++) {
      dx.floats().put(l * width, line, 0, width);
    }
    float[] spread = scratch.floats(worker, 1, width);
    for (int o = from * shape.outLines(); o < to * shape.outLines(); o++) {
      spread(o, spread, worker);
      for (int l = 0; l < shape.lines.length; l++) {
        int in = shape.inputLine(o, l);
        if (in >= 0) {
          dx.floats().get(in * width, line, 0, width);
          Lines.add(spread, line, 0, width);
          dx.floats().put(in * width, line, 0, width);
        }
      }
    }
  }

  /** What each pixel of a line under output line {@code o} gets. */
  private void spread(int o, float[] spread, int worker) {
    int width = shape.inLine();
    int n = shape.outLine();
    float[] share = scratch.floats(worker, 2, n);
    float[] part = scratch.floats(worker, 3, width);
    dy.floats().get(o * n, share, 0, n);
    int lines = 0;
    for (int l = 0; l < shape.lines.length; l++) {
      lines += shape.inputLine(o, l) >= 0 ? 1 : 0;
    }
    AveragePoolStep.divide(shape, share, lines);
    Arrays.fill(spread, 0, width, 0f);
    for (int t = 0; t < shape.taps[shape.last]; t++) {
      Arrays.fill(part, 0, width, 0f);
      shape.scatter(share, t, part);
      Lines.add(part, spread, 0, width);
    }
  }
}
