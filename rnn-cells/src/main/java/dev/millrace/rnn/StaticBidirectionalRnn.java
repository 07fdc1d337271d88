package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.VariableScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Collects what is to be said about a static unrolling in both directions. */
public final class StaticBidirectionalRnn extends UnrollOptions<StaticBidirectionalRnn> {
  private final RNNCell forward;
  private final RNNCell backward;
  private final List<?> inputs;
  private Object forwardState;
  private Object backwardState;

  StaticBidirectionalRnn(RNNCell forward, RNNCell backward, List<?> inputs) {
    this.forward = forward;
    this.backward = backward;
    this.inputs = inputs;
  }

  /** The state of the forward cell before the first step; by default zeros. */
  public StaticBidirectionalRnn initialStateForward(Object state) {
    this.forwardState = state;
    return this;
  }

  /** The state of the backward cell before the last step; by default zeros. */
  public StaticBidirectionalRnn initialStateBackward(Object state) {
    this.backwardState = state;
    return this;
  }

  /**
   * What an unrolling in both directions gives.
   *
   * @param outputStructures the outputs at each step, forward and backward side by side
   * @param forwardState the forward cell's state after the last step
   * @param backwardState the backward cell's state after the first step
   */
  public record Result(List<Object> outputStructures, Object forwardState, Object backwardState) {
    /** Keeps a copy of the list. */
    public Result {
      outputStructures = List.copyOf(outputStructures);
    }

    /** The outputs, [batch, forward size + backward size], of cells with one tensor for it. */
    public List<Tensor> outputs() {
      return new StaticRnnResult(outputStructures, forwardState).outputs();
    }
  }

  /** Adds the ops of all steps, in the variable scopes {@code bidirectional_rnn/fw} and /bw. */
  public Result build() {
    if (inputs.isEmpty()) {
      throw InvalidArgumentException.atCall(
          "a static unrolling needs one input at least: its list is empty");
    }
    Ops tf = Inputs.ops(forward, inputs);
    try (VariableScope scope = open(tf, "bidirectional_rnn")) {
      StaticRnnResult fw = direction(tf, "fw", forward, inputs, forwardState);
      List<Object> reversed = reverse(tf, inputs);
      StaticRnnResult bw = direction(tf, "bw", backward, reversed, backwardState);
      List<Object> back = reverse(tf, bw.outputStructures());
      List<Object> outputs = new ArrayList<>();
      for (int t = 0; t < inputs.size(); t++) {
        outputs.add(
            Nest.map(fw.outputStructures().get(t), back.get(t), (f, b) -> tf.concat(1, f, b)));
      }
      return new Result(outputs, fw.state(), bw.state());
    }
  }

  private StaticRnnResult direction(Ops tf, String name, RNNCell cell, List<?> xs, Object initial) {
    try (VariableScope s = tf.variableScope(name)) {
      return new StaticRnn(cell, xs).like(this).scope(s).initialState(initial).build();
    }
  }

  /** The steps in reverse, of each example only those that it has. */
  private List<Object> reverse(Ops tf, List<?> steps) {
    if (sequenceLength == null) {
      List<Object> reversed = new ArrayList<>(steps);
      Collections.reverse(reversed);
      return reversed;
    }
    List<List<Object>> flat = steps.stream().map(Nest::flatten).toList();
    List<List<Tensor>> parts = new ArrayList<>();
    for (int k = 0; k < flat.get(0).size(); k++) {
      int part = k;
      Tensor all = tf.stack(flat.stream().map(s -> s.get(part)).toList());
      Tensor lengths = lengths(tf, all.shape().dim(1));
      parts.add(tf.reverseSequence(all, lengths, 0, 1).unstack(steps.size(), 0));
    }
    List<Object> reversed = new ArrayList<>();
    for (int t = 0; t < steps.size(); t++) {
      int step = t;
      reversed.add(Nest.pack(steps.get(t), parts.stream().map(p -> p.get(step)).toList()));
    }
    return reversed;
  }
}
