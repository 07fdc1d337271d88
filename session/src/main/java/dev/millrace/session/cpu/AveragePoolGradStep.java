package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/** The gradient of average pooling, an image at a time: each window's share to its elements. */
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
        0.25 * shape.outLines() * shape.outLine() * ConvShape.product(shape.taps));
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
    int n = shape.outLine();
    int c = shape.channels;
    float[] share = scratch.floats(worker, 1, n);
    for (int o = from * shape.outLines(); o < to * shape.outLines(); o++) {
      dy.floats().get(o * n, share, 0, n);
      int lines = 0;
      for (int l = 0; l < shape.lines.length; l++) {
        lines += shape.inputLine(o, l) >= 0 ? 1 : 0;
      }
      for (int i = 0; i < shape.out[shape.last]; i++) {
        AveragePoolStep.divide(share, i * c, c, lines * (shape.endTap(i) - shape.firstTap(i)));
      }
      for (int l = 0; l < shape.lines.length; l++) {
        int in = shape.inputLine(o, l);
        if (in < 0) {
          continue;
        }
        dx.floats().get(in * width, line, 0, width);
        for (int i = 0; i < shape.out[shape.last]; i++) {
          int end = shape.endTap(i);
          for (int t = shape.firstTap(i); t < end; t++) {
            AveragePoolStep.add(share, i * c, line, shape.pixel(i, t) * c, c);
          }
        }
        dx.floats().put(in * width, line, 0, width);
      }
    }
  }
}
