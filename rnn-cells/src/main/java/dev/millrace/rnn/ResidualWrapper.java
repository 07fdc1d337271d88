package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Tensor;
import java.util.function.BinaryOperator;

/**
 * Adds a cell's inputs to its outputs (TensorFlow's ResidualWrapper), which must be of one size: Wu
 * et al., "Google's Neural Machine Translation System", 2016.
 */
public final class ResidualWrapper extends WrapperCell {
  private final BinaryOperator<Object> combine;

  /** Around {@code cell}. */
  public ResidualWrapper(RNNCell cell) {
    this(cell, ResidualWrapper::sum);
  }

  /**
   * Around {@code cell}, with another way to combine.
   *
   * @param combine makes the outputs of the inputs and the cell's outputs
   */
  public ResidualWrapper(RNNCell cell, BinaryOperator<Object> combine) {
    super(cell);
    this.combine = combine;
  }

  @Override
  public CellResult call(Object inputs, Object state) {
    CellResult r = wrappedCell().call(inputs, state);
    return new CellResult(combine.apply(inputs, r.output()), r.state());
  }

  private static Object sum(Object inputs, Object outputs) {
    return Nest.map(
        inputs,
        outputs,
        (in, out) -> {
          Shape x = ((Tensor) in).shape();
          Shape y = ((Tensor) out).shape();
          if (!x.isCompatibleWith(y)) {
            throw InvalidArgumentException.atCall(
                "a ResidualWrapper adds the inputs, of shape "
                    + x
                    + ", to the outputs, of shape "
                    + y
                    + ", which must be equal; project the inputs before the cell");
          }
          return ((Tensor) out).ops().add(in, out);
        });
  }
}
