package dev.millrace.train;

import dev.millrace.graph.Scope;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Variable;

/** Makes the variables that optimizers keep beside those they train. */
final class Slots {
  private Slots() {}

  /** {@code <variable>/<op>}, of the variable's shape and dtype, not trained itself. */
  static Variable create(Ops tf, Variable primary, String op, Initializer initializer) {
    // A variable's name does not depend on the name scope that happens to be open.
    try (Scope root = tf.scope(null);
        Scope where = tf.colocateWith(primary.handle())) {
      return tf.newVariable(primary.name() + "/" + op)
          .initializer(initializer)
          .shape(primary.shape())
          .dtype(primary.dtype())
          .trainable(false)
          .build();
    }
  }
}
