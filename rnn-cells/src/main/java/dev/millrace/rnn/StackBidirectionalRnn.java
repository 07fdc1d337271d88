package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.VariableScope;
import java.util.ArrayList;
import java.util.List;

/** Collects what is to be said about layers that each run in both directions. */
public final class StackBidirectionalRnn extends UnrollOptions<StackBidirectionalRnn> {
  private final List<? extends RNNCell> forward;
  private final List<? extends RNNCell> backward;
  private final List<?> inputs;
  private List<?> forwardStates;
  private List<?> backwardStates;

  StackBidirectionalRnn(
      List<? extends RNNCell> forward, List<? extends RNNCell> backward, List<?> inputs) {
    checkLayers(forward, backward);
    this.forward = forward;
    this.backward = backward;
    this.inputs = inputs;
  }

  /** The states of the forward cells before the first step; by default zeros. */
  public StackBidirectionalRnn initialStatesForward(List<?> states) {
    this.forwardStates = checkStates(forward, states);
    return this;
  }

  /** The states of the backward cells before the last step; by default zeros. */
  public StackBidirectionalRnn initialStatesBackward(List<?> states) {
    this.backwardStates = checkStates(forward, states);
    return this;
  }

  static void checkLayers(List<?> forward, List<?> backward) {
    if (forward.isEmpty() || forward.size() != backward.size()) {
      throw InvalidArgumentException.atCall(
          "each layer takes a forward and a backward cell, but there are "
              + forward.size()
              + " and "
              + backward.size());
    }
  }

  static List<?> checkStates(List<?> layers, List<?> states) {
    if (states.size() != layers.size()) {
      throw InvalidArgumentException.atCall(
          layers.size() + " layers take as many initial states, not " + states.size());
    }
    return states;
  }

  /**
   * What the layers give.
   *
   * @param outputs the outputs of the last layer at each step, forward and backward side by side
   * @param forwardStates the states of the forward cells after the last step
   * @param backwardStates the states of the backward cells after the first step
   */
  public record Result(
      List<Tensor> outputs, List<Object> forwardStates, List<Object> backwardStates) {}

  /** Adds the ops, layer k in the variable scope {@code stack_bidirectional_rnn/cell_k}. */
  public Result build() {
    Ops tf = Inputs.ops(forward.get(0), inputs);
    List<?> layer = inputs;
    List<Object> fw = new ArrayList<>();
    List<Object> bw = new ArrayList<>();
    try (VariableScope scope = open(tf, "stack_bidirectional_rnn")) {
      for (int i = 0; i < forward.size(); i++) {
        try (VariableScope s = tf.variableScope("cell_" + i)) {
          StaticBidirectionalRnn.Result r =
              new StaticBidirectionalRnn(forward.get(i), backward.get(i), layer)
                  .like(this)
                  .scope(s)
                  .initialStateForward(forwardStates == null ? null : forwardStates.get(i))
                  .initialStateBackward(backwardStates == null ? null : backwardStates.get(i))
                  .build();
          layer = r.outputs();
          fw.add(r.forwardState());
          bw.add(r.backwardState());
        }
      }
    }
    return new Result(layer.stream().map(Tensor.class::cast).toList(), fw, bw);
  }
}
