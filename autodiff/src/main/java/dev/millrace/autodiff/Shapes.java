package dev.millrace.autodiff;

import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

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

  /** An int32 vector constant. */
  static Tensor ints(Ops tf, long... values) {
    int[] v = new int[values.length];
    for (int i = 0; i < v.length; i++) {
      v[i] = Math.toIntExact(values[i]);
    }
    return tf.constant(v);
  }

  /** {@code t} in the shape of {@code like}: itself where the shapes are known to be equal. */
  static Tensor reshapeLike(Tensor t, Tensor like) {
    return t.shape().isFullyDefined() && t.shape().equals(like.shape()) ? t : t.reshape(of(like));
  }
}
