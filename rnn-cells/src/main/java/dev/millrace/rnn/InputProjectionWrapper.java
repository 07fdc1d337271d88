package dev.millrace.rnn;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import java.util.function.UnaryOperator;

/**
 * A linear layer before a cell (TensorFlow's contrib InputProjectionWrapper). Variables {@code
 * input_projection_wrapper/kernel} [inputs, size] and {@code …/bias} [size].
 */
public final class InputProjectionWrapper extends ScopedWrapperCell {
  private final int size;
  private final UnaryOperator<Tensor> activation;

  /** Around {@code cell}, which gets inputs of {@code size} columns. */
  public InputProjectionWrapper(RNNCell cell, int size) {
    this(cell, size, UnaryOperator.identity(), Reuse.NONE);
  }

  /** Around {@code cell}, with a function after the projection. */
  public InputProjectionWrapper(
      RNNCell cell, int size, UnaryOperator<Tensor> activation, Reuse reuse) {
    super(cell, reuse);
    this.size = Units.checked(size);
    this.activation = activation;
  }

  @Override
  protected CellResult step(Ops tf, Object inputs, Object state) {
    Tensor x = Inputs.matrix(this, inputs);
    return wrappedCell().call(activation.apply(Linear.of(tf, size, x)), state);
  }
}
