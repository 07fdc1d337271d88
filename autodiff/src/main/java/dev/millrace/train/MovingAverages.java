package dev.millrace.train;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.HashSet;
import java.util.Set;

/**
 * Moving averages in single variables. {@link ExponentialMovingAverage} keeps those of a whole
 * model.
 */
public final class MovingAverages {
  private MovingAverages() {}

  /** With zero-debiasing, as TensorFlow's {@code assign_moving_average} has by default. */
  public static Operation assignMovingAverage(Variable variable, Operand value, Object decay) {
    return assignMovingAverage(variable, value, decay, true, null);
  }

  /**
   * Moves {@code variable} towards {@code value}: {@code variable -= (1 - decay) · (variable -
   * value)}.
   *
   * @param value of the variable's dtype and shape; a variable is read by an operation of its own
   * @param decay a number or a scalar tensor, usually a little below 1
   * @param zeroDebias for a variable that begins with 0: whether it is to hold the average divided
   *     by {@code 1 - decay^updates}, which takes away the weight of that 0. The average itself and
   *     the number of updates are then variables {@code <variable>/biased} and {@code
   *     <variable>/local_step}
   * @param name the name scope; null for {@code AssignMovingAvg}
   * @return the operation that does it
   */
  public static Operation assignMovingAverage(
      Variable variable, Operand value, Object decay, boolean zeroDebias, String name) {
    Ops tf = variable.ops();
    try (Scope scope = tf.scope(name == null ? "AssignMovingAvg" : name)) {
      Tensor part = part(tf, decay, variable.dtype());
      if (zeroDebias) {
        return debiased(tf, variable, value, part, scope.name());
      }
      try (Scope where = tf.colocateWith(variable.handle())) {
        return towards(variable, value, part, scope.name());
      }
    }
  }

  /** {@code 1 - decay}: how much of the way is gone. */
  private static Tensor part(Ops tf, Object decay, DataType dtype) {
    Object d = Optimizer.requireNumberOrTensor(decay, "the decay");
    Tensor part =
        d instanceof Number n
            ? tf.constant("decay", 1.0 - n.doubleValue(), DataType.FLOAT32)
            : tf.sub(1, d);
    return Optimizer.as(part, dtype);
  }

  /** {@code v -= (v - value) · part}. */
  private static Operation towards(Variable v, Operand value, Tensor part, String opName) {
    Ops tf = v.ops();
    Tensor difference;
    try (Scope s = tf.scope("sub")) {
      Tensor now = Reads.of(v);
      Tensor target = value instanceof Variable other ? Reads.of(other) : tf.tensor(value);
      difference = tf.tensor(tf.op("Sub", s.name()).input(now).input(target).build().output(0));
    }
    return Updates.op("AssignSubVariableOp", v, opName).input(difference.mul(part)).build();
  }

  private static Operation debiased(Ops tf, Variable v, Operand value, Tensor part, String opName) {
    Variable biased;
    Variable count;
    // As in TensorFlow, the variable's whole name stands behind that of the open variable scope.
    try (var inside = tf.variableScope(v.name());
        Scope where = tf.colocateWith(v.handle())) {
      biased = zeros(tf, inside.name(), "biased", v, v.shape());
      count = zeros(tf, inside.name(), "local_step", v, Shape.scalar());
    }
    try (Scope where = tf.colocateWith(v.handle())) {
      Operation moved = towards(biased, value, part, null);
      Operation counted =
          Updates.op("AssignAddVariableOp", count, null).input(tf.constant(1, v.dtype())).build();
      Tensor average;
      Tensor updates;
      try (Scope after = tf.controlDependencies(moved)) {
        average = Reads.of(biased);
      }
      try (Scope after = tf.controlDependencies(counted)) {
        updates = Reads.of(count);
      }
      Tensor weight = tf.sub(1, tf.pow(tf.sub(1, part), updates));
      return Updates.op("AssignVariableOp", v, opName).input(average.div(weight)).build();
    }
  }

  private static Variable zeros(Ops tf, String scope, String name, Variable like, Shape shape) {
    if (!shape.isFullyDefined()) {
      throw new InvalidArgumentException(
          "zero-debiasing needs a fully known shape, but '" + like.name() + "' is " + shape);
    }
    Set<String> taken = new HashSet<>();
    tf.graph()
        .collection(GraphKeys.GLOBAL_VARIABLES, Variable.class)
        .forEach(v -> taken.add(v.name()));
    String unique = name;
    for (int i = 1; taken.contains(scope + "/" + unique); i++) {
      unique = name + "_" + i;
    }
    return tf.sharedVariable(unique)
        .initializer(Initializers.zeros())
        .shape(shape)
        .dtype(like.dtype())
        .trainable(false)
        .get();
  }
}
