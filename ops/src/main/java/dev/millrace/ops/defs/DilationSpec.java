package dev.millrace.ops.defs;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import java.util.Arrays;

/** What the attributes of a morphological dilation say; images are {@code NHWC}. */
public final class DilationSpec {
  private final long[] strides;
  private final long[] rates;
  private final String padding;

  private DilationSpec(Attrs attrs) {
    strides = spatial(attrs, "strides");
    rates = spatial(attrs, "rates");
    padding = attrs.getString("padding");
  }

  /** The specification of a node with these attributes. */
  public static DilationSpec of(Attrs attrs) {
    return new DilationSpec(attrs);
  }

  private static long[] spatial(Attrs attrs, String name) {
    long[] all = Windows.positive(attrs.getInts(name), name, 4);
    if (all[0] != 1 || all[3] != 1) {
      throw new InvalidArgumentException(
          name + " must be 1 for batch and channels, but is " + Arrays.toString(all));
    }
    return Arrays.copyOfRange(all, 1, 3);
  }

  /** How a filter of shape [height, width, channels] slides over height and width. */
  public Windows windows(Shape filter) {
    return new Windows(1, new long[] {filter.dim(0), filter.dim(1)}, strides, rates, padding, null);
  }

  /**
   * The shape of the result.
   *
   * @throws InvalidArgumentException if input and filter do not fit
   */
  public Shape output(Shape input, Shape filter) {
    Windows w = windows(filter);
    long channels =
        Shapes.mergeDims(input.dim(3), filter.dim(2), "the channels of the input and the filter");
    return Shape.of(input.dim(0), w.outputs(0, input.dim(1)), w.outputs(1, input.dim(2)), channels);
  }
}
