package dev.millrace.ops.defs;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import java.util.Arrays;

/**
 * What the attributes of a convolution, or of one of its gradients, say: two- or three-dimensional,
 * depthwise or not, the format of its images and how its windows slide.
 */
public final class ConvSpec {
  private final ImageFormat format;
  private final boolean depthwise;
  private final long[] strides;
  private final long[] dilations;
  private final String padding;
  private final long[] explicit;

  private ConvSpec(int spatial, boolean depthwise, Attrs attrs) {
    int rank = spatial + 2;
    this.depthwise = depthwise;
    format = ImageFormat.of(attrs);
    strides = spatial(attrs, "strides", rank);
    dilations = spatial(attrs, "dilations", rank);
    padding = attrs.getString("padding");
    explicit = explicit(attrs, rank);
  }

  /** The specification of a node of that type. */
  public static ConvSpec of(String opType, Attrs attrs) {
    return new ConvSpec(opType.startsWith("Conv3D") ? 3 : 2, opType.startsWith("Depthwise"), attrs);
  }

  private long[] spatial(Attrs attrs, String name, int rank) {
    long[] ones = new long[rank];
    Arrays.fill(ones, 1);
    long[] all = Windows.positive(attrs, name, rank, ones);
    if (all[0] != 1 || all[format.channelAxis(rank)] != 1) {
      throw new InvalidArgumentException(
          name
              + " must be 1 for batch and channels, which are dimensions 0 and "
              + format.channelAxis(rank)
              + ", but is "
              + Arrays.toString(all));
    }
    return Arrays.copyOfRange(all, format.spatialAxis(0), format.spatialAxis(0) + rank - 2);
  }

  private long[] explicit(Attrs attrs, int rank) {
    long[] all = attrs.has("explicit_paddings") ? attrs.getInts("explicit_paddings") : new long[0];
    if (!padding.equals("EXPLICIT")) {
      if (all.length > 0) {
        throw new InvalidArgumentException(
            "explicit_paddings are for padding EXPLICIT, not for " + padding);
      }
      return null;
    }
    if (all.length != 2 * rank) {
      throw new InvalidArgumentException(
          "explicit_paddings must have "
              + 2 * rank
              + " numbers, two for each dimension, but is "
              + Arrays.toString(all));
    }
    int channels = format.channelAxis(rank);
    if (all[0] != 0 || all[1] != 0 || all[2 * channels] != 0 || all[2 * channels + 1] != 0) {
      throw new InvalidArgumentException(
          "explicit_paddings must be 0 for batch and channels, but is " + Arrays.toString(all));
    }
    for (long p : all) {
      if (p < 0) {
        throw new InvalidArgumentException(
            "explicit_paddings must not be negative, but is " + Arrays.toString(all));
      }
    }
    int first = 2 * format.spatialAxis(0);
    return Arrays.copyOfRange(all, first, first + 2 * (rank - 2));
  }

  /** The rank of images and of filters. */
  public int rank() {
    return strides.length + 2;
  }

  /** Where batch and channels stand in the images; filters always have their channels last. */
  public ImageFormat format() {
    return format;
  }

  /**
   * Whether each input channel has filters of its own: the filter's last two dimensions are then
   * input channels and how many output channels each of them gives.
   */
  public boolean isDepthwise() {
    return depthwise;
  }

  /** How a filter of that shape slides over the spatial dimensions. */
  public Windows windows(Shape filter) {
    long[] sizes = new long[strides.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = filter.dim(i);
    }
    return new Windows(format.spatialAxis(0), sizes, strides, dilations, padding, explicit);
  }

  /** The number of output channels that a filter of that shape gives. */
  private long outputChannels(Shape filter) {
    return depthwise ? Shapes.multiply(filter.dim(-2), filter.dim(-1)) : filter.dim(-1);
  }

  /**
   * In how many groups the channels fall: each takes as many input channels as the filter has, and
   * gives its share of the output channels.
   *
   * @throws InvalidArgumentException if they do not fall into groups
   */
  public long groups(Shape input, Shape filter) {
    long channels = input.dim(format.channelAxis(rank()));
    long own = filter.dim(-2);
    if (depthwise || channels == own || channels == Shape.UNKNOWN || own == Shape.UNKNOWN) {
      if (depthwise && channels != Shape.UNKNOWN && own != Shape.UNKNOWN && channels != own) {
        throw mismatch(input, filter, channels, own);
      }
      return 1;
    }
    if (own == 0 || channels % own != 0) {
      throw mismatch(input, filter, channels, own);
    }
    long groups = channels / own;
    if (groups > 0 && filter.dim(-1) != Shape.UNKNOWN && filter.dim(-1) % groups != 0) {
      throw new InvalidArgumentException(
          "the "
              + filter.dim(-1)
              + " output channels of the filter "
              + filter
              + " must fall into as many groups as the input channels of "
              + input
              + ", "
              + groups);
    }
    return groups;
  }

  private InvalidArgumentException mismatch(Shape input, Shape filter, long channels, long own) {
    return new InvalidArgumentException(
        "the filter "
            + filter
            + " is for "
            + own
            + " channels, its dimension "
            + (rank() - 2)
            + ", but the input "
            + input
            + " has "
            + channels
            + ", its dimension "
            + format.channelAxis(rank()));
  }

  /**
   * The shape of the result of a convolution.
   *
   * @throws InvalidArgumentException if input and filter do not fit, or the filter is larger than
   *     the input
   */
  public Shape output(Shape input, Shape filter) {
    groups(input, filter);
    Windows w = windows(filter);
    long[] spatial = new long[strides.length];
    for (int i = 0; i < spatial.length; i++) {
      spatial[i] = w.outputs(i, input.dim(format.spatialAxis(i)));
    }
    return format.shape(input.dim(0), spatial, outputChannels(filter));
  }

  /**
   * Checks the shape of the result's gradient.
   *
   * @throws InvalidArgumentException if no convolution of such an input and filter has that shape
   */
  public void requireGradient(Shape gradient, Shape input, Shape filter) {
    Shape output = output(input, filter);
    if (!output.isCompatibleWith(gradient)) {
      throw new InvalidArgumentException(
          "out_backprop must have the shape of the result of convolving an input "
              + input
              + " with a filter "
              + filter
              + ", which is "
              + output
              + ", but is "
              + gradient);
    }
  }
}
