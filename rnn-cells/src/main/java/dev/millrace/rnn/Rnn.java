package dev.millrace.rnn;

import dev.millrace.ops.Ops;
import java.util.List;

/**
 * Unrolls recurrent cells in time.
 *
 * <p>Statically: a list with one tensor a step, each [batch, size], and as many copies of the cell
 * in the graph. Past an example's length, where lengths are given, its outputs are zeros and its
 * state stays what it was.
 *
 * <pre>{@code
 * StaticRnnResult r = Rnn.staticRnn(new LSTMCell(64), x.unstack(1)).sequenceLength(lengths).build();
 * Tensor last = ((LSTMStateTuple) r.state()).h();
 * }</pre>
 */
public final class Rnn {
  private Rnn() {}

  /**
   * Begins to unroll a cell, a copy for each step (TensorFlow's static_rnn).
   *
   * @param inputs for each step a tensor [batch, size], or a structure of them
   */
  public static StaticRnn staticRnn(RNNCell cell, List<?> inputs) {
    return new StaticRnn(cell, inputs);
  }

  /**
   * Begins to unroll one cell forwards and another backwards (TensorFlow's
   * static_bidirectional_rnn); each example is reversed within its own length.
   */
  public static StaticBidirectionalRnn staticBidirectionalRnn(
      RNNCell forward, RNNCell backward, List<?> inputs) {
    return new StaticBidirectionalRnn(forward, backward, inputs);
  }

  /**
   * Begins to unroll layers of cells, each forwards and backwards; a layer's inputs are both
   * directions' outputs of the one below (TensorFlow's contrib stack_bidirectional_rnn).
   */
  public static StackBidirectionalRnn stackBidirectionalRnn(
      List<? extends RNNCell> forward, List<? extends RNNCell> backward, List<?> inputs) {
    return new StackBidirectionalRnn(forward, backward, inputs);
  }

  /**
   * Begins to unroll a cell over a piece of a long sequence, beginning with the states that {@code
   * saver} has and leaving it the last ones (TensorFlow's static_state_saving_rnn).
   *
   * @param names the names of the state's tensors, one or a structure like the state
   */
  public static StaticStateSavingRnn staticStateSavingRnn(
      RNNCell cell, List<?> inputs, StateSaver saver, Object names) {
    return new StaticStateSavingRnn(cell, inputs, saver, names);
  }

  /**
   * Begins to run a cell in a loop over time (TensorFlow's dynamic_rnn).
   *
   * @param inputs [batch, time, size], or a structure of such tensors
   */
  public static DynamicRnn dynamicRnn(RNNCell cell, Object inputs) {
    return new DynamicRnn(cell, inputs);
  }

  /**
   * Begins to run one cell forwards and another backwards over time (TensorFlow's
   * bidirectional_dynamic_rnn); each example is reversed within its own length.
   *
   * @param inputs [batch, time, size], or a structure of such tensors
   */
  public static BidirectionalDynamicRnn bidirectionalDynamicRnn(
      RNNCell forward, RNNCell backward, Object inputs) {
    return new BidirectionalDynamicRnn(forward, backward, inputs);
  }

  /**
   * Begins to run layers of cells over time, each forwards and backwards; a layer's inputs are both
   * directions' outputs of the one below (TensorFlow's contrib stack_bidirectional_dynamic_rnn).
   *
   * @param inputs [batch, time, size]
   */
  public static StackBidirectionalDynamicRnn stackBidirectionalDynamicRnn(
      List<? extends RNNCell> forward, List<? extends RNNCell> backward, Object inputs) {
    return new StackBidirectionalDynamicRnn(forward, backward, inputs);
  }

  /**
   * Begins a loop in which a function makes the cell's inputs from its outputs (TensorFlow's
   * raw_rnn).
   */
  public static RawRnn rawRnn(Ops tf, RNNCell cell, RawRnn.LoopFunction function) {
    return new RawRnn(tf, cell, function);
  }
}
