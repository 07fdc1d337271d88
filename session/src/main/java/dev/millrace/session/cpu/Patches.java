package dev.millrace.session.cpu;

import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The patches of an image, channels last, that the windows of a convolution lie on: copied to the
 * rows of a matrix, with zeros where they reach over the image's edge, or added to the image from
 * there. Used by one thread at a time.
 */
final class Patches {
  private static final byte[] ZEROS = new byte[8192];

  private final ConvShape shape;
  private final boolean isDouble;
  private final int elementSize;
  private final Scratch scratch;
  private final int worker;
  private final int last;

  /** The taps along all spatial dimensions but the last. */
  private final int[][] lines;

  private final int[] pixel;

  Patches(ConvShape shape, boolean isDouble, Scratch scratch, int worker) {
    this.shape = shape;
    this.isDouble = isDouble;
    this.elementSize = isDouble ? Double.BYTES : Float.BYTES;
    this.scratch = scratch;
    this.worker = worker;
    last = shape.taps.length - 1;
    pixel = new int[shape.taps.length];
    lines = new int[ConvShape.product(Arrays.copyOf(shape.taps, last))][last];
    for (int l = 0; l < lines.length; l++) {
      int rest = l;
      for (int d = last - 1; d >= 0; d--) {
        lines[l][d] = rest % shape.taps[d];
        rest /= shape.taps[d];
      }
    }
  }

  /**
   * Moves the patches of output pixels {@code from} and on, {@code n} of them, of image number
   * {@code image}.
   *
   * @param toRows whether to copy from the image to the rows; else the rows are added to the image
   */
  void move(Region images, int image, int from, int n, Region rows, boolean toRows) {
    int line = shape.taps[last] * shape.inChannels;
    int to = 0;
    for (int p = from; p < from + n; p++) {
      locate(p);
      for (int[] taps : lines) {
        int row = inputRow(taps, image);
        if (row >= 0) {
          moveLine(images, row, rows, to, toRows);
        } else if (toRows) {
          zero(rows, to, line);
        }
        to += line;
      }
    }
  }

  /** The coordinates of output pixel {@code p}. */
  private void locate(int p) {
    int rest = p;
    for (int d = last; d >= 0; d--) {
      pixel[d] = rest % shape.out[d];
      rest /= shape.out[d];
    }
  }

  /** The number of the row of the images on which these taps of the window fall; -1 for none. */
  private int inputRow(int[] taps, int image) {
    int row = image;
    for (int d = 0; d < last; d++) {
      int i = pixel[d] * shape.strides[d] - shape.before[d] + taps[d] * shape.dilations[d];
      if (i < 0 || i >= shape.in[d]) {
        return -1;
      }
      row = row * shape.in[d] + i;
    }
    return row;
  }

  /** A line of taps, along the last dimension. */
  private void moveLine(Region images, int row, Region rows, int to, boolean toRows) {
    int channels = shape.inChannels;
    int width = shape.in[last];
    int taps = shape.taps[last];
    int dilation = shape.dilations[last];
    int first = pixel[last] * shape.strides[last] - shape.before[last];
    if (dilation == 1) {
      int low = Math.min(taps, Math.max(0, -first));
      int high = Math.max(low, Math.min(taps, width - first));
      if (toRows) {
        zero(rows, to, low * channels);
        zero(rows, to + high * channels, (taps - high) * channels);
      }
      int at = (row * width + first + low) * channels;
      run(images, at, rows, to + low * channels, (high - low) * channels, toRows);
      return;
    }
    for (int t = 0; t < taps; t++) {
      int i = first + t * dilation;
      if (i >= 0 && i < width) {
        run(images, (row * width + i) * channels, rows, to + t * channels, channels, toRows);
      } else if (toRows) {
        zero(rows, to + t * channels, channels);
      }
    }
  }

  private void zero(Region r, int from, int n) {
    ByteBuffer b = r.bytes();
    int end = (from + n) * elementSize;
    for (int at = from * elementSize; at < end; at += ZEROS.length) {
      b.put(at, ZEROS, 0, Math.min(ZEROS.length, end - at));
    }
  }

  private void run(Region images, int at, Region rows, int to, int n, boolean toRows) {
    if (toRows) {
      rows.bytes().put(to * elementSize, images.bytes(), at * elementSize, n * elementSize);
    } else if (isDouble) {
      double[] x = scratch.doubles(worker, 0, n);
      double[] y = scratch.doubles(worker, 1, n);
      DoubleBuffer image = images.doubles();
      rows.doubles().get(to, x, 0, n);
      image.get(at, y, 0, n);
      for (int i = 0; i < n; i++) {
        y[i] += x[i];
      }
      image.put(at, y, 0, n);
    } else {
      float[] x = scratch.floats(worker, 0, n);
      float[] y = scratch.floats(worker, 1, n);
      FloatBuffer image = images.floats();
      rows.floats().get(to, x, 0, n);
      image.get(at, y, 0, n);
      for (int i = 0; i < n; i++) {
        y[i] += x[i];
      }
      image.put(at, y, 0, n);
    }
  }
}
