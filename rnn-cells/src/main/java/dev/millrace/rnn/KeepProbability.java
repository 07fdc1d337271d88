package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** The probability with which dropout keeps an element: a number, or a scalar tensor. */
final class KeepProbability {
  static final KeepProbability ALL = new KeepProbability(1.0, null);

  private final Double number;
  private final Operand tensor;

  private KeepProbability(Double number, Operand tensor) {
    this.number = number;
    this.tensor = tensor;
  }

  /**
   * Of a number or a scalar tensor; a constant one counts as its number.
   *
   * @param what names it in the error
   */
  static KeepProbability of(String what, Object probability) {
    if (probability instanceof Operand t) {
      TensorValue known = t.asOutput().constantValue();
      return known == null ? new KeepProbability(null, t) : ofNumber(what, known.getDouble(0));
    } else if (probability instanceof Number n) {
      return ofNumber(what, n.doubleValue());
    }
    throw InvalidArgumentException.atCall(
        what + " is a number or a scalar tensor, not " + probability);
  }

  private static KeepProbability ofNumber(String what, double p) {
    if (!(p >= 0 && p <= 1)) {
      throw InvalidArgumentException.atCall(what + " must be between 0 and 1, but is " + p);
    }
    return new KeepProbability(p, null);
  }

  /** Whether it may drop anything. */
  boolean drops() {
    return number == null || number < 1;
  }

  /** It as an operand or number. */
  Object value() {
    return number == null ? tensor : number;
  }

  /** {@code x} after dropout; x itself where everything is kept. */
  Tensor dropout(Ops tf, Tensor x, Long seed) {
    if (!drops()) {
      return x;
    }
    return tf.dropout(x, number == null ? tf.sub(1, tensor) : (Object) (1 - number), null, seed);
  }
}
