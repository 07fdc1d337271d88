package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * An embedding before a cell: the inputs are symbols, integers [batch] or [batch, 1] (TensorFlow's
 * contrib EmbeddingWrapper). Variable {@code embedding_wrapper/embedding} [classes, size], which
 * begins uniform with variance 1 unless told otherwise.
 *
 * <p>Where every step's input is at hand anyway, one look-up for all steps is faster.
 */
public final class EmbeddingWrapper extends ScopedWrapperCell {
  private final int classes;
  private final int size;
  private final Initializer initializer;

  /** Around {@code cell}, for symbols 0 to {@code classes - 1} and vectors of {@code size}. */
  public EmbeddingWrapper(RNNCell cell, int classes, int size) {
    this(cell, classes, size, null, Reuse.NONE);
  }

  /** Around {@code cell}, with an initializer of its own; null for the scope's. */
  public EmbeddingWrapper(
      RNNCell cell, int classes, int size, Initializer initializer, Reuse reuse) {
    super(cell, reuse);
    if (classes < 1 || size < 1) {
      throw InvalidArgumentException.atCall(
          "an embedding has 1 class and size 1 at least, not " + classes + " and " + size);
    }
    this.classes = classes;
    this.size = size;
    this.initializer = initializer;
  }

  private Initializer initializer(Ops tf) {
    if (initializer != null) {
      return initializer;
    }
    Initializer scopes = tf.currentVariableScope().initializer();
    return scopes != null ? scopes : Initializers.randomUniform(-Math.sqrt(3), Math.sqrt(3));
  }

  @Override
  protected CellResult step(Ops tf, Object inputs, Object state) {
    Tensor symbols = Inputs.tensor(this, inputs, "input");
    if (!symbols.dtype().isInteger()) {
      throw InvalidArgumentException.atCall(
          "an EmbeddingWrapper takes integers, the symbols, not " + symbols);
    }
    try (Scope cpu = tf.device("/cpu:0")) {
      DataType t = ((Tensor) Nest.flatten(state).get(0)).dtype();
      Variable embedding =
          tf.getVariable("embedding", initializer(tf), t, Shape.matrix(classes, size));
      Tensor embedded = tf.gather(embedding, tf.reshape(symbols, -1));
      return wrappedCell().call(embedded, state);
    }
  }
}
