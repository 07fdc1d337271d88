package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import java.util.Arrays;

/** TensorFlow's partitioners. */
public final class Partitioners {
  /** What a string counts as, in bytes. */
  private static final int STRING_BYTES = 16;

  private Partitioners() {}

  /** {@code parts} parts along {@code axis}, or as many as it has elements if these are fewer. */
  public static Partitioner fixedSize(int parts, int axis) {
    positive(parts, "the number of parts");
    return (shape, dtype) -> along(axis, shape, parts);
  }

  /** {@link #fixedSize(int, int)} along the first axis. */
  public static Partitioner fixedSize(int parts) {
    return fixedSize(parts, 0);
  }

  /**
   * Parts along {@code axis} of at most {@code maxBytes} each, if one slice of the axis takes no
   * more.
   */
  public static Partitioner axisSize(long maxBytes, int axis) {
    return axisSize(maxBytes, axis, Integer.MAX_VALUE);
  }

  /** As {@link #axisSize(long, int)}, but at most {@code maxParts}, which may then be larger. */
  public static Partitioner axisSize(long maxBytes, int axis, int maxParts) {
    positive(maxBytes, "the greatest size of a part");
    positive(maxParts, "the greatest number of parts");
    return (shape, dtype) -> {
      long slices = size(shape, axis);
      double bytesPerSlice = bytes(shape, dtype) / slices;
      double slicesPerPart = Math.max(1, Math.floor(maxBytes / bytesPerSlice));
      return along(axis, shape, (long) Math.min(maxParts, Math.ceil(slices / slicesPerPart)));
    };
  }

  /**
   * At most {@code maxParts} parts along {@code axis}, and no more than leave each at least {@code
   * minBytes}; TensorFlow takes 256 KiB.
   */
  public static Partitioner minMax(int maxParts, int axis, long minBytes) {
    positive(maxParts, "the greatest number of parts");
    positive(minBytes, "the least size of a part");
    return (shape, dtype) -> {
      double wanted = Math.ceil(bytes(shape, dtype) / minBytes);
      return along(axis, shape, (long) Math.max(1, Math.min(maxParts, wanted)));
    };
  }

  /** {@link #minMax(int, int, long)} along the first axis, of 256 KiB or more. */
  public static Partitioner minMax(int maxParts) {
    return minMax(maxParts, 0, 256 << 10);
  }

  private static double bytes(Shape shape, DataType dtype) {
    return (double) shape.numElements() * (dtype == DataType.STRING ? STRING_BYTES : dtype.size());
  }

  private static long size(Shape shape, int axis) {
    if (axis < 0 || axis >= shape.rank()) {
      throw GraphApi.error(
          "a variable of shape " + shape + " has no axis " + axis + " to be cut along");
    }
    return shape.dim(axis);
  }

  /** Never more parts than the axis has elements, nor fewer than one. */
  private static int[] along(int axis, Shape shape, long parts) {
    long size = size(shape, axis);
    int[] r = new int[shape.rank()];
    Arrays.fill(r, 1);
    r[axis] = (int) Math.max(1, Math.min(parts, size));
    return r;
  }

  private static void positive(long x, String what) {
    if (x < 1) {
      throw GraphApi.error(what + " must be 1 or above, not " + x);
    }
  }
}
