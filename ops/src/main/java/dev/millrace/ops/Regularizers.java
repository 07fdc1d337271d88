package dev.millrace.ops;

import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;

/** TensorFlow's regularizers (tf.contrib.layers). A scale of 0 makes no loss. */
public final class Regularizers {
  private Regularizers() {}

  /** {@code scale · Σ|w|}. */
  public static Regularizer l1(double scale) {
    check(scale);
    return (tf, w) -> scaled(tf, w, scale, "l1_regularizer");
  }

  /** {@code scale · Σw² / 2}. */
  public static Regularizer l2(double scale) {
    check(scale);
    return (tf, w) -> scaled(tf, w, scale, "l2_regularizer");
  }

  private static Tensor scaled(Ops tf, Tensor w, double scale, String name) {
    if (scale == 0) {
      return null;
    }
    try (Scope s = tf.scope(name)) {
      Output factor = tf.convert(scale, w.dtype(), "scale");
      Tensor size = name.startsWith("l1") ? tf.reduceSum(tf.abs(w)) : tf.l2Loss(w);
      return tf.node("Mul", s.name(), factor, size);
    }
  }

  private static void check(double scale) {
    if (!(scale >= 0)) {
      throw GraphApi.error("a regularizer's scale must be 0 or above, not " + scale);
    }
  }
}
