package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorMethods;

/** Arguments and their sizes. */
final class Sizes {
  private Sizes() {}

  /** A dimension: an Integer where it is known, else a scalar tensor. */
  static Object of(Tensor x, int axis) {
    long known = x.shape().dim(axis);
    return known == Shape.UNKNOWN ? x.shapeTensor().get(axis) : (Object) Math.toIntExact(known);
  }

  /** A vector of integers. */
  static Tensor integers(Ops tf, Object x, String what) {
    Tensor t = x instanceof Operand o ? tf.tensor(o) : tf.constant(what, x);
    boolean isVector = !t.shape().hasRank() || t.shape().rank() == 1;
    if (!t.dtype().isInteger() || !isVector) {
      throw InvalidArgumentException.atCall(
          what + " is a vector of integers, one for each example, not " + t);
    }
    return t;
  }

  /** The ops of whatever argument is a tensor. */
  static Ops ops(Object x, String what) {
    if (x instanceof TensorMethods t) {
      return t.ops();
    }
    throw InvalidArgumentException.atCall(what + " is a tensor, not " + x);
  }
}
