package dev.millrace.rnn;

import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.VariableScope;
import java.util.function.Supplier;

/**
 * The variable scope of a layer: it opens where the layer is first called and is entered again,
 * name scope included, at every later call, wherever that is. From then on its variables are
 * shared.
 */
public final class LayerScope {
  private final String name;
  private final Reuse reuse;
  private VariableScope captured;
  private boolean used;

  /**
   * A scope called {@code name}.
   *
   * @param reuse {@link Reuse#NONE} for a new scope, with a suffix if the name is taken; else the
   *     scope of that very name
   */
  public LayerScope(String name, Reuse reuse) {
    this.name = name;
    this.reuse = reuse;
  }

  /** Whether it has been entered before, and left without an error. */
  public boolean isUsed() {
    return used;
  }

  /** Does something inside the scope. */
  public <T> T inside(Ops tf, Supplier<T> body) {
    if (captured == null) {
      try (VariableScope s =
          reuse == Reuse.NONE ? tf.variableScope(null, name) : tf.variableScope(name)) {
        captured = s;
      }
    }
    try (VariableScope v =
            tf.newVariableScope(captured)
                .auxiliaryNameScope(false)
                .reuse(used ? Reuse.TRUE : reuse)
                .open();
        Scope n = tf.scope(captured.originalNameScope())) {
      T result = body.get();
      used = true;
      return result;
    }
  }

  /** A class's name as TensorFlow makes a layer's of it: {@code BasicLSTMCell}, basic_lstm_cell. */
  public static String nameOf(Class<?> layer) {
    return layer
        .getSimpleName()
        .replaceAll("(.)([A-Z][a-z0-9]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(java.util.Locale.ROOT);
  }
}
