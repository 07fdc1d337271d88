package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorMethods;
import java.util.List;

/** Checks of what a cell is called with. */
final class Inputs {
  private Inputs() {}

  /** The one tensor that {@code x} is. */
  static Tensor tensor(Object cell, Object x, String what) {
    if (x instanceof Tensor t) {
      return t;
    }
    if (x instanceof TensorMethods v) {
      return v.ops().tensor(v);
    }
    throw InvalidArgumentException.atCall(
        "the " + what + " of a " + cell.getClass().getSimpleName() + " is one tensor, not " + x);
  }

  /** What to build a step with: the ops of the first tensor of the inputs. */
  static Ops ops(Object cell, Object inputs) {
    List<Object> leaves = Nest.flatten(inputs);
    if (!leaves.isEmpty() && leaves.get(0) instanceof TensorMethods x) {
      return x.ops();
    }
    throw InvalidArgumentException.atCall(
        "the inputs of a " + cell.getClass().getSimpleName() + " are tensors, not " + inputs);
  }

  /** Inputs that are a floating-point matrix with a known number of columns. */
  static Tensor matrix(Object cell, Object inputs) {
    Tensor x = tensor(cell, inputs, "input");
    String name = cell.getClass().getSimpleName();
    if (!x.dtype().isFloating()) {
      throw InvalidArgumentException.atCall(
          "a " + name + " takes floating-point inputs, not " + x + "; cast them, or embed them");
    }
    if (!x.shape().hasRank() || x.shape().rank() != 2) {
      throw InvalidArgumentException.atCall(
          "a "
              + name
              + " takes [batch, size] at each step, not "
              + x
              + "; to run over all steps of [batch, time, size], use Rnn.dynamicRnn");
    }
    if (x.shape().dim(1) == Shape.UNKNOWN) {
      throw InvalidArgumentException.atCall(
          "a "
              + name
              + " makes its weights by the size of its inputs, which must be known, but they are "
              + x
              + "; setShape tells it");
    }
    return x;
  }
}
