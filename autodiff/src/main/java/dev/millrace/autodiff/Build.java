package dev.millrace.autodiff;

import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** Makes operations that the fluent API has no word for, as those that exist for gradients only. */
final class Build {
  private Build() {}

  /** The first output of the operation that {@code b} describes. */
  static Tensor of(Ops tf, OpBuilder b) {
    return tf.tensor(b.build().output(0));
  }

  /** The first output of an operation of that type, named by it, without attributes to set. */
  static Tensor op(Ops tf, String type, Operand... inputs) {
    OpBuilder b = tf.op(type, null);
    for (Operand in : inputs) {
      b.input(in);
    }
    return of(tf, b);
  }
}
