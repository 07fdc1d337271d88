package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/**
 * The gradient of maximum pooling, which goes to the first of the greatest elements of every
 * window: an image at a time, the input lines under an output line together.
 */
final class MaxPoolGradStep extends RangeStep {
  private final PoolShape shape;
  private final Region x;
  private final Region dy;
  private final Region dx;
  private final Scratch scratch;

  MaxPoolGradStep(BindContext node, PoolShape shape) {
    super(
        node.pool(),
        shape.images,
        1,
        (double) shape.outLines() * shape.outLine() * ConvShape.product(shape.taps));
    this.shape = shape;
    x = node.input(0);
    dy = node.input(2);
    dx = node.output(0);
    scratch = node.scratch();
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    int line = shape.inLine();
    int size = shape.inLines() * line;
    float[] zeros = scratch.floats(worker, 0, line);
    Arrays.fill(zeros, 0, line, 0f);
    for (int l = from * shape.inLines(); l < to * shape.inLines(); l++) {
      dx.floats().put(l * line, zeros, 0, line);
    }
    if (size == 0) {
      return;
    }
    for (int o = from * shape.outLines(); o < to * shape.outLines(); o++) {
      outputLine(o, worker);
    }
  }

  private void outputLine(int o, int worker) {
    int width = shape.inLine();
    int all = shape.lines.length * width;
    float[] in = scratch.floats(worker, 0, all);
    float[] gradient = scratch.floats(worker, 1, all);
    int[] lines = scratch.ints(worker, 0, shape.lines.length);
    for (int l = 0; l < shape.lines.length; l++) {
      lines[l] = shape.inputLine(o, l);
      if (lines[l] >= 0) {
        x.floats().get(lines[l] * width, in, l * width, width);
        dx.floats().get(lines[l] * width, gradient, l * width, width);
      }
    }
    int n = shape.outLine();
    float[] g = scratch.floats(worker, 2, n);
    dy.floats().get(o * n, g, 0, n);
    float[] max = scratch.floats(worker, 3, shape.channels);
    int[] place = scratch.ints(worker, 1, shape.channels);
    for (int i = 0; i < shape.out[shape.last]; i++) {
      find(i, in, lines, max, place);
      for (int k = 0; k < shape.channels; k++) {
        if (place[k] >= 0) {
          gradient[place[k]] += g[i * shape.channels + k];
        }
      }
    }
    for (int l = 0; l < shape.lines.length; l++) {
      if (lines[l] >= 0) {
        dx.floats().put(lines[l] * width, gradient, l * width, width);
      }
    }
  }

  /** Where, in {@code in}, the greatest element of window {@code i} is in every channel. */
  private void find(int i, float[] in, int[] lines, float[] max, int[] place) {
    int n = shape.channels;
    int begin = shape.firstTap(i);
    int end = shape.endTap(i);
    boolean first = true;
    for (int l = 0; l < shape.lines.length; l++) {
      if (lines[l] < 0) {
        continue;
      }
      for (int t = begin; t < end; t++) {
        int at = l * shape.inLine() + shape.pixel(i, t) * n;
        if (first) {
          take(in, at, max, place, n);
          first = false;
        } else {
          takeGreater(in, at, max, place, n);
        }
      }
    }
    if (first) {
      Arrays.fill(place, 0, n, -1); // nothing but padding
    }
  }

  private static void take(float[] in, int at, float[] max, int[] place, int n) {
    System.arraycopy(in, at, max, 0, n);
    for (int k = 0; k < n; k++) {
      place[k] = at + k;
    }
  }

  private static void takeGreater(float[] in, int at, float[] max, int[] place, int n) {
    for (int k = 0; k < n; k++) {
      float v = in[at + k];
      if (v > max[k]) {
        max[k] = v;
        place[k] = at + k;
      }
    }
  }
}
