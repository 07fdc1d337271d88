package dev.millrace.rnn;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** The two forms of an LSTM cell's state: a tuple, or c and h side by side in one tensor. */
final class LstmState {
  private LstmState() {}

  static CellShape size(boolean tuple, int c, int h) {
    return tuple
        ? CellShape.record(LSTMStateTuple::of, CellShape.of(c), CellShape.of(h))
        : CellShape.of(c + h);
  }

  static LSTMStateTuple read(Ops tf, RNNCell cell, Object state, boolean tuple, int c, int h) {
    if (tuple) {
      return LSTMStateTuple.from(state);
    }
    Tensor both = Inputs.tensor(cell, state, "concatenated state");
    return LSTMStateTuple.of(tf.split(both, new int[] {c, h}, 1));
  }

  static Object write(Ops tf, Tensor c, Tensor h, boolean tuple) {
    return tuple ? new LSTMStateTuple(c, h) : tf.concat(List.of(c, h), 1);
  }
}
