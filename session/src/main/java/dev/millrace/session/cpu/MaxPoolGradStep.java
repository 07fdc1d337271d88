package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * The gradient of maximum pooling, which goes to the first of the greatest elements of every
 * window: an output line at a time, with the input lines under it.
 *
 * <p>The elements under each tap of the windows lie in a plane of their own. Those whose bits are
 * the maximum's take the bits of the gradient, all or none, by masks: no branch depends on the
 * numbers. Lines with NaN are done number by number.
 */
final class MaxPoolGradStep extends RangeStep {
  private final PoolShape shape;
  private final Region x;
  private final Region dy;
  private final Region dx;
  private final Scratch scratch;
  private final int width;
  private final int n;
  private final Planes[] planes;

  MaxPoolGradStep(BindContext node, PoolShape shape) {
    super(
        node.pool(),
        shape.images,
        1,
        0.6 * shape.outLines() * shape.outLine() * ConvShape.product(shape.taps));
    this.shape = shape;
    x = node.input(0);
    dy = node.input(2);
    dx = node.output(0);
    scratch = node.scratch();
    width = shape.inLine();
    n = shape.outLine();
    planes = new Planes[node.pool().threads()];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = new Planes(ConvShape.product(shape.taps), n);
    }
  }

  /** What a thread keeps the pixels under the windows in. */
  private static final class Planes {
    final float[][] numbers;
    final int[][] bits;

    /** Memory through which bits pass. */
    private final FloatBuffer asFloats;

    private final IntBuffer asInts;

    Planes(int taps, int n) {
      numbers = new float[taps][n];
      bits = new int[taps][n];
      ByteBuffer b = ByteBuffer.allocateDirect(n * Float.BYTES).order(ByteOrder.nativeOrder());
      asFloats = b.asFloatBuffer();
      asInts = b.asIntBuffer();
    }

    void toBits(float[] from, int[] to, int n) {
      asFloats.put(0, from, 0, n);
      asInts.get(0, to, 0, n);
    }

    void toNumbers(int[] from, float[] to, int n) {
      asInts.put(0, from, 0, n);
      asFloats.get(0, to, 0, n);
    }
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    float[] zeros = scratch.floats(worker, 0, width);
    Arrays.fill(zeros, 0, width, 0f);
    for (int l = from * shape.inLines(); l < to * shape.inLines(); l++) {
      dx.floats().put(l * width, zeros, 0, width);
    }
    for (int o = from * shape.outLines(); o < to * shape.outLines(); o++) {
      if (share(o, worker)) {
        write(o, worker);
      } else {
        oneByOne(o);
      }
    }
  }

  /** The plane of a tap. */
  private int plane(int l, int t) {
    return l * shape.taps[shape.last] + t;
  }

  /** Puts into the planes the bits of what each element gets; false where there is a NaN. */
  private boolean share(int o, int worker) {
    Planes p = planes[worker];
    int c = shape.channels;
    float[] line = scratch.floats(worker, 0, width);
    float[] max = scratch.floats(worker, 1, n);
    Arrays.fill(max, 0, n, Float.NEGATIVE_INFINITY);
    for (int l = 0; l < shape.lines.length; l++) {
      int in = shape.inputLine(o, l);
      if (in >= 0) {
        x.floats().get(in * width, line, 0, width);
        Lines.add(line, 0f, 0, width); // makes one zero of two
        for (int t = 0; t < shape.taps[shape.last]; t++) {
          float[] plane = p.numbers[plane(l, t)];
          shape.gather(line, t, plane);
          Lines.maximum(plane, max, shape.firstWindow(t) * c, shape.endWindow(t) * c);
        }
      }
    }
    if (Lines.hasNan(max, n)) {
      return false;
    }
    int[] maxBits = scratch.ints(worker, 0, n);
    int[] rest = scratch.ints(worker, 1, n);
    p.toBits(max, maxBits, n);
    dy.ints().get(o * n, rest, 0, n);
    for (int l = 0; l < shape.lines.length; l++) {
      for (int t = 0; t < shape.taps[shape.last] && shape.inputLine(o, l) >= 0; t++) {
        int k = plane(l, t);
        p.toBits(p.numbers[k], p.bits[k], n);
        Lines.take(p.bits[k], maxBits, rest, shape.firstWindow(t) * c, shape.endWindow(t) * c);
      }
    }
    return true;
  }

  private void write(int o, int worker) {
    for (int l = 0; l < shape.lines.length; l++) {
      int line = shape.inputLine(o, l);
      if (line < 0) {
        continue;
      }
      if (shape.overlapping) {
        add(l, line, worker);
        continue;
      }
      int[] gradient = scratch.ints(worker, 0, width);
      if (shape.gaps) {
        Arrays.fill(gradient, 0, width, 0);
      }
      for (int t = 0; t < shape.taps[shape.last]; t++) {
        shape.scatter(planes[worker].bits[plane(l, t)], t, gradient);
      }
      dx.ints().put(line * width, gradient, 0, width);
    }
  }

  /** Where an element can be in several windows, it gets the sum. */
  private void add(int l, int line, int worker) {
    Planes p = planes[worker];
    float[] gradient = scratch.floats(worker, 0, width);
    float[] part = scratch.floats(worker, 1, width);
    dx.floats().get(line * width, gradient, 0, width);
    for (int t = 0; t < shape.taps[shape.last]; t++) {
      int k = plane(l, t);
      p.toNumbers(p.bits[k], p.numbers[k], n);
      Arrays.fill(part, 0, width, 0f);
      shape.scatter(p.numbers[k], t, part);
      Lines.add(part, gradient, 0, width);
    }
    dx.floats().put(line * width, gradient, 0, width);
  }

  /** The same with comparisons: a NaN that comes first stays the greatest, others are passed by. */
  private void oneByOne(int o) {
    int c = shape.channels;
    for (int i = 0; i < n; i++) {
      int place = -1;
      float max = 0;
      for (int l = 0; l < shape.lines.length; l++) {
        int line = shape.inputLine(o, l);
        int end = line < 0 ? 0 : shape.endTap(i / c);
        for (int t = shape.firstTap(i / c); t < end; t++) {
          int at = line * width + shape.pixel(i / c, t) * c + i % c;
          float v = x.floats().get(at);
          if (place < 0 || v > max) {
            max = v;
            place = at;
          }
        }
      }
      if (place >= 0) {
        dx.floats().put(place, dx.floats().get(place) + dy.floats().get(o * n + i));
      }
    }
  }
}
