package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import java.util.Arrays;

/**
 * Sums over the pixels of a batch of images, two for every channel. Each chunk of pixels has sums
 * of its own, which are added in their order, so that the result does not depend on the threads.
 */
abstract class ChannelSums extends RangeStep {
  final int channels;

  /** The pixels that are handled together. */
  final int block;

  final Scratch scratch;
  private final double[][] parts;

  /** The sums, the first of all channels and then the second. */
  final double[] sums;

  ChannelSums(BindContext node, int pixels, int channels, double nsPerElement) {
    super(node.pool(), pixels, 1, nsPerElement * channels);
    this.channels = channels;
    this.block = Math.max(1, Scratch.BLOCK / channels);
    this.scratch = node.scratch();
    this.parts = new double[chunkCount()][2 * channels];
    this.sums = new double[2 * channels];
  }

  @Override
  public final void run() {
    super.run();
    Arrays.fill(sums, 0);
    for (double[] part : parts) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += part[i];
      }
    }
  }

  @Override
  final void range(int from, int to, int chunk, int worker) {
    double[] part = parts[chunk];
    Arrays.fill(part, 0);
    float[] a = scratch.floats(worker, 6, channels);
    float[] b = scratch.floats(worker, 7, channels);
    for (int at = from; at < to; at += block) {
      int n = Math.min(block, to - at);
      Arrays.fill(a, 0, channels, 0f);
      Arrays.fill(b, 0, channels, 0f);
      add(at, n, a, b, worker);
      for (int c = 0; c < channels; c++) {
        part[c] += a[c];
        part[channels + c] += b[c];
      }
    }
  }

  /** Adds what {@code n} pixels from {@code at} on give to the sums of a block. */
  abstract void add(int at, int n, float[] first, float[] second, int worker);
}
