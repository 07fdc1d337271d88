package dev.millrace.train;

import dev.millrace.autodiff.Gates;
import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.autodiff.IndexedSlices;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Adds to a graph the operations that train variables: gradients, and updates by them.
 *
 * <pre>{@code
 * Operation train = new GradientDescentOptimizer(0.5).minimize(loss);
 * ...
 * session.feed(x, batch).run(train);
 * }</pre>
 *
 * <p>Some optimizers keep further variables for each variable they train, its slots, named {@code
 * <variable>/<optimizer>}. They are saved with the model and must be initialized: make the
 * initializer operation after calling {@code minimize}.
 */
public abstract class Optimizer {
  private final String name;
  private final Map<String, Map<Variable, Variable>> slots = new LinkedHashMap<>();

  /**
   * @param name the name scope of the updates, and the name of the slots
   */
  protected Optimizer(String name) {
    if (name == null || name.isEmpty()) {
      throw new InvalidArgumentException("an optimizer needs a name");
    }
    this.name = name;
  }

  public final String name() {
    return name;
  }

  // ---- what users call

  /** One step of training that lowers {@code loss}, over all trainable variables. */
  public final Operation minimize(Operand loss) {
    return minimize(loss, null, null);
  }

  /** As {@link #minimize(Operand)}, and adds 1 to {@code globalStep} after the updates. */
  public final Operation minimize(Operand loss, Variable globalStep) {
    return minimize(loss, globalStep, null);
  }

  /** As {@link #minimize(Operand, Variable, List, GradientOptions, String)}. */
  public final Operation minimize(Operand loss, Variable globalStep, List<Variable> variables) {
    return minimize(loss, globalStep, variables, GradientOptions.DEFAULT, null);
  }

  /**
   * One step of training that lowers {@code loss}.
   *
   * @param globalStep 1 is added to it after the updates; null for none
   * @param variables what to train; null for all trainable variables of the graph
   * @param options how to build the gradients
   * @param opName the name scope of the updates and the result's name; null for the optimizer's
   * @return the operation to run
   * @throws InvalidArgumentException if the loss depends on none of the variables
   */
  public final Operation minimize(
      Operand loss,
      Variable globalStep,
      List<Variable> variables,
      GradientOptions options,
      String opName) {
    List<GradientAndVariable> all = computeGradients(loss, variables, options);
    if (all.stream().noneMatch(g -> g.gradient().isConnected())) {
      throw new InvalidArgumentException(
          "'"
              + loss.asOutput().name()
              + "' depends on none of the variables "
              + names(all)
              + " through differentiable operations, so that there is nothing to train; "
              + Gradients.explainDisconnected(loss, all.get(0).variable()));
    }
    return applyGradients(all, globalStep, opName);
  }

  /** The gradients of {@code loss} with respect to all trainable variables. */
  public final List<GradientAndVariable> computeGradients(Operand loss) {
    return computeGradients(loss, null);
  }

  /** As {@link #computeGradients(Operand, List, GradientOptions)}. */
  public final List<GradientAndVariable> computeGradients(Operand loss, List<Variable> variables) {
    return computeGradients(loss, variables, GradientOptions.DEFAULT);
  }

  /**
   * The gradients of {@code loss}, a floating-point tensor that is summed if it is not a scalar.
   *
   * @param variables null for all trainable variables of the graph
   * @param options how to build the gradients
   * @return one for each variable, disconnected where the loss does not depend on it
   * @throws InvalidArgumentException if there are no variables, or one is not floating point
   */
  public List<GradientAndVariable> computeGradients(
      Operand loss, List<Variable> variables, GradientOptions options) {
    Graph graph = loss.asOutput().graph();
    List<Variable> vars =
        variables != null
            ? variables
            : graph.collection(GraphKeys.TRAINABLE_VARIABLES, Variable.class);
    if (vars.isEmpty()) {
      throw new InvalidArgumentException("there are no variables to train");
    }
    for (Variable v : vars) {
      if (!v.dtype().isFloating()) {
        throw new InvalidArgumentException(
            "only floating-point variables can be trained, but '" + v.name() + "' is " + v.dtype());
      }
    }
    Gradients.Builder g =
        Gradients.builder(List.of(loss), vars)
            .aggregation(options.aggregation())
            .gateGradients(options.gate() == GradientOptions.Gate.OP)
            .colocateGradientsWithOps(options.colocate());
    if (options.gradLoss() != null) {
      g.gradYs(List.of(options.gradLoss()));
    }
    List<Gradient> gradients = g.build();
    if (options.gate() == GradientOptions.Gate.GRAPH) {
      gradients = Gates.together(Ops.of(graph), gradients);
    }
    List<GradientAndVariable> result = new ArrayList<>();
    for (int i = 0; i < vars.size(); i++) {
      result.add(new GradientAndVariable(gradients.get(i), vars.get(i)));
    }
    return List.copyOf(result);
  }

