package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;

/**
 * Batch normalization of floats, channels last: mean, then variance, then the result, each in a
 * pass over the batch.
 */
final class BatchNormStep implements Step {
  private final BindContext node;
  private final boolean training;
  private final double epsilon;
  private final int channels;
  private final int pixels;
  private final Region x;
  private final Region y;
  private final Sums sums;
  private final Squares squares;
  private final Scaling scaling;
  private final float[] mean;
  private final float[] variance;
  private final float[] factor;
  private final float[] offset;

  /** The same for every pixel of a block. */
  private final float[] means;

  private final float[] factors;
  private final float[] offsets;

  BatchNormStep(BindContext node) {
    this.node = node;
    Shape s = node.inputShape(0);
    training = node.attrs().getBool("is_training");
    epsilon = node.attrs().getFloat("epsilon");
    channels = (int) s.dim(3);
    pixels = (int) (s.numElements() / channels);
    x = node.input(0);
    y = node.output(0);
    mean = new float[channels];
    variance = new float[channels];
    factor = new float[channels];
    offset = new float[channels];
    int block = ChannelSums.block(channels) * channels;
    means = new float[block];
    factors = new float[block];
    offsets = new float[block];
    sums = new Sums();
    squares = new Squares();
    scaling = new Scaling();
  }

  @Override
  public void run() {
    if (training) {
      sums.run();
      for (int c = 0; c < channels; c++) {
        mean[c] = (float) (sums.sums[c] / pixels);
      }
      ChannelSums.repeat(mean, means);
      squares.run();
      for (int c = 0; c < channels; c++) {
        // The mean is rounded: what it misses of the true one is taken off again.
        double miss = squares.sums[channels + c] / pixels;
        variance[c] = (float) Math.max(0, squares.sums[c] / pixels - miss * miss);
      }
    } else {
      node.input(3).floats().get(0, mean, 0, channels);
      node.input(4).floats().get(0, variance, 0, channels);
    }
    node.input(1).floats().get(0, factor, 0, channels);
    node.input(2).floats().get(0, offset, 0, channels);
    statistics();
    for (int c = 0; c < channels; c++) {
      factor[c] = (float) (factor[c] / Math.sqrt(variance[c] + epsilon));
    }
    ChannelSums.repeat(mean, means);
    ChannelSums.repeat(factor, factors);
    ChannelSums.repeat(offset, offsets);
    scaling.run();
  }

  private void statistics() {
    node.output(1).floats().put(0, mean, 0, channels);
    node.output(3).floats().put(0, mean, 0, channels);
    node.output(4).floats().put(0, variance, 0, channels);
    if (training) {
      float unbiased = (float) (pixels / Math.max(1.0, pixels - 1.0));
      for (int c = 0; c < channels; c++) {
        node.output(2).floats().put(c, variance[c] * unbiased);
      }
    } else {
      node.output(2).floats().put(0, variance, 0, channels);
    }
    if (node.outputCount() == 6) {
      node.output(5).floats().put(0, 0f);
    }
  }

  /** The sums over each channel. */
  private final class Sums extends ChannelSums {
    Sums() {
      super(node, pixels, BatchNormStep.this.channels, 0.2);
    }

    @Override
    void add(int at, int n, float[] first, float[] second, int worker) {
      float[] in = scratch.floats(worker, 0, n);
      x.floats().get(at, in, 0, n);
      Lines.add(in, first, 0, n);
    }
  }

  /** The sums of the squares of the distances to the mean, and of the distances. */
  private final class Squares extends ChannelSums {
    Squares() {
      super(node, pixels, BatchNormStep.this.channels, 0.3);
    }

    @Override
    void add(int at, int n, float[] first, float[] second, int worker) {
      float[] in = scratch.floats(worker, 0, n);
      x.floats().get(at, in, 0, n);
      addSquares(in, means, first, second, n);
    }
  }

  private static void addSquares(
      float[] x, float[] means, float[] squares, float[] distances, int n) {
    for (int i = 0; i < n; i++) {
      float d = x[i] - means[i];
      squares[i] += d * d;
      distances[i] += d;
    }
  }

  /** Distances to the mean, scaled. */
  private final class Scaling extends RangeStep {
    private final Scratch scratch = node.scratch();

    Scaling() {
      super(node.pool(), pixels * channels, means.length, 0.25);
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      float[] in = scratch.floats(worker, 0, means.length);
      for (int at = from; at < to; at += means.length) {
        int n = Math.min(means.length, to - at);
        x.floats().get(at, in, 0, n);
        scale(in, means, factors, offsets, n);
        y.floats().put(at, in, 0, n);
      }
    }
  }

  private static void scale(float[] x, float[] means, float[] factors, float[] offsets, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (x[i] - means[i]) * factors[i] + offsets[i];
    }
  }
}
