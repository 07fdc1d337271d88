package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A layer of a network: it makes its variables at its first use, and every later use shares them.
 * What is to be said about it is said before.
 *
 * <p>Its variables stand in a variable scope of its name; without a name, one of its kind made
 * unique: {@code dense}, {@code dense_1}, … Two layers share variables if they have one name and
 * the second is told to ({@link Reuse}).
 *
 * @param <L> the layer's own type
 */
public abstract class Layer<L extends Layer<L>> {
  private final Ops ops;
  private final String kind;
  private String name;
  private Reuse reuse = Reuse.NONE;
  private boolean trainable = true;
  private VariableScope scope;
  private boolean built;

  Layer(Ops ops, String kind) {
    this.ops = ops;
    this.kind = kind;
  }

  /** This layer by its own type. */
  abstract L self();

  /** Makes the variables for inputs like {@code x}. */
  abstract void build(Output x);

  /** Adds the ops, given the variables. */
  abstract Tensor call(Output x);

  Ops ops() {
    return ops;
  }

  /** The name of the variable scope; by default the layer's kind, made unique. */
  public L name(String name) {
    beforeUse("name");
    this.name = name;
    return self();
  }

  /** Whether variables are made or shared at the first use; {@link Reuse#NONE} as around it. */
  public L reuse(Reuse reuse) {
    beforeUse("reuse");
    this.reuse = reuse;
    return self();
  }

  /** Whether the variables are trained: by default they are. */
  public L trainable(boolean trainable) {
    beforeUse("trainable");
    this.trainable = trainable;
    return self();
  }

  /** Stands in a scope that is open already. */
  L scope(VariableScope scope) {
    this.scope = scope;
    return self();
  }

  final void beforeUse(String what) {
    if (built) {
      throw GraphApi.error(
          "layer '" + scope.name() + "' has its variables already; say " + what + " before");
    }
  }

  /** The variable scope of this layer; null before its first use. */
  public VariableScope scope() {
    return scope;
  }

  /**
   * Adds this layer's ops for {@code x}, in its name scope; the first time its variables too.
   *
   * @param x a tensor or Java value
   * @throws InvalidArgumentException if the layer does not take such a tensor
   */
  public Tensor apply(Object x) {
    Output in = ops.convert(x, null, "inputs");
    if (scope == null) {
      scope = newScope();
    }
    try (VariableScope variables = open(built ? Reuse.TRUE : reuse);
        Scope names = ops.scope(scope.originalNameScope())) {
      if (!built) {
        build(in);
        built = true;
      }
      return call(in);
    }
  }

  private VariableScope newScope() {
    boolean byKind = name == null && reuse != Reuse.NONE;
    try (VariableScope s = ops.variableScope(byKind ? kind : name, kind)) {
      return s;
    }
  }

  private VariableScope open(Reuse reuse) {
    return ops.newVariableScope(scope).reuse(reuse).auxiliaryNameScope(false).open();
  }

  /**
   * A variable of this layer.
   *
   * @param initializer null for the scope's or the dtype's
   * @param regularizer null for none beside the scope's
   */
  Variable weight(
      String name,
      DataType dtype,
      Shape shape,
      Initializer initializer,
      Regularizer regularizer,
      UnaryOperator<Tensor> constraint,
      boolean trained) {
    SharedVariableBuilder b =
        ops.sharedVariable(name)
            .dtype(dtype)
            .shape(shape)
            .constraint(constraint)
            .trainable(trainable && trained);
    if (initializer != null) {
      b.initializer(initializer);
    }
    List<Variable> before = ops.globalVariables();
    Variable v = b.get();
    if (regularizer != null && !before.contains(v)) {
      try (Scope s = ops.scope(name + "/Regularizer")) {
        Tensor loss = regularizer.loss(ops, v.value());
        if (loss != null) {
          ops.graph().addToCollection(GraphKeys.REGULARIZATION_LOSSES, loss);
        }
      }
    }
    return v;
  }

  /** The error of a tensor that this layer does not take. */
  InvalidArgumentException refuse(Output x, String wanted) {
    return GraphApi.error(
        "layer '"
            + scope.name()
            + "' takes "
            + wanted
            + ", not '"
            + x.name()
            + "' "
            + x.dtype()
            + x.shape());
  }
}
