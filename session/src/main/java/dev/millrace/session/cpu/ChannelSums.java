package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import java.util.Arrays;

/**
 * Sums over the pixels of a batch of images, two for every channel. Each chunk of pixels has sums
 * of its own, which are added in their order, so that the result does not depend on the threads;
 * and in a chunk, blocks of pixels are added element by element before their channels are.
 */
abstract class ChannelSums extends RangeStep {
  /** Blocks that are added in single precision. */
  private static final int BLOCKS = 64;

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
    this.block = block(channels);
    this.scratch = node.scratch();
    this.parts = new double[chunkCount()][2 * channels];
    this.sums = new double[2 * channels];
  }

  /** How many pixels of so many channels make a block. */
  static int block(int channels) {
    return Math.max(1, Scratch.BLOCK / channels);
  }

  /** A number for each channel, repeated for the pixels of a block. */
  static void repeat(float[] perChannel, float[] block) {
    for (int at = 0; at < block.length; at += perChannel.length) {
      System.arraycopy(perChannel, 0, block, at, perChannel.length);
    }
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
    int size = block * channels;
    float[] a = scratch.floats(worker, 6, size);
    float[] b = scratch.floats(worker, 7, size);
    for (int at = from; at < to; at += BLOCKS * block) {
      Arrays.fill(a, 0, size, 0f);
      Arrays.fill(b, 0, size, 0f);
      int end = Math.min(to, at + BLOCKS * block);
      for (int p = at; p < end; p += block) {
        add(p * channels, Math.min(block, end - p) * channels, a, b, worker);
      }
      for (int i = 0; i < size; i++) {
        part[i % channels] += a[i];
        part[channels + i % channels] += b[i];
      }
    }
  }

  /** Adds what {@code n} elements from {@code at} on, a block, give to two blocks of sums. */
  abstract void add(int at, int n, float[] first, float[] second, int worker);
}
