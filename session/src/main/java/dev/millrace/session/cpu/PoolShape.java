package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.ops.defs.ImageFormat;
import dev.millrace.ops.defs.PoolSpec;
import dev.millrace.ops.defs.Windows;
import dev.millrace.session.kernel.NodeSpec;
import java.util.Arrays;

/**
 * All sizes of a pooling op whose windows slide over spatial dimensions only. Images are seen as
 * lines along the last spatial dimension, of pixels of several channels side by side; with channels
 * first, every channel is an image of its own with one channel.
 */
final class PoolShape {
  final int images;
  final int channels;

  /** Sizes along the spatial dimensions. */
  final int[] in;

  final int[] out;
  final int[] taps;
  final int[] strides;
  final int[] before;

  /** The number of the last spatial dimension. */
  final int last;

  /** The taps of a window along all spatial dimensions but the last. */
  final int[][] lines;

  private PoolShape(PoolSpec spec, ImageFormat format, Shape input) {
    Shape output = spec.output(input);
    Windows w = spec.windows();
    boolean first = format == ImageFormat.CHANNELS_FIRST;
    int depth = (int) input.dim(format.channelAxis(spec.rank()));
    images = (int) input.dim(0) * (first ? depth : 1);
    channels = first ? 1 : depth;
    int n = spec.rank() - 2;
    last = n - 1;
    in = new int[n];
    out = new int[n];
    taps = new int[n];
    strides = new int[n];
    before = new int[n];
    for (int d = 0; d < n; d++) {
      int axis = format.spatialAxis(d);
      in[d] = (int) input.dim(axis);
      out[d] = (int) output.dim(axis);
      taps[d] = w.size(axis);
      strides[d] = w.stride(axis);
      before[d] = w.before(axis, in[d]);
    }
    lines = new int[ConvShape.product(Arrays.copyOf(taps, last))][last];
    for (int l = 0; l < lines.length; l++) {
      int rest = l;
      for (int d = last - 1; d >= 0; d--) {
        lines[l][d] = rest % taps[d];
        rest /= taps[d];
      }
    }
  }

  /**
   * The sizes of a node; null where windows also slide over channels, or are not known before the
   * run.
   *
   * @param input the shape of what is, or was, pooled
   */
  static PoolShape of(NodeSpec node, Shape input) {
    PoolSpec spec;
    if (node.attrs().has("ksize")) {
      spec = PoolSpec.of(node.opType(), node.attrs());
    } else {
      int at = node.inputCount() - 2;
      if (node.constant(at) == null || node.constant(at + 1) == null) {
        return null;
      }
      spec =
          PoolSpec.of(
              node.opType(),
              node.attrs(),
              node.constant(at).toLongs(),
              node.constant(at + 1).toLongs());
    }
    ImageFormat format = ImageFormat.of(node.attrs());
    int axis = format.channelAxis(spec.rank());
    if (spec.windows().size(axis) != 1 || spec.windows().stride(axis) != 1) {
      return null;
    }
    return new PoolShape(spec, format, input);
  }

  /** The elements of a line of an input image. */
  int inLine() {
    return in[last] * channels;
  }

  /** The elements of a line of an output image. */
  int outLine() {
    return out[last] * channels;
  }

  /** The lines of an input image. */
  int inLines() {
    return ConvShape.product(Arrays.copyOf(in, last));
  }

  /** The lines of an output image. */
  int outLines() {
    return ConvShape.product(Arrays.copyOf(out, last));
  }

  /**
   * The number, among those of all images, of the input line that line {@code l} of the windows of
   * an output line lies on; -1 where that is padding.
   *
   * @param line the number of the output line among those of all images
   */
  int inputLine(int line, int l) {
    int rest = line;
    int index = 0;
    int size = 1;
    for (int d = last - 1; d >= 0; d--) {
      int i = rest % out[d] * strides[d] - before[d] + lines[l][d];
      if (i < 0 || i >= in[d]) {
        return -1;
      }
      index += i * size;
      size *= in[d];
      rest /= out[d];
    }
    return rest * size + index;
  }

  /** The first tap of window {@code o} along the last dimension that is no padding. */
  int firstTap(int o) {
    return Math.max(0, before[last] - o * strides[last]);
  }

  /** The end of the taps of window {@code o} along the last dimension that are no padding. */
  int endTap(int o) {
    return Math.min(taps[last], in[last] + before[last] - o * strides[last]);
  }

  /** The input pixel along the last dimension under tap {@code t} of window {@code o}. */
  int pixel(int o, int t) {
    return o * strides[last] - before[last] + t;
  }
}
