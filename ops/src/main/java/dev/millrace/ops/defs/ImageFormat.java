package dev.millrace.ops.defs;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.Shape;
import dev.millrace.graph.UnimplementedException;

/**
 * Where batch, channels and spatial dimensions stand in a batch of images or volumes: channels last
 * ({@code NHWC}, {@code NDHWC}) or first ({@code NCHW}, {@code NCDHW}).
 */
public enum ImageFormat {
  CHANNELS_LAST,
  CHANNELS_FIRST;

  /** As the attribute {@code data_format} says; channels last where there is none. */
  public static ImageFormat of(Attrs attrs) {
    String format = attrs.has("data_format") ? attrs.getString("data_format") : "NHWC";
    if (format.equals("NCHW_VECT_C")) {
      throw new UnimplementedException(
          "data_format NCHW_VECT_C, channels in packs of four, is for quantized numbers on a GPU;"
              + " use NHWC or NCHW");
    }
    return format.startsWith("NC") ? CHANNELS_FIRST : CHANNELS_LAST;
  }

  /** The axis of the channels. */
  public int channelAxis(int rank) {
    return this == CHANNELS_FIRST ? 1 : rank - 1;
  }

  /** The axis of spatial dimension {@code i}. */
  public int spatialAxis(int i) {
    return this == CHANNELS_FIRST ? i + 2 : i + 1;
  }

  /** A shape from its parts. */
  public Shape shape(long batch, long[] spatial, long channels) {
    int rank = spatial.length + 2;
    long[] dims = new long[rank];
    dims[0] = batch;
    dims[channelAxis(rank)] = channels;
    for (int i = 0; i < spatial.length; i++) {
      dims[spatialAxis(i)] = spatial[i];
    }
    return Shape.of(dims);
  }
}