  /** Updates the variables by their gradients: {@link #applyGradients(List, Variable, String)}. */
  public final Operation applyGradients(List<GradientAndVariable> gradients) {
    return applyGradients(gradients, null, null);
  }

  /** Updates the variables by their gradients, then adds 1 to {@code globalStep}. */
  public final Operation applyGradients(List<GradientAndVariable> gradients, Variable globalStep) {
    return applyGradients(gradients, globalStep, null);
  }

  /**
   * Updates the variables by their gradients. Variables whose gradient is disconnected stay as they
   * are. Of sparse gradients, rows with the same index are summed first.
   *
   * @param globalStep 1 is added to it after all updates; null for none
   * @param opName the name scope and the result's name; null for the optimizer's
   * @return an operation that has run when everything is updated; it is added to the collection
   *     {@link GraphKeys#TRAIN_OP}
   * @throws InvalidArgumentException if no variable has a gradient
   */
  public Operation applyGradients(
      List<GradientAndVariable> gradients, Variable globalStep, String opName) {
    List<GradientAndVariable> connected =
        gradients.stream().filter(g -> g.gradient().isConnected()).toList();
    if (connected.isEmpty()) {
      throw new InvalidArgumentException(
          "no gradient is given for any of the variables " + names(gradients));
    }
    Ops tf = connected.get(0).variable().value().ops();
    try (Scope free = tf.clearControlDependencies()) {
      createSlots(tf, connected.stream().map(GradientAndVariable::variable).toList());
    }
    try (Scope scope = tf.scope(opName == null ? name : opName)) {
      prepare(tf);
      List<Operation> updates = new ArrayList<>();
      for (GradientAndVariable g : connected) {
        try (Scope s = tf.scope("update_" + g.variable().name());
            Scope where = tf.colocateWith(g.variable().handle())) {
          updates.add(update(g));
        }
      }
      Operation train =
          globalStep == null
              ? finish(tf, updates, scope.name())
              : step(tf, finish(tf, updates, "update"), globalStep, scope.name());
      tf.graph().addToCollection(GraphKeys.TRAIN_OP, train);
      return train;
    }
  }

  private Operation update(GradientAndVariable g) {
    Variable v = g.variable();
    if (g.gradient().isSparse()) {
      if (v.constraint() != null) {
        throw new InvalidArgumentException(
            "variable '"
                + v.name()
                + "' has a constraint, which holds for the whole value, and a gradient of some of"
                + " its rows; use it without gather, or without the constraint");
      }
      IndexedSlices s = g.gradient().slices();
      return applySparseDuplicateIndices(s.values(), v, s.indices());
    }
    Operation update = applyDense(g.gradient().dense(), v);
    if (v.constraint() == null) {
      return update;
    }
    try (Scope after = v.ops().controlDependencies(update)) {
      return v.assign(v.constraint().apply(v.readValue())).operation();
    }
  }

  private static Operation step(Ops tf, Operation after, Variable globalStep, String opName) {
    // Made outside, so that it is the addition itself that waits.
    Tensor one = tf.constant(1, globalStep.dtype());
    try (Scope wait = tf.controlDependencies(after);
        Scope where = tf.colocateWith(globalStep.handle())) {
      return Updates.op("AssignAddVariableOp", globalStep, opName).input(one).build();
    }
  }

  private static List<String> names(List<GradientAndVariable> gradients) {
    return gradients.stream().map(g -> g.variable().name()).toList();
  }

  // ---- slots

  /** The names of the kinds of slots there are so far. */
  public final Set<String> slotNames() {
    return new TreeSet<>(slots.keySet());
  }

  /** The slot of that kind that belongs to {@code v}; null where there is none. */
  public final Variable slot(Variable v, String slotName) {
    return slots.getOrDefault(slotName, Map.of()).get(v);
  }

  /** The variables that the optimizer has made, sorted by name. */
  public final List<Variable> variables() {
    List<Variable> all = new ArrayList<>(otherVariables());
    slots.values().forEach(m -> all.addAll(m.values()));
    all.sort(Comparator.comparing(Variable::name));
    return List.copyOf(all);
  }

  /** The variables that the optimizer has made and that are no slots; none unless overridden. */
  protected List<Variable> otherVariables() {
    return List.of();
  }

