package dev.millrace.rnn;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.VariableScope;
import java.util.ArrayList;
import java.util.List;

/** Collects what is to be said about layers of loops that each run in both directions. */
public final class StackBidirectionalDynamicRnn
    extends LoopedOptions<StackBidirectionalDynamicRnn> {
  private final List<? extends RNNCell> forward;
  private final List<? extends RNNCell> backward;
  private final Object inputs;
  private List<?> forwardStates;
  private List<?> backwardStates;

  StackBidirectionalDynamicRnn(
      List<? extends RNNCell> forward, List<? extends RNNCell> backward, Object inputs) {
    StackBidirectionalRnn.checkLayers(forward, backward);
    this.forward = forward;
    this.backward = backward;
    this.inputs = inputs;
  }

  /** The states of the forward cells before the first step; by default zeros. */
  public StackBidirectionalDynamicRnn initialStatesForward(List<?> states) {
    this.forwardStates = StackBidirectionalRnn.checkStates(forward, states);
    return this;
  }

  /** The states of the backward cells before the last step; by default zeros. */
  public StackBidirectionalDynamicRnn initialStatesBackward(List<?> states) {
    this.backwardStates = StackBidirectionalRnn.checkStates(backward, states);
    return this;
  }

  /**
   * What the layers give.
   *
   * @param outputs the outputs of the last layer, [batch, time, size], forward and backward side by
   *     side
   * @param forwardStates the states of the forward cells after the last step
   * @param backwardStates the states of the backward cells after the first step
   */
  public record Result(Tensor outputs, List<Object> forwardStates, List<Object> backwardStates) {}

  /**
   * Adds the loops, layer k in the variable scope {@code
   * stack_bidirectional_rnn/cell_k/bidirectional_rnn}.
   */
  public Result build() {
    Ops tf = Inputs.ops(forward.get(0), inputs);
    Object layer = inputs;
    List<Object> fw = new ArrayList<>();
    List<Object> bw = new ArrayList<>();
    try (VariableScope scope = open(tf, "stack_bidirectional_rnn")) {
      for (int i = 0; i < forward.size(); i++) {
        try (VariableScope s = tf.variableScope("cell_" + i)) {
          BidirectionalDynamicRnn.Result r =
              new BidirectionalDynamicRnn(forward.get(i), backward.get(i), layer)
                  .likeLoop(this)
                  .initialStateForward(forwardStates == null ? null : forwardStates.get(i))
                  .initialStateBackward(backwardStates == null ? null : backwardStates.get(i))
                  .build();
          layer = r.outputs();
          fw.add(r.forward().state());
          bw.add(r.backward().state());
        }
      }
    }
    return new Result((Tensor) layer, fw, bw);
  }
}
