package dev.millrace.ops.defs;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import java.util.Arrays;
import java.util.Locale;

/**
 * Windows that slide along dimensions of a tensor, as those of convolutions and of pooling do: how
 * many there are, and where each begins. TensorFlow's rules: {@code VALID} windows lie inside the
 * tensor; with {@code SAME} there is one for each stride begun, and of what has to be padded the
 * odd element goes behind; {@code EXPLICIT} says what to pad.
 */
public final class Windows {
  private final int firstAxis;
  private final long[] sizes;
  private final long[] strides;
  private final long[] dilations;
  private final String padding;
  private final long[] explicit;

  /**
   * Windows along as many dimensions as there are sizes.
   *
   * @param firstAxis the axis of the first of these dimensions in the tensor, for messages
   * @param sizes elements a window takes; {@link Shape#UNKNOWN} where that is not known
   * @param strides from one window's begin to the next one's
   * @param dilations from one element of a window to the next
   * @param padding {@code SAME}, {@code VALID} or {@code EXPLICIT}
   * @param explicit what is padded before and behind every dimension, in turn; null unless EXPLICIT
   */
  Windows(
      int firstAxis,
      long[] sizes,
      long[] strides,
      long[] dilations,
      String padding,
      long[] explicit) {
    this.firstAxis = firstAxis;
    this.sizes = sizes;
    this.strides = strides;
    this.dilations = dilations;
    this.padding = padding;
    this.explicit = explicit;
  }

  /** The number of dimensions along which the windows slide. */
  public int count() {
    return sizes.length;
  }

  /** How many elements a window takes along dimension {@code d}. */
  public int size(int d) {
    return (int) sizes[d];
  }

  /** How far apart windows begin. */
  public int stride(int d) {
    return (int) strides[d];
  }

  /** How far apart a window's elements are. */
  public int dilation(int d) {
    return (int) dilations[d];
  }

  /**
   * How many windows there are along dimension {@code d} of size {@code in}; {@link Shape#UNKNOWN}
   * where that does not follow.
   *
   * @throws InvalidArgumentException if the window is larger than the padded dimension
   */
  public long outputs(int d, long in) {
    if (in == Shape.UNKNOWN) {
      return Shape.UNKNOWN;
    }
    if (padding.equals("SAME")) {
      return (in + strides[d] - 1) / strides[d];
    }
    if (sizes[d] == Shape.UNKNOWN) {
      return Shape.UNKNOWN;
    }
    if (sizes[d] == 1 && strides[d] == 1 && explicit == null) {
      return in; // as along the batch, which may be empty
    }
    long padded = in + (explicit == null ? 0 : explicit[2 * d] + explicit[2 * d + 1]);
    if (reach(d) > padded) {
      throw new InvalidArgumentException(
          String.format(
              Locale.ROOT,
              "a window of %s does not fit into dimension %d of size %d%s; pad more, as with"
                  + " padding SAME, or use a smaller window",
              dilations[d] == 1
                  ? Long.toString(sizes[d])
                  : sizes[d] + " elements, " + dilations[d] + " apart,",
              firstAxis + d,
              in,
              padded == in ? "" : ", " + padded + " with padding"));
    }
    return (padded - reach(d)) / strides[d] + 1;
  }

  /** How many elements are padded before dimension {@code d} of size {@code in}. */
  public int before(int d, long in) {
    if (padding.equals("VALID")) {
      return 0;
    }
    if (explicit != null) {
      return (int) explicit[2 * d];
    }
    long all = (outputs(d, in) - 1) * strides[d] + reach(d) - in;
    return (int) Math.max(0, all / 2);
  }

  /** From a window's first element to its last one, both counted. */
  private long reach(int d) {
    return (sizes[d] - 1) * dilations[d] + 1;
  }

  /**
   * The numbers of a list attribute, of which there must be {@code rank}, all positive.
   *
   * @param fallback where there is no such attribute
   */
  static long[] positive(Attrs attrs, String name, int rank, long[] fallback) {
    return attrs.has(name) ? positive(attrs.getInts(name), name, rank) : fallback;
  }

  /** Checks that there are {@code rank} numbers, all positive. */
  static long[] positive(long[] values, String name, int rank) {
    if (values.length != rank) {
      throw new InvalidArgumentException(
          name
              + " must have "
              + rank
              + " numbers, one for each dimension, but is "
              + Arrays.toString(values));
    }
    for (long v : values) {
      if (v <= 0 || v > Integer.MAX_VALUE) {
        throw new InvalidArgumentException(
            name + " must be positive, but is " + Arrays.toString(values));
      }
    }
    return values;
  }
}
