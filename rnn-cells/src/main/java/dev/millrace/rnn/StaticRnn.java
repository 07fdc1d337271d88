package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.VariableScope;
import java.util.ArrayList;
import java.util.List;

/** Collects what is to be said about a static unrolling; {@link #build} makes it. */
public final class StaticRnn extends UnrollOptions<StaticRnn> {
  private final RNNCell cell;
  private final List<?> inputs;
  private Object initialState;

  StaticRnn(RNNCell cell, List<?> inputs) {
    this.cell = cell;
    this.inputs = inputs;
  }

  /** The state before the first step; by default zeros. */
  public StaticRnn initialState(Object state) {
    this.initialState = state;
    return this;
  }

  /**
   * Adds the ops of all steps, in the variable scope {@code rnn}.
   *
   * @throws InvalidArgumentException if there are no inputs, or their sizes are not known
   */
  public StaticRnnResult build() {
    if (inputs.isEmpty()) {
      throw InvalidArgumentException.atCall(
          "a static unrolling needs one input at least: its list is empty");
    }
    Ops tf = Inputs.ops(cell, inputs);
    try (VariableScope scope = open(tf, "rnn")) {
      Tensor first = (Tensor) Nest.flatten(inputs).get(0);
      long batch = checkInputs();
      Tensor lengths = lengths(tf, batch);
      Object state =
          initialState != null
              ? initialState
              : cell.zeroState(tf, batchSize(tf, first, batch), stateDtype(first));
      List<Object> outputs = new ArrayList<>();
      for (int t = 0; t < inputs.size(); t++) {
        if (t > 0) {
          scope.reuseVariables();
        }
        CellResult r = cell.call(inputs.get(t), state);
        Nest.requireSame(state, r.state());
        if (lengths != null) {
          Tensor over = tf.lessEqual(lengths, t);
          r = Finished.copyThrough(tf, over, state, r);
        }
        outputs.add(r.output());
        state = r.state();
      }
      return new StaticRnnResult(outputs, state);
    }
  }

  static Object batchSize(Ops tf, Tensor input, long known) {
    return known == Shape.UNKNOWN ? tf.get(tf.shapeTensor(input), 0) : (Object) known;
  }

  /** The number of examples, -1 where it is not known; the other sizes must be. */
  private long checkInputs() {
    long batch = Shape.UNKNOWN;
    for (Object x : Nest.flatten(inputs)) {
      Shape s = ((Tensor) x).shape();
      if (!s.hasRank() || s.rank() < 1) {
        throw InvalidArgumentException.atCall(
            "an input of a static unrolling is [batch, …], not " + x);
      }
      if (!s.sliceFrom(1).isFullyDefined()) {
        throw InvalidArgumentException.atCall(
            "the size of the inputs must be known, but one is " + x + "; setShape tells it");
      }
      if (batch != Shape.UNKNOWN && s.dim(0) != Shape.UNKNOWN && s.dim(0) != batch) {
        throw InvalidArgumentException.atCall(
            "the inputs must have one batch size, but " + batch + " came before " + x);
      }
      batch = batch == Shape.UNKNOWN ? s.dim(0) : batch;
    }
    return batch;
  }
}
