package dev.millrace.rnn;

import dev.millrace.graph.Operation;
import dev.millrace.ops.Tensor;

/** Keeps the states of long sequences that are worked through piece by piece. */
public interface StateSaver {
  /** The state, [batch, size], that was saved under that name; at first the initial one. */
  Tensor state(String name);

  /** An operation that saves a state under that name. */
  Operation saveState(String name, Tensor value);
}
