package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor that is zero outside some slices of its first dimension: the gradient of rows looked up
 * in a table. A row that is listed several times counts several times.
 *
 * @param values shape {@code [n, d1, d2, …]}: the slices
 * @param indices shape {@code [n]}, int32 or int64: the position of each slice in the first
 *     dimension
 * @param denseShape the dense tensor's shape {@code [d0, d1, d2, …]}, as an int32 or int64 vector
 */
public record IndexedSlices(Tensor values, Tensor indices, Tensor denseShape) {
  public IndexedSlices {
    if (!isIndex(indices.dtype()) || !isIndex(denseShape.dtype())) {
      throw new InvalidArgumentException(
          "indices and shape of slices must be int32 or int64, not "
              + indices.dtype()
              + " and "
              + denseShape.dtype());
    }
  }

  private static boolean isIndex(DataType t) {
    return t == DataType.INT32 || t == DataType.INT64;
  }

  /** What is known of the dense tensor's shape. */
  public Shape shape() {
    KnownInts k = denseShape.asOutput().knownInts();
    return k == null ? Shape.unknown() : k.toShape();
  }

  /** The dense tensor: slices of the same row are summed. */
  public Tensor toDense() {
    Ops tf = values.ops();
    Tensor at = indices.expandDims(1);
    return tf.scatterNd(at, values, denseShape.cast(indices.dtype()));
  }

  /**
   * The sum of several gradients of one tensor, none of which is summed yet: their slices one after
   * the other.
   */
  static IndexedSlices sum(List<IndexedSlices> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    Ops tf = parts.get(0).values().ops();
    boolean wide = parts.stream().anyMatch(p -> p.indices().dtype() == DataType.INT64);
    List<Tensor> values = new ArrayList<>();
    List<Tensor> indices = new ArrayList<>();
    for (IndexedSlices p : parts) {
      values.add(p.values());
      indices.add(wide ? p.indices().cast(DataType.INT64) : p.indices());
    }
    return new IndexedSlices(
        tf.concat(values, 0), tf.concat(indices, 0), parts.get(0).denseShape());
  }
}
