package dev.millrace.ops.defs;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.UnimplementedException;
import java.util.Arrays;

/** How the windows of a pooling op slide, along every dimension of its input. */
public final class PoolSpec {
  private final int rank;
  private final Windows windows;

  private PoolSpec(Attrs attrs, long[] sizes, long[] strides, int rank) {
    this.rank = rank;
    ImageFormat.of(attrs);
    Windows.positive(sizes, "ksize", rank);
    Windows.positive(strides, "strides", rank);
    if (sizes[0] != 1 || strides[0] != 1) {
      throw new UnimplementedException(
          "pooling over the batch, dimension 0, is not supported: ksize is "
              + Arrays.toString(sizes)
              + ", strides are "
              + Arrays.toString(strides));
    }
    long[] ones = new long[rank];
    Arrays.fill(ones, 1);
    windows = new Windows(0, sizes, strides, ones, attrs.getString("padding"), null);
  }

  /** The specification of a node of that type with attributes {@code ksize} and {@code strides}. */
  public static PoolSpec of(String opType, Attrs attrs) {
    return new PoolSpec(attrs, attrs.getInts("ksize"), attrs.getInts("strides"), rank(opType));
  }

  /** The specification of a node that takes its window sizes and strides as inputs. */
  public static PoolSpec of(String opType, Attrs attrs, long[] sizes, long[] strides) {
    return new PoolSpec(attrs, sizes, strides, rank(opType));
  }

  /** The rank of the input of that type of op. */
  static int rank(String opType) {
    return opType.contains("3D") ? 5 : 4;
  }

  /** The rank of the input. */
  public int rank() {
    return rank;
  }

  /** The windows along all dimensions. */
  public Windows windows() {
    return windows;
  }

  /**
   * The shape of the result.
   *
   * @throws InvalidArgumentException if a window is larger than the input
   */
  public Shape output(Shape input) {
    if (input.hasRank() && input.rank() != rank) {
      throw new InvalidArgumentException(
          "the input must be of rank " + rank + ", but its shape is " + input);
    }
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = windows.outputs(i, input.dim(i));
    }
    return Shape.of(dims);
  }

  /**
   * Checks a tensor that must have the result's shape.
   *
   * @param what names it in the error
   */
  public Shape requireOutput(Shape given, Shape input, String what) {
    Shape output = output(input);
    if (!output.isCompatibleWith(given)) {
      throw new InvalidArgumentException(
          what
              + " must have the shape of what pooling an input "
              + input
              + " gives, "
              + output
              + ", but is "
              + given);
    }
    return output.merge(given);
  }
}
