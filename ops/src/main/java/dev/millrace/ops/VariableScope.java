package dev.millrace.ops;

import dev.millrace.graph.DataType;

/**
 * A variable scope: the prefix and the defaults of {@code getVariable}'s variables. It ends where
 * it is closed; given to {@link Ops#variableScope(VariableScope)} later, it is entered again.
 *
 * <pre>{@code
 * try (var s = tf.variableScope("layer", Reuse.AUTO_REUSE)) {
 *   Variable w = tf.getVariable("w", 3, 4); // layer/w
 * }
 * }</pre>
 *
 * <p>Scopes close in the reverse order of opening.
 */
public final class VariableScope implements AutoCloseable {
  private final String name;
  private final String originalNameScope;
  private final Initializer initializer;
  private final Regularizer regularizer;
  private final DataType dtype;
  private final Runnable end;
  private Reuse reuse;
  private boolean closed;

  VariableScope(
      String name,
      String originalNameScope,
      Reuse reuse,
      Initializer initializer,
      Regularizer regularizer,
      DataType dtype,
      Runnable end) {
    this.name = name;
    this.originalNameScope = originalNameScope;
    this.reuse = reuse;
    this.initializer = initializer;
    this.regularizer = regularizer;
    this.dtype = dtype;
    this.end = end;
  }

  /** The prefix of the variables' names, without a slash at the end; empty at the root. */
  public String name() {
    return name;
  }

  /** The name scope of the ops when this was first opened, with a slash; empty at the root. */
  public String originalNameScope() {
    return originalNameScope;
  }

  /** Whether variables are made or shared here. */
  public Reuse reuse() {
    return reuse;
  }

  /** From here on this scope's variables must exist ({@link Reuse#TRUE}). */
  public void reuseVariables() {
    reuse = Reuse.TRUE;
  }

  /** The initializer of variables that are given none; null for the dtype's. */
  public Initializer initializer() {
    return initializer;
  }

  /** The regularizer of variables that are given none; null for none. */
  public Regularizer regularizer() {
    return regularizer;
  }

  /** The dtype of variables that are given none. */
  public DataType dtype() {
    return dtype;
  }

  /** Ends the scope; a second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      end.run();
    }
  }
}
