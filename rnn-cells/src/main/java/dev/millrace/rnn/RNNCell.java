package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent cell: from the inputs and the state at one time step it makes the outputs and the
 * state for the next. A state is a structure of tensors ({@link dev.millrace.ops.Nest}), each
 * [batch, …].
 *
 * <p>A cell makes its variables when it is called first, and shares them among all calls. What
 * unrolls it in time is in {@link Rnn}.
 *
 * <p>To write a cell, extend {@link LayerRNNCell} (variables made once, before the first step) or
 * {@link ScopedRNNCell} (variables asked for at every step, by {@code getVariable}); a wrapper
 * without variables of its own implements this interface.
 */
public interface RNNCell {
  /** The shape of the state, for one example. */
  CellShape stateSize();

  /** The shape of the output, for one example. */
  CellShape outputSize();

  /**
   * Adds the ops of one step.
   *
   * @param inputs [batch, size]; what else is allowed is up to the cell
   * @param state the state before, in the structure of {@link #stateSize}
   */
  CellResult call(Object inputs, Object state);

  /**
   * A state of zeros.
   *
   * @param tf what to build it with
   * @param batchSize the number of examples: a number or an integer scalar tensor
   */
  default Object zeroState(Ops tf, Object batchSize, DataType dtype) {
    try (Scope s = tf.scope(getClass().getSimpleName() + "ZeroState")) {
      return stateSize().map(shape -> zeros(tf, batchSize, shape, dtype));
    }
  }

  /** Zeros of shape [batch, …shape]. */
  static Tensor zeros(Ops tf, Object batchSize, Shape shape, DataType dtype) {
    if (batchSize instanceof Number n) {
      return tf.zeros(dtype, Shape.vector(n.longValue()).concat(shape));
    }
    List<Object> dims = new ArrayList<>();
    dims.add(tf.tensor((Operand) batchSize));
    for (long d : shape.dims()) {
      dims.add(d);
    }
    return tf.zeros(dtype, dims).setShape(Shape.vector(Shape.UNKNOWN).concat(shape));
  }
}
