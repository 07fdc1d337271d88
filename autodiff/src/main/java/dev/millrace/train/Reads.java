package dev.millrace.train;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * Reads of variables where training needs them. Each is an operation of its own, so that it waits
 * for the open control dependencies: a variable's usual read may have happened before them.
 */
final class Reads {
  private Reads() {}

  /** The value of {@code v}, read here, in the current name scope. */
  static Tensor of(Variable v) {
    Ops tf = v.ops();
    OpBuilder read =
        v.isReference()
            ? tf.op("Identity", null).input(v.handle())
            : tf.op("ReadVariableOp", null).input(v.handle()).attr("dtype", v.dtype());
    return tf.tensor(read.build().output(0));
  }

  /** {@code x}, a number, a tensor or a variable to be read here, cast. */
  static Tensor cast(Ops tf, Object x, DataType dtype) {
    if (!(x instanceof Variable v)) {
      return tf.cast(x, dtype);
    }
    try (Scope s = tf.scope("Cast")) {
      Tensor read = of(v);
      return read.dtype() == dtype
          ? read
          : tf.tensor(tf.op("Cast", s.name()).input(read).attr("DstT", dtype).build().output(0));
    }
  }

  /** The value of {@code v}, read here, times {@code factor}. */
  static Tensor product(Variable v, Tensor factor) {
    Ops tf = v.ops();
    try (Scope s = tf.scope("mul")) {
      return tf.tensor(tf.op("Mul", s.name()).input(of(v)).input(factor).build().output(0));
    }
  }
}
