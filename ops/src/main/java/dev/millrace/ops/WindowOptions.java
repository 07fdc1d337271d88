package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.OpBuilder;
import java.util.Arrays;

/**
 * How the windows of a convolution or of pooling slide over the spatial dimensions of images:
 * padding, strides, dilations, and where the channels stand.
 *
 * <pre>{@code
 * tf.conv2d(x, w, WindowOptions.same().strides(2));
 * tf.conv2d(x, w, WindowOptions.padded(1, 1, 2, 2).channelsFirst());
 * tf.maxPool(x, 3, WindowOptions.valid().strides(2, 1));
 * }</pre>
 *
 * <p>Strides and dilations are 1 unless said otherwise; one number is for all spatial dimensions,
 * as many as there are for each its own, and two more for all dimensions, batch and channels
 * included, as TensorFlow takes them. Immutable.
 */
public final class WindowOptions {
  private static final int[] ONE = {1};

  private final String padding;
  private final int[] explicit;
  private final int[] strides;
  private final int[] dilations;
  private final boolean channelsFirst;

  private WindowOptions(
      String padding, int[] explicit, int[] strides, int[] dilations, boolean channelsFirst) {
    this.padding = padding;
    this.explicit = explicit;
    this.strides = strides;
    this.dilations = dilations;
    this.channelsFirst = channelsFirst;
  }

  /**
   * As many windows as strides begin in the image, zeros around it where windows reach out: with a
   * stride of 1 the result is as large as the image.
   */
  public static WindowOptions same() {
    return padding("SAME");
  }

  /** Only windows that lie inside the image. */
  public static WindowOptions valid() {
    return padding("VALID");
  }

  /** {@code SAME} or {@code VALID}. */
  public static WindowOptions padding(String padding) {
    return new WindowOptions(GraphApi.given(padding, "the padding"), null, ONE, ONE, false);
  }

  /**
   * Windows that lie inside the image with that many zeros around it: before and after the first
   * spatial dimension, before and after the second. For {@code conv2d} only.
   */
  public static WindowOptions padded(int... beforeAndAfter) {
    return new WindowOptions(
        "EXPLICIT", GraphApi.given(beforeAndAfter, "the padding").clone(), ONE, ONE, false);
  }

  /** From one window's begin to the next one's. */
  public WindowOptions strides(int... steps) {
    return new WindowOptions(
        padding, explicit, GraphApi.given(steps, "strides").clone(), dilations, channelsFirst);
  }

  /** From one element of a window to the next. For convolutions only. */
  public WindowOptions dilations(int... rates) {
    return new WindowOptions(
        padding, explicit, strides, GraphApi.given(rates, "dilations").clone(), channelsFirst);
  }

  /** Channels are the second dimension, as in {@code NCHW}, not the last one. */
  public WindowOptions channelsFirst() {
    return new WindowOptions(padding, explicit, strides, dilations, true);
  }

  boolean isChannelsFirst() {
    return channelsFirst;
  }

  boolean isDilated() {
    return Arrays.stream(dilations).anyMatch(d -> d != 1);
  }

  /** The same with one more spatial dimension before the others, along which nothing slides. */
  WindowOptions withRow() {
    if (explicit != null) {
      throw GraphApi.error("explicit padding is for images; pad the sequence with tf.pad");
    }
    return new WindowOptions(padding, null, pair(strides), pair(dilations), channelsFirst);
  }

  private static int[] pair(int[] one) {
    if (one.length != 1) {
      throw GraphApi.error(
          "a sequence has one stride and one dilation, not " + Arrays.toString(one));
    }
    return new int[] {1, one[0]};
  }

  /** Sets a node's strides, padding, and format where it is not the usual one. */
  OpBuilder apply(OpBuilder b, int spatial) {
    b.attr("strides", list(strides, spatial, "strides")).attr("padding", padding);
    if (explicit != null) {
      if (explicit.length != 2 * spatial) {
        throw GraphApi.error(
            "padding takes two numbers for each of the "
                + spatial
                + " spatial dimensions, but is "
                + Arrays.toString(explicit));
      }
      long[] all = new long[2 * spatial + 4];
      for (int i = 0; i < explicit.length; i++) {
        all[i + (channelsFirst ? 4 : 2)] = explicit[i];
      }
      b.attr("explicit_paddings", AttrValue.ofInts(all));
    }
    if (isDilated()) {
      b.attr("dilations", list(dilations, spatial, "dilations"));
    }
    if (channelsFirst) {
      b.attr("data_format", spatial == 3 ? "NCDHW" : "NCHW");
    }
    return b;
  }

  /** Numbers for the spatial dimensions as numbers for all dimensions. */
  AttrValue list(int[] values, int spatial, String what) {
    if (GraphApi.given(values, what).length == spatial + 2) {
      return AttrValue.ofInts(Arrays.stream(values).asLongStream().toArray());
    }
    if (values.length != 1 && values.length != spatial) {
      throw GraphApi.error(
          what
              + " take one number, "
              + spatial
              + " for the spatial dimensions, or "
              + (spatial + 2)
              + " for all, but are "
              + Arrays.toString(values));
    }
    long[] all = new long[spatial + 2];
    Arrays.fill(all, 1);
    for (int i = 0; i < spatial; i++) {
      all[i + (channelsFirst ? 2 : 1)] = values[values.length == 1 ? 0 : i];
    }
    return AttrValue.ofInts(all);
  }
}
