package dev.millrace.session.reference;

import com.google.protobuf.ByteString;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.Summary;
import dev.millrace.session.summary.Png;
import java.util.function.DoubleUnaryOperator;

/** Summaries of pictures. */
final class ImageSummaries {
  private static final int MAX_BYTE = 255;
  private static final int MIDDLE = 128;

  /** What is less than this counts as nothing. */
  private static final float ZERO = 1e-6f;

  private final TensorValue images;
  private final byte[] bad;
  private final int height;
  private final int width;
  private final int depth;

  private ImageSummaries(KernelContext c) {
    images = Dims.requireRank(c.input(1), 4, "the pictures");
    height = (int) images.shape().dim(1);
    width = (int) images.shape().dim(2);
    depth = (int) images.shape().dim(3);
    if (depth != 1 && depth != 3 && depth != 4) {
      throw new InvalidArgumentException(
          "pictures have 1, 3 or 4 channels, the last dimension, not " + depth);
    }
    TensorValue color = c.attrs().getTensor("bad_color");
    if (color.shape().rank() != 1 || color.size() < depth) {
      throw new InvalidArgumentException(
          "bad_color must have a number for each of " + depth + " channels, not " + color);
    }
    bad = color.bytes();
  }

  static void compute(KernelContext c) {
    ImageSummaries s = new ImageSummaries(c);
    String tag = SummaryKernels.tag(c);
    long max = c.attrs().getInt("max_images");
    int n = (int) Math.min(max, s.images.shape().dim(0));
    Summary.Builder all = Summary.newBuilder();
    for (int i = 0; i < n; i++) {
      byte[] pixels = SummaryKernels.isBytes(s.images) ? s.bytes(i) : s.normalized(i);
      Summary.Value.Builder v = all.addValueBuilder();
      v.setTag(max > 1 ? tag + "/image/" + i : tag + "/image");
      v.getImageBuilder()
          .setHeight(s.height)
          .setWidth(s.width)
          .setColorspace(s.depth)
          .setEncodedImageString(
              ByteString.copyFrom(Png.encode(s.height, s.width, s.depth, pixels, 0)));
    }
    SummaryKernels.output(c, all.build());
  }

  private int size() {
    return height * width * depth;
  }

  private byte[] bytes(int image) {
    byte[] r = new byte[size()];
    System.arraycopy(images.bytes(), image * size(), r, 0, r.length);
    return r;
  }

  private boolean isFinite(int pixel) {
    for (int d = 0; d < depth; d++) {
      if (!Double.isFinite(images.getDouble(pixel + d))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Numbers to bytes: those of a picture without negative ones up to 255 for the greatest, others
   * around 128; pixels that are no numbers get the colour for those.
   */
  private byte[] normalized(int image) {
    int from = image * size();
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int p = from; p < from + size(); p += depth) {
      for (int d = 0; d < depth && isFinite(p); d++) {
        min = Math.min(min, (float) images.getDouble(p + d));
        max = Math.max(max, (float) images.getDouble(p + d));
      }
    }
    float scale;
    float offset;
    if (min < 0) {
      float most = Math.max(Math.abs(min), Math.abs(max));
      scale = most < ZERO ? 0 : (MIDDLE - 1) / most;
      offset = MIDDLE;
    } else {
      scale = max < ZERO ? 0 : MAX_BYTE / max;
      offset = 0;
    }
    byte[] r = new byte[size()];
    for (int p = 0; p < r.length; p += depth) {
      boolean good = isFinite(from + p);
      for (int d = 0; d < depth; d++) {
        r[p + d] = good ? scaled(images.getDouble(from + p + d), scale, offset) : bad[d];
      }
    }
    return r;
  }

  /** Every step is rounded to the dtype. */
  private byte scaled(double x, float scale, float offset) {
    DoubleUnaryOperator round = Result.rounding(images.dtype());
    double product = round.applyAsDouble(x * round.applyAsDouble(scale));
    return (byte) (int) round.applyAsDouble(product + offset);
  }
}
