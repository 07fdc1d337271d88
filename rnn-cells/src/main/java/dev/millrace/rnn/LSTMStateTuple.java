package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * The state of an LSTM cell.
 *
 * @param c the memory, [batch, units]
 * @param h the output of the step before, [batch, units], or [batch, projection]
 */
public record LSTMStateTuple(Tensor c, Tensor h) implements Nest.Record {
  /** Of two tensors, c and h. */
  public static LSTMStateTuple of(List<?> parts) {
    return new LSTMStateTuple((Tensor) parts.get(0), (Tensor) parts.get(1));
  }

  /**
   * The state that {@code state} is: a tuple, or a list of its two tensors.
   *
   * @throws InvalidArgumentException if it is neither
   */
  static LSTMStateTuple from(Object state) {
    if (state instanceof LSTMStateTuple s) {
      return s;
    }
    if (state instanceof List<?> l
        && l.size() == 2
        && l.get(0) instanceof Tensor
        && l.get(1) instanceof Tensor) {
      return of(l);
    }
    throw InvalidArgumentException.atCall(
        "the state of an LSTM cell is an LSTMStateTuple(c, h), not "
            + (state instanceof Tensor
                ? "one tensor; for a concatenated state make the cell with stateIsTuple(false): "
                : "")
            + state);
  }

  @Override
  public List<Tensor> components() {
    return List.of(c, h);
  }

  @Override
  public LSTMStateTuple withComponents(List<?> components) {
    return of(components);
  }
}
