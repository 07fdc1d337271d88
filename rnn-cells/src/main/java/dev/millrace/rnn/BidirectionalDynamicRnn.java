package dev.millrace.rnn;

import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.VariableScope;

/** Collects what is to be said about loops over time in both directions. */
public final class BidirectionalDynamicRnn extends LoopedOptions<BidirectionalDynamicRnn> {
  private final RNNCell forward;
  private final RNNCell backward;
  private final Object inputs;
  private Object forwardState;
  private Object backwardState;

  BidirectionalDynamicRnn(RNNCell forward, RNNCell backward, Object inputs) {
    this.forward = forward;
    this.backward = backward;
    this.inputs = inputs;
  }

  /** The state of the forward cell before the first step; by default zeros. */
  public BidirectionalDynamicRnn initialStateForward(Object state) {
    this.forwardState = state;
    return this;
  }

  /** The state of the backward cell before the last step; by default zeros. */
  public BidirectionalDynamicRnn initialStateBackward(Object state) {
    this.backwardState = state;
    return this;
  }

  /**
   * What loops in both directions give.
   *
   * @param forward of the forward cell
   * @param backward of the backward cell: the outputs in the order of the inputs, the state after
   *     the first step
   */
  public record Result(DynamicRnnResult forward, DynamicRnnResult backward) {
    /** Both directions' outputs side by side, [batch, time, forward size + backward size]. */
    public Tensor outputs() {
      Tensor f = forward.outputs();
      return f.ops().concat(2, f, backward.outputs());
    }
  }

  /** Adds the loops, in the variable scopes {@code bidirectional_rnn/fw} and {@code /bw}. */
  public Result build() {
    Ops tf = Inputs.ops(forward, inputs);
    try (VariableScope scope = open(tf, "bidirectional_rnn")) {
      DynamicRnnResult fw;
      try (VariableScope s = tf.variableScope("fw")) {
        fw = loop(forward, inputs, forwardState, s);
      }
      try (VariableScope s = tf.variableScope("bw")) {
        Object reversed = Nest.map(inputs, x -> reverse(tf, x));
        DynamicRnnResult bw = loop(backward, reversed, backwardState, s);
        Object back = Nest.map(bw.outputStructure(), x -> reverse(tf, x));
        return new Result(fw, new DynamicRnnResult(back, bw.state()));
      }
    }
  }

  private DynamicRnnResult loop(RNNCell cell, Object xs, Object initial, VariableScope s) {
    return new DynamicRnn(cell, xs).likeLoop(this).scope(s).initialState(initial).build();
  }

  /** The steps in reverse, of each example only those that it has. */
  private Tensor reverse(Ops tf, Object x) {
    int time = timeMajor ? 0 : 1;
    if (sequenceLength == null) {
      return tf.reverse(x, time);
    }
    Tensor lengths = lengths(tf, ((Tensor) x).shape().dim(1 - time));
    return tf.reverseSequence(x, lengths, time, 1 - time);
  }
}
