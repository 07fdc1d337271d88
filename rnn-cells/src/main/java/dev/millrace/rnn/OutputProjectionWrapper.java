package dev.millrace.rnn;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import java.util.function.UnaryOperator;

/**
 * A linear layer behind a cell (TensorFlow's contrib OutputProjectionWrapper). Variables {@code
 * output_projection_wrapper/kernel} [outputs of the cell, size] and {@code …/bias} [size].
 *
 * <p>Where every step's output is at hand anyway, one product for all steps is faster.
 */
public final class OutputProjectionWrapper extends ScopedWrapperCell {
  private final int size;
  private final UnaryOperator<Tensor> activation;

  /** Around {@code cell}, for outputs of {@code size} columns. */
  public OutputProjectionWrapper(RNNCell cell, int size) {
    this(cell, size, UnaryOperator.identity(), Reuse.NONE);
  }

  /** Around {@code cell}, with a function after the projection. */
  public OutputProjectionWrapper(
      RNNCell cell, int size, UnaryOperator<Tensor> activation, Reuse reuse) {
    super(cell, reuse);
    this.size = Units.checked(size);
    this.activation = activation;
  }

  @Override
  public CellShape outputSize() {
    return CellShape.of(size);
  }

  @Override
  protected CellResult step(Ops tf, Object inputs, Object state) {
    CellResult r = wrappedCell().call(inputs, state);
    return new CellResult(activation.apply(Linear.of(tf, size, r.tensor())), r.state());
  }
}
