package dev.millrace.train;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Variable;
import java.util.List;

/** The number of training steps that a graph's variables have seen: a variable of the graph. */
public final class GlobalStep {
  private GlobalStep() {}

  /**
   * The graph's global step, or null where it has none.
   *
   * @throws InvalidArgumentException if it has several
   */
  public static Variable get(Graph graph) {
    List<Variable> steps = graph.collection(GraphKeys.GLOBAL_STEP, Variable.class);
    if (steps.size() > 1) {
      throw new InvalidArgumentException(
          "a graph has one global step at most, not "
              + steps.stream().map(Variable::name).toList());
    }
    return steps.isEmpty() ? null : steps.get(0);
  }

  /**
   * The graph's global step; where there is none yet, a new int64 variable {@code global_step} that
   * begins with 0 and is not trained.
   */
  public static Variable getOrCreate(Ops tf) {
    Variable step = get(tf.graph());
    if (step != null) {
      return step;
    }
    try (Scope root = tf.scope(null)) {
      step =
          tf.newVariable("global_step")
              .initializer(Initializers.zeros())
              .shape(Shape.scalar())
              .dtype(DataType.INT64)
              .trainable(false)
              .build();
    }
    tf.graph().addToCollection(GraphKeys.GLOBAL_STEP, step);
    return step;
  }
}
