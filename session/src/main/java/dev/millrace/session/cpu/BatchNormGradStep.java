package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;

/**
 * The gradient of batch normalization of floats, channels last: the sums that give the gradients of
 * scale and offset, and then x's gradient.
 */
final class BatchNormGradStep implements Step {
  private final BindContext node;
  private final boolean training;
  private final double epsilon;
  private final int channels;
  private final int pixels;
  private final Region dy;
  private final Region x;
  private final Region dx;
  private final float[] mean;

  /** x's gradient is {@code a * dy - b * (x - mean) - c}, by channel. */
  private final float[] a;

  private final float[] b;
  private final float[] c;

  /** The same for every pixel of a block. */
  private final float[] means;

  private final float[] as;
  private final float[] bs;
  private final float[] cs;
  private final Sums sums;
  private final Gradients gradients;

  BatchNormGradStep(BindContext node) {
    this.node = node;
    Shape s = node.inputShape(1);
    training = node.attrs().getBool("is_training");
    epsilon = node.attrs().getFloat("epsilon");
    channels = (int) s.dim(3);
    pixels = (int) (s.numElements() / channels);
    dy = node.input(0);
    x = node.input(1);
    dx = node.output(0);
    mean = new float[channels];
    a = new float[channels];
    b = new float[channels];
    c = new float[channels];
    int block = ChannelSums.block(channels) * channels;
    means = new float[block];
    as = new float[block];
    bs = new float[block];
    cs = new float[block];
    sums = new Sums();
    gradients = new Gradients();
  }

  @Override
  public void run() {
    node.input(3).floats().get(0, mean, 0, channels);
    ChannelSums.repeat(mean, means);
    sums.run();
    for (int k = 0; k < channels; k++) {
      double inverse = 1 / Math.sqrt(node.input(4).floats().get(k) + epsilon);
      double toOffset = sums.sums[k];
      double toScale = sums.sums[channels + k] * inverse;
      node.output(1).floats().put(k, (float) toScale);
      node.output(2).floats().put(k, (float) toOffset);
      double factor = node.input(2).floats().get(k) * inverse;
      a[k] = (float) factor;
      // In training mean and variance depend on x, too.
      b[k] = training ? (float) (factor * inverse * toScale / pixels) : 0;
      c[k] = training ? (float) (factor * toOffset / pixels) : 0;
    }
    ChannelSums.repeat(a, as);
    ChannelSums.repeat(b, bs);
    ChannelSums.repeat(c, cs);
    gradients.run();
    node.output(3).floats().put(0, 0f);
    node.output(4).floats().put(0, 0f);
  }

  /** The sums of the gradients, and of the gradients times the distances to the mean. */
  private final class Sums extends ChannelSums {
    Sums() {
      super(node, pixels, BatchNormGradStep.this.channels, 0.35);
    }

    @Override
    void add(int at, int n, float[] first, float[] second, int worker) {
      float[] g = scratch.floats(worker, 0, n);
      float[] in = scratch.floats(worker, 1, n);
      dy.floats().get(at, g, 0, n);
      x.floats().get(at, in, 0, n);
      addProducts(g, in, means, first, second, n);
    }
  }

  private static void addProducts(
      float[] g, float[] x, float[] means, float[] sums, float[] products, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += g[i];
      products[i] += g[i] * (x[i] - means[i]);
    }
  }

  private final class Gradients extends RangeStep {
    private final Scratch scratch = node.scratch();

    Gradients() {
      super(node.pool(), pixels * channels, means.length, 0.35);
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      float[] g = scratch.floats(worker, 0, means.length);
      float[] in = scratch.floats(worker, 1, means.length);
      for (int at = from; at < to; at += means.length) {
        int n = Math.min(means.length, to - at);
        dy.floats().get(at, g, 0, n);
        x.floats().get(at, in, 0, n);
        combine(g, in, means, as, bs, cs, n);
        dx.floats().put(at, g, 0, n);
      }
    }
  }

  private static void combine(
      float[] g, float[] x, float[] means, float[] as, float[] bs, float[] cs, int n) {
    for (int i = 0; i < n; i++) {
      g[i] = as[i] * g[i] - bs[i] * (x[i] - means[i]) - cs[i];
    }
  }
}
