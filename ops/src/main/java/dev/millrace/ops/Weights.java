package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.List;

/**
 * The weights of losses and metrics: a scalar, or of the values' rank with each size 1 or the
 * values'. Broadcasting at large is refused, since weights of shape [batch] beside values [batch,
 * 1] would quietly give a [batch, batch] matrix.
 */
final class Weights {
  private Weights() {}

  /**
   * Checks that {@code weights} may weigh {@code values}: at once where the shapes are known, else
   * by the operation that is given.
   */
  static Operation check(Ops tf, Output weights, Output values) {
    try (Scope s = tf.scope("assert_broadcastable")) {
      Shape w = weights.shape();
      Shape v = values.shape();
      if (w.rank() == 0) {
        return tf.noOp("static_scalar_check_success");
      }
      checkStatic(w, v);
      return w.isFullyDefined() && v.isFullyDefined()
          ? tf.noOp("static_dims_check_success")
          : checkWhenRun(tf, weights, values);
    }
  }

  private static void checkStatic(Shape w, Shape v) {
    boolean fits = !w.hasRank() || !v.hasRank() || w.rank() == v.rank();
    for (int i = 0; fits && w.hasRank() && i < w.rank(); i++) {
      long n = v.hasRank() ? v.dim(i) : Shape.UNKNOWN;
      long m = w.dim(i);
      fits = m == 1 || m == n || m == Shape.UNKNOWN || n == Shape.UNKNOWN;
    }
    if (!fits) {
      throw GraphApi.error(
          "weights of shape "
              + w
              + " cannot weigh values of shape "
              + v
              + ": give a scalar, or as many dimensions, each of size 1 or the values'; a reshape"
              + " or expandDims brings them there");
    }
  }

  private static Operation checkWhenRun(Ops tf, Output weights, Output values) {
    Tensor w = tf.shapeTensor(weights);
    Tensor v = tf.shapeTensor(values);
    Tensor rank = tf.sizeTensor(w);
    Tensor values1 = tf.sizeTensor(v);
    // Brought to the values' rank by ones, so that the sizes can be compared in any case.
    Tensor ones = tf.fill(tf.expandDims(values1, 0), 1);
    Tensor padded = tf.slice(tf.concat(0, w, ones), List.of(0), List.of(values1));
    Tensor fits = tf.reduceAll(tf.logicalOr(tf.equal(padded, v), tf.equal(padded, 1)));
    Tensor sameRank = tf.logicalOr(tf.equal(rank, 0), tf.equal(rank, values1));
    return tf.assertTrue(
        tf.logicalAnd(sameRank, fits),
        "weights can not be broadcast to values. weights.shape=",
        weights.name(),
        w,
        "values.shape=",
        values.name(),
        v);
  }

  /** The weights in the values' shape. */
  static Tensor broadcast(Ops tf, Output weights, Operand values) {
    Output v = values.asOutput();
    try (Scope s = tf.scope("broadcast_weights")) {
      Shape w = weights.shape();
      if (w.isFullyDefined() && v.shape().isFullyDefined() && w.equals(v.shape())) {
        return tf.tensor(weights);
      }
      try (Scope c = tf.controlDependencies(check(tf, weights, v))) {
        return tf.node("Mul", s.name(), weights, tf.cast(tf.onesLike(v), weights.dtype()));
      }
    }
  }

  /** 1 for each value whose weight is not 0, of the values' shape, float32. */
  static Tensor present(Ops tf, Output weights, Operand values) {
    Tensor w = tf.cast(weights, DataType.FLOAT32);
    Tensor some = tf.where(tf.equal(w, 0), tf.zerosLike(w), tf.onesLike(w));
    return broadcast(tf, some.asOutput(), values);
  }
}
