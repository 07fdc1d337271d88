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
    sums = new Sums();
    gradients = new Gradients();
  }

  @Override
  public void run() {
    node.input(3).floats().get(0, mean, 0, channels);
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
      float[] g = scratch.floats(worker, 0, n * channels);
      float[] in = scratch.floats(worker, 1, n * channels);
      dy.floats().get(at * channels, g, 0, n * channels);
      x.floats().get(at * channels, in, 0, n * channels);
      for (int i = 0; i < n; i++) {
        addProducts(g, in, i * channels, mean, first, second, channels);
      }
    }
  }

  private static void addProducts(
      float[] g, float[] x, int at, float[] mean, float[] sums, float[] products, int n) {
    for (int k = 0; k < n; k++) {
      sums[k] += g[at + k];
      products[k] += g[at + k] * (x[at + k] - mean[k]);
    }
  }

  private final class Gradients extends RangeStep {
    private final Scratch scratch = node.scratch();
    private final int block = Math.max(1, Scratch.BLOCK / channels);

    Gradients() {
      super(node.pool(), pixels, 1, 0.35 * channels);
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      float[] g = scratch.floats(worker, 0, block * channels);
      float[] in = scratch.floats(worker, 1, block * channels);
      for (int at = from; at < to; at += block) {
        int n = Math.min(block, to - at);
        dy.floats().get(at * channels, g, 0, n * channels);
        x.floats().get(at * channels, in, 0, n * channels);
        for (int i = 0; i < n; i++) {
          combine(g, in, i * channels);
        }
        dx.floats().put(at * channels, g, 0, n * channels);
      }
    }

    private void combine(float[] g, float[] in, int at) {
      float[] m = mean;
      float[] p = a;
      float[] q = b;
      float[] r = c;
      for (int k = 0; k < m.length; k++) {
        g[at + k] = p[k] * g[at + k] - q[k] * (in[at + k] - m[k]) - r[k];
      }
    }
  }
}
