package dev.millrace.ops;

import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import java.util.List;
import java.util.Objects;

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

  /** {@code scale1 · Σ|w| + scale2 · Σw² / 2}; a scale of 0 leaves its part out. */
  public static Regularizer l1L2(double scale1, double scale2) {
    return sum("l1_l2_regularizer", List.of(l1(scale1), l2(scale2)));
  }

  /** The sum of several; of those that make no loss, none. */
  public static Regularizer sum(List<Regularizer> regularizers) {
    return sum("sum_regularizer", regularizers);
  }

  private static Regularizer sum(String name, List<Regularizer> regularizers) {
    List<Regularizer> all = List.copyOf(regularizers);
    return (tf, w) -> {
      try (Scope s = tf.scope(name)) {
        List<Tensor> losses =
            all.stream().map(r -> r.loss(tf, w)).filter(Objects::nonNull).toList();
        return losses.isEmpty() ? null : tf.addN(losses);
      }
    };
  }

  /** No loss: ends a scope's regularizer for one variable or for the scopes inside. */
  public static Regularizer none() {
    return (tf, w) -> null;
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
