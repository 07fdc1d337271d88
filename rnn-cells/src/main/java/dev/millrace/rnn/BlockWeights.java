package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * The weights of an LSTM in one op, in the current variable scope: those of an {@link LSTMCell} of
 * the same options.
 */
record BlockWeights(
    Variable kernel, Variable bias, Variable input, Variable forget, Variable output) {
  static BlockWeights make(Ops tf, int inputSize, int units, boolean peepholes, DataType t) {
    Shape columns = Shape.vector(units);
    return new BlockWeights(
        tf.getVariable("kernel", null, t, Shape.matrix((long) inputSize + units, 4L * units)),
        tf.getVariable("bias", Initializers.zeros(), t, Shape.vector(4L * units)),
        peepholes ? tf.getVariable("w_i_diag", null, t, columns) : null,
        peepholes ? tf.getVariable("w_f_diag", null, t, columns) : null,
        peepholes ? tf.getVariable("w_o_diag", null, t, columns) : null);
  }

  /** Adds the inputs from w on. */
  OpBuilder addTo(Ops tf, OpBuilder op, int units) {
    op.input(kernel);
    if (input != null) {
      op.input(input).input(forget).input(output);
    } else {
      Tensor none = tf.zeros(kernel.dtype(), units);
      op.input(none).input(none).input(none);
    }
    return op.input(bias).attr("use_peephole", input != null);
  }
}
