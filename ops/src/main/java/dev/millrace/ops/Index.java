package dev.millrace.ops;

import dev.millrace.graph.Operand;

/**
 * What to take of one dimension when a tensor is indexed, as between Python's brackets:
 *
 * <pre>{@code
 * x.slice(Index.at(0), Index.range(1, 3), Index.all())     // x[0, 1:3, :]
 * x.slice(Index.ellipsis(), Index.at(-1))                  // x[..., -1]
 * x.slice(Index.newAxis(), Index.from(n))                  // x[tf.newaxis, n:], n a tensor
 * }</pre>
 *
 * <p>Positions are whole numbers or scalar integer tensors and count from the end when negative. A
 * range may reach beyond the dimension and is cut off; a single position may not. Dimensions after
 * the last index are taken whole.
 */
public sealed interface Index {
  /** One position; the dimension goes away. */
  record At(Object position) implements Index {
    public At {
      check(position);
    }
  }

  /**
   * Positions from {@code from} (inclusive) to {@code to} (exclusive) by {@code step}; null bounds
   * are the dimension's ends.
   */
  record Range(Object from, Object to, Object step) implements Index {
    public Range {
      checkBound(from);
      checkBound(to);
      check(step);
      if (step instanceof Number n && n.longValue() == 0) {
        throw GraphApi.error("the step of a range must not be 0");
      }
    }
  }

  /** All dimensions that no other index stands for; at most one in a list. */
  record Ellipsis() implements Index {}

  /** A new dimension of size 1. */
  record NewAxis() implements Index {}

  /** The element at {@code position}; the dimension goes away. */
  static Index at(Object position) {
    return new At(position);
  }

  /** The whole dimension: {@code :}. */
  static Index all() {
    return new Range(null, null, 1);
  }

  /** {@code from:to}. */
  static Index range(Object from, Object to) {
    return new Range(from, to, 1);
  }

  /** {@code from:to:step}; a null bound is the dimension's end on that side. */
  static Index range(Object from, Object to, Object step) {
    return new Range(from, to, step);
  }

  /** {@code position:}. */
  static Index from(Object position) {
    return new Range(position, null, 1);
  }

  /** {@code :position}. */
  static Index upTo(Object position) {
    return new Range(null, position, 1);
  }

  /** {@code ::step}; -1 reverses. */
  static Index every(Object step) {
    return new Range(null, null, step);
  }

  /** {@code ...}: as many whole dimensions as are left over. */
  static Index ellipsis() {
    return new Ellipsis();
  }

  /** {@code tf.newaxis}: a new dimension of size 1. */
  static Index newAxis() {
    return new NewAxis();
  }

  private static void checkBound(Object x) {
    if (x != null) {
      check(x);
    }
  }

  private static void check(Object x) {
    boolean whole = x instanceof Integer || x instanceof Long || x instanceof Short;
    if (!whole && !(x instanceof Operand)) {
      throw GraphApi.error("an index is a whole number or an integer tensor, not " + x);
    }
  }
}
