package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.Arrays;

/** Shapes as tensors: constants where they are known. */
final class Shapes {
  private Shapes() {}

  /** The shape of {@code t} as an int32 vector: a constant if it is fully known. */
  static Tensor of(Tensor t) {
    return t.shape().isFullyDefined() ? constant(t.ops(), t.shape()) : t.shapeTensor();
  }

  /** A fully known shape as an int32 vector. */
  static Tensor constant(Ops tf, Shape s) {
    return ints(tf, s.dims());
  }

  /** A vector constant: int32, or int64 where a value needs it. */
  static Tensor ints(Ops tf, long... values) {
    boolean fits = Arrays.stream(values).allMatch(v -> v == (int) v);
    return tf.constant(values, fits ? DataType.INT32 : DataType.INT64);
  }

  /** {@code t} in the shape of {@code like}: itself where the shapes are known to be equal. */
  static Tensor reshapeLike(Tensor t, Tensor like) {
    return t.shape().isFullyDefined() && t.shape().equals(like.shape()) ? t : t.reshape(of(like));
  }
}
