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
      float[] in = scratch.floats(worker, 0, n * channels);
      x.floats().get(at * channels, in, 0, n * channels);
      for (int i = 0; i < n; i++) {
        AveragePoolStep.add(in, i * channels, first, 0, channels);
      }
    }
  }

  /** The sums of the squares of the distances to the mean, and of the distances. */
  private final class Squares extends ChannelSums {
    Squares() {
      super(node, pixels, BatchNormStep.this.channels, 0.3);
    }

    @Override
    void add(int at, int n, float[] first, float[] second, int worker) {
      float[] in = scratch.floats(worker, 0, n * channels);
      x.floats().get(at * channels, in, 0, n * channels);
      for (int i = 0; i < n; i++) {
        addSquares(in, i * channels, mean, first, second, channels);
      }
    }
  }

  private static void addSquares(
      float[] x, int at, float[] mean, float[] squares, float[] distances, int n) {
    for (int c = 0; c < n; c++) {
      float d = x[at + c] - mean[c];
      squares[c] += d * d;
      distances[c] += d;
    }
  }

  /** Distances to the mean, scaled. */
  private final class Scaling extends RangeStep {
    private final Scratch scratch = node.scratch();
    private final int block = Math.max(1, Scratch.BLOCK / channels);

    Scaling() {
      super(node.pool(), pixels, 1, 0.25 * channels);
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      float[] in = scratch.floats(worker, 0, block * channels);
      for (int at = from; at < to; at += block) {
        int n = Math.min(block, to - at);
        x.floats().get(at * channels, in, 0, n * channels);
        for (int i = 0; i < n; i++) {
          scale(in, i * channels, mean, factor, offset, channels);
        }
        y.floats().put(at * channels, in, 0, n * channels);
      }
    }
  }

  private static void scale(
      float[] x, int at, float[] mean, float[] factor, float[] offset, int n) {
    for (int c = 0; c < n; c++) {
      x[at + c] = (x[at + c] - mean[c]) * factor[c] + offset[c];
    }
  }
}
