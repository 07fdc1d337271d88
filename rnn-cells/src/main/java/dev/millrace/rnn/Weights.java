package dev.millrace.rnn;

import dev.millrace.graph.Operand;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/** The kernel and the bias of a linear layer. */
record Weights(Variable kernel, Variable bias) {
  /** {@code [a, b] · kernel + bias}: the two matrices stand side by side. */
  Tensor apply(Ops tf, Operand a, Operand b) {
    return tf.biasAdd(tf.matmul(tf.concat(1, a, b), kernel), bias);
  }
}
