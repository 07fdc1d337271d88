package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.LayerScope;

/** A linear layer without bias along the last dimension, with the variable {@code kernel}. */
final class Projection {
  private final LayerScope scope;
  private final int units;
  private Variable kernel;

  /** A layer in a scope of that name, made unique. */
  Projection(String name, int units) {
    this.scope = new LayerScope(name, Reuse.NONE);
    if (units < 1) {
      throw InvalidArgumentException.atCall("a layer has 1 unit at least, not " + units);
    }
    this.units = units;
  }

  int units() {
    return units;
  }

  Tensor apply(Ops tf, Tensor x) {
    return scope.inside(tf, () -> product(tf, x));
  }

  private Tensor product(Ops tf, Tensor x) {
    Shape s = x.shape();
    if (!s.hasRank() || s.rank() < 2 || s.dim(-1) == Shape.UNKNOWN) {
      throw InvalidArgumentException.atCall(
          "attention projects tensors of known size, not " + x + "; setShape tells it");
    }
    if (kernel == null) {
      kernel = tf.getVariable("kernel", null, x.dtype(), Shape.matrix(s.dim(-1), units));
    }
    return s.rank() == 2 ? tf.matmul(x, kernel) : tf.tensordot(x, kernel, 1);
  }
}
