package dev.millrace.autodiff;

import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * The gradient of a {@code GatherV2} along any axis and with batch dimensions. The table is seen as
 * four-dimensional, {@code [batch, outer, axis, inner]}; the batch goes into the index, and the
 * slices are scattered.
 */
final class AxisGather {
  private static final int[] SWAP_MIDDLE = {0, 2, 1, 3};

  private final Ops tf;
  private final Tensor gradient;
  private final Tensor indices;
  private final Tensor shape; // the table's
  private final Tensor batch;
  private final Tensor outer;
  private final Tensor size; // along the axis
  private final Tensor inner;

  /**
   * @param shape the table's
   * @param axis a scalar, from the end when negative
   */
  AxisGather(GradientContext c, Tensor shape, Tensor axis, long batchDims) {
    this.tf = c.tf();
    this.gradient = c.grad();
    this.indices = c.y();
    this.shape = shape;
    Tensor rank = shape.sizeTensor();
    Tensor at = axis.cast(rank.dtype()).mod(rank).reshape(1);
    // Negative batch dimensions count from the end of the indices' shape.
    Tensor batches =
        (batchDims < 0 ? indices.rankTensor().add((int) batchDims) : tf.constant((int) batchDims))
            .reshape(1);
    Tensor next = at.add(1);
    batch = product(tf.constant(new int[] {0}), batches);
    outer = product(batches, at.sub(batches));
    size = Build.op(tf, "Slice", shape, at, tf.constant(new int[] {1})).reshape(Shape.scalar());
    inner = product(next, tf.constant(new int[] {-1}));
  }

  /** The product of {@code count} of the table's sizes, or of all that follow if that is -1. */
  private Tensor product(Tensor from, Tensor count) {
    return Build.op(tf, "Slice", shape, from, count).reduceProd();
  }

  Tensor gradient() {
    Tensor one = tf.constant(1);
    Tensor looked = indices.sizeTensor().floorDiv(batch.maximum(one));
    Tensor slices = reshape(gradient, batch, outer, looked, inner).transpose(SWAP_MIDDLE);
    Tensor rows = reshape(slices, batch.mul(looked), outer, inner);
    Tensor sum = tf.scatterNd(positions(looked), rows, pack(batch.mul(size), outer, inner));
    return reshape(sum, batch, size, outer, inner).transpose(SWAP_MIDDLE).reshape(shape);
  }

  /** Where each slice belongs when batch and axis are one dimension, as a column of int32. */
  private Tensor positions(Tensor looked) {
    Tensor first = tf.range(batch).mul(size).expandDims(1);
    Tensor byBatch = reshape(indices.cast(first.dtype()), batch, looked);
    return byBatch.add(first).reshape(-1, 1);
  }

  private Tensor reshape(Tensor t, Tensor... sizes) {
    return t.reshape(pack(sizes));
  }

  private Tensor pack(Tensor... sizes) {
    return tf.stack(List.of(sizes), 0);
  }
}