  /** The slot of that kind, made with zeros of the variable's shape where it is not there yet. */
  protected final Variable zerosSlot(Ops tf, Variable v, String slotName) {
    return makeSlot(tf, v, slotName, Initializers.zeros());
  }

  /** The slot of that kind, made of the variable's shape where it is not there yet. */
  protected final Variable makeSlot(Ops tf, Variable v, String slotName, Initializer initializer) {
    return slots
        .computeIfAbsent(slotName, k -> new LinkedHashMap<>())
        .computeIfAbsent(v, k -> Slots.create(tf, v, name, initializer));
  }

  // ---- what an optimizer consists of

  /** Makes the slots that the updates of {@code variables} need; none unless overridden. */
  protected void createSlots(Ops tf, List<Variable> variables) {}

  /** Makes the hyper-parameters' tensors; the optimizer's name scope is open. */
  protected abstract void prepare(Ops tf);

  /** The update of {@code v} by a gradient of its shape. */
  protected abstract Operation applyDense(Tensor gradient, Variable v);

  /**
   * The update of {@code v} by a gradient of some of its rows, in which a row may be listed several
   * times. Unless overridden, such rows are summed first, and the rest is for {@link #applySparse}.
   */
  protected Operation applySparseDuplicateIndices(Tensor rows, Variable v, Tensor indices) {
    Ops tf = rows.ops();
    Operation unique = tf.op("Unique", null).input(indices).build();
    Tensor different = tf.tensor(unique.output(0));
    Tensor sums =
        tf.tensor(
            tf.op("UnsortedSegmentSum", null)
                .input(rows)
                .input(unique.output(1))
                .input(different.shapeTensor().get(0))
                .build()
                .output(0));
    return applySparse(sums, v, different);
  }

  /**
   * The update of {@code v} by a gradient of some of its rows; unless overridden, by one that is 0
   * in the others.
   *
   * @param rows shape {@code [n, …]}: a row of the variable's for each index
   * @param indices shape {@code [n]}, int32 or int64, all different
   */
  protected Operation applySparse(Tensor rows, Variable v, Tensor indices) {
    Tensor shape = rows.ops().tensor(variableShape(v, indices.dtype()));
    return applyDense(new IndexedSlices(rows, indices, shape).toDense(), v);
  }

  private static Output variableShape(Variable v, DataType dtype) {
    String type = v.isReference() ? "Shape" : "VariableShape";
    return v.ops().op(type, null).input(v.handle()).attr("out_type", dtype).build().output(0);
  }

  /**
   * One operation that has run when the updates have, and whatever the optimizer does after them.
   */
  protected Operation finish(Ops tf, List<Operation> updates, String opName) {
    return tf.group(opName, updates.toArray());
  }

  /** Adds the gradient and, where it is sparse, the indices to a step's inputs. */
  static OpBuilder gradient(OpBuilder step, Tensor gradient, Tensor indices) {
    step.input(gradient);
    return indices == null ? step : step.input(indices);
  }

  /** {@code <rule>} of whole variables, or of rows where there are indices. */
  static OpBuilder step(String rule, Variable v, Tensor indices) {
    String type = (indices == null ? "ResourceApply" : "ResourceSparseApply") + rule;
    return Updates.op(type, v, null);
  }

  // ---- hyper-parameters

  /** A hyper-parameter as a float32 scalar if it is a number; tensors stay what they are. */
  protected static Tensor hyperParameter(Ops tf, Object value, String parameterName) {
    if (value instanceof Operand t) {
      Output o = t.asOutput();
      return tf.tensor(o);
    }
    return tf.constant(parameterName, value, DataType.FLOAT32);
  }

  /** A hyper-parameter in the dtype of what it is used with. */
  protected static Tensor as(Tensor parameter, DataType dtype) {
    return parameter.dtype() == dtype ? parameter : parameter.cast(dtype);
  }

  /** Refuses numbers below {@code least}, and NaN. */
  static double requireAtLeast(double least, double value, String parameterName) {
    if (value >= least) {
      return value;
    }
    throw new InvalidArgumentException(
        parameterName + " must not be below " + least + ", but is " + value);
  }

  /** Refuses numbers that are not above 0. */
  static double requirePositive(double value, String parameterName) {
    if (value > 0) {
      return value;
    }
    throw new InvalidArgumentException(parameterName + " must be positive, but is " + value);
  }

  /** Refuses what is neither a number nor a tensor. */
  protected static Object requireNumberOrTensor(Object value, String parameterName) {
    if (value instanceof Number || value instanceof Operand) {
      return value;
    }
    throw new InvalidArgumentException(
        parameterName + " must be a number or a tensor, not " + value);
  }
}
