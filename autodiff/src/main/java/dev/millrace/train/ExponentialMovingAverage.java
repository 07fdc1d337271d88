package dev.millrace.train;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps averages of variables beside them, over which the noise of single steps evens out: {@code
 * average -= (1 - decay) · (average - variable)}. Evaluation with the averages often does better
 * than with the variables.
 *
 * <pre>{@code
 * Operation step = optimizer.minimize(loss);
 * ExponentialMovingAverage ema = new ExponentialMovingAverage(0.999);
 * Operation train;
 * try (var after = tf.controlDependencies(step)) {
 *   train = ema.apply(tf.trainableVariables());
 * }
 * }</pre>
 *
 * <p>The average of {@code w} is a variable {@code w/ExponentialMovingAverage}. It begins as {@code
 * w} does and must be initialized in the same run as {@code w}, or its initial value is drawn anew.
 * To use the averages in place of the variables, restore these by the names that {@link
 * #variablesToRestore} gives.
 */
public final class ExponentialMovingAverage {
  private final Object decay;
  private final Operand numUpdates;
  private final boolean zeroDebias;
  private final String name;
  private final Map<Output, Variable> averages = new HashMap<>();

  /** With a constant decay. */
  public ExponentialMovingAverage(Object decay) {
    this(decay, null);
  }

  /** With a decay that rises with the number of updates. */
  public ExponentialMovingAverage(Object decay, Operand numUpdates) {
    this(decay, numUpdates, false, "ExponentialMovingAverage");
  }

  /**
   * @param decay a number or a scalar tensor, usually a little below 1
   * @param numUpdates a scalar, usually the global step: the decay is then at most {@code (1 +
   *     numUpdates) / (10 + numUpdates)}, so that the averages move faster at first; null for none
   * @param zeroDebias whether averages of tensors, which begin with 0, are corrected for that: see
   *     {@link MovingAverages#assignMovingAverage(Variable, Operand, Object, boolean, String)}
   * @param name the name scope of the updates and the last part of the averages' names
   */
  public ExponentialMovingAverage(
      Object decay, Operand numUpdates, boolean zeroDebias, String name) {
    this.decay = Optimizer.requireNumberOrTensor(decay, "the decay");
    this.numUpdates = numUpdates;
    this.zeroDebias = zeroDebias;
    if (name == null || name.isEmpty()) {
      throw new InvalidArgumentException("a moving average needs a name");
    }
    this.name = name;
  }

  /** The name scope of the updates and the last part of the averages' names. */
  public String name() {
    return name;
  }

  /** The averages of all trainable variables of the graph: {@link #apply(List)}. */
  public Operation apply(Ops tf) {
    return apply(tf.trainableVariables());
  }

  /**
   * Adds an operation that moves the averages once, and the averages where there are none yet. The
   * variables are read by operations of their own, after the control dependencies that are open.
   *
   * @param values variables, whose averages begin as they do, or tensors, whose averages begin with
   *     0; floating point
   * @throws InvalidArgumentException if there are none, or a dtype is not floating point
   */
  public Operation apply(List<? extends Operand> values) {
    if (values.isEmpty()) {
      throw new InvalidArgumentException("there is nothing to take moving averages of");
    }
    Ops tf = Ops.of(values.get(0).asOutput().graph());
    Set<Variable> debias = new HashSet<>();
    for (Operand x : values) {
      if (!x.asOutput().dtype().isFloating()) {
        throw new InvalidArgumentException(
            "moving averages are of floating-point numbers, but '"
                + nameOf(x)
                + "' is "
                + x.asOutput().dtype());
      }
      if (!averages.containsKey(key(x))) {
        Variable average = create(tf, x);
        averages.put(key(x), average);
        if (zeroDebias && !(x instanceof Variable)) {
          debias.add(average);
        }
      }
    }
    try (Scope scope = tf.scope(name)) {
      Object now = currentDecay(tf);
      List<Operation> updates = new ArrayList<>();
      for (Operand x : values) {
        Variable average = averages.get(key(x));
        updates.add(
            MovingAverages.assignMovingAverage(average, x, now, debias.contains(average), null));
      }
      return tf.group(scope.name(), updates.toArray());
    }
  }

  private Variable create(Ops tf, Operand x) {
    if (x instanceof Variable v) {
      tf.graph().addToCollection(GraphKeys.MOVING_AVERAGE_VARIABLES, v);
      return Slots.copy(tf, v, name);
    }
    return Slots.zeros(tf, x, name);
  }

  private Tensor currentDecay(Ops tf) {
    Tensor d =
        decay instanceof Operand o
            ? tf.tensor(o)
            : tf.constant("decay", ((Number) decay).doubleValue(), DataType.FLOAT32);
    if (numUpdates == null) {
      return d;
    }
    Tensor n;
    try (Scope s = tf.scope("num_updates")) {
      Tensor count = numUpdates instanceof Variable v ? Reads.of(v) : tf.tensor(numUpdates);
      n =
          count.dtype() == DataType.FLOAT32
              ? count
              : tf.tensor(
                  tf.op("Cast", s.name())
                      .input(count)
                      .attr("DstT", DataType.FLOAT32)
                      .build()
                      .output(0));
    }
    return d.minimum(tf.add(1, n).div(tf.add(10, n)));
  }

  /** The average of {@code x}, or null where none is kept. */
  public Variable average(Operand x) {
    return averages.get(key(x));
  }

  /**
   * The name of the average of {@code x}: that of the one there is, or that which {@link #apply}
   * would give it.
   */
  public String averageName(Operand x) {
    Variable average = average(x);
    if (average != null) {
      return average.name();
    }
    try (Scope root = Ops.of(x.asOutput().graph()).scope(null)) {
      return x.asOutput().graph().uniqueName(nameOf(x) + "/" + name, false);
    }
  }

  /** The same for all trainable variables and those with averages. */
  public Map<String, Variable> variablesToRestore(Ops tf) {
    Set<Variable> averaged = new LinkedHashSet<>(tf.trainableVariables());
    averaged.addAll(tf.graph().collection(GraphKeys.MOVING_AVERAGE_VARIABLES, Variable.class));
    return variablesToRestore(tf, averaged);
  }

  /**
   * What to restore variables from, for a saver: those {@code averaged} under their averages'
   * names, all others of the graph under their own.
   */
  public Map<String, Variable> variablesToRestore(Ops tf, Iterable<Variable> averaged) {
    Map<String, Variable> byName = new LinkedHashMap<>();
    Set<Variable> done = new HashSet<>();
    for (Variable v : averaged) {
      if (done.add(v)) {
        byName.put(averageName(v), v);
      }
    }
    for (Variable v : tf.globalVariables()) {
      if (!done.contains(v)) {
        byName.putIfAbsent(v.name(), v);
      }
    }
    return byName;
  }

  private static Output key(Operand x) {
    return x instanceof Variable v ? v.handle() : x.asOutput();
  }

  private static String nameOf(Operand x) {
    return x instanceof Variable v ? v.name() : x.asOutput().op().name();
  }
}
