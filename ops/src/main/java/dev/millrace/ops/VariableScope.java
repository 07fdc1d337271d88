package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

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
 * <p>Scopes close in the reverse order of opening. What is set on an open scope holds for the
 * variables and scopes that come after.
 */
public final class VariableScope implements AutoCloseable {
  private final Ops ops;
  private final String name;
  private final String originalNameScope;
  private final Consumer<VariableScope> end;
  private Reuse reuse = Reuse.NONE;
  private Initializer initializer;
  private Regularizer regularizer;
  private UnaryOperator<Tensor> constraint;
  private VariableGetter customGetter;
  private Partitioner partitioner;
  private DataType dtype = DataType.FLOAT32;
  private boolean closed;

  VariableScope(Ops ops, String name, String originalNameScope, Consumer<VariableScope> end) {
    this.ops = ops;
    this.name = name;
    this.originalNameScope = originalNameScope;
    this.end = end;
  }

  /** Takes over what {@code other} has, but for the constraint, which is not handed on. */
  void inherit(VariableScope other) {
    reuse = other.reuse;
    initializer = other.initializer;
    regularizer = other.regularizer;
    customGetter = other.customGetter;
    partitioner = other.partitioner;
    dtype = other.dtype;
  }

  /** The prefix of the variables' names, without a slash at the end; empty at the root. */
  public String name() {
    return name;
  }

  /**
   * The name scope of the ops when this was first opened, with a slash at the end, so that it can
   * be entered again by {@link Ops#scope}; empty at the root.
   */
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

  void setReuse(Reuse reuse) {
    this.reuse = reuse;
  }

  /** The initializer of variables that are given none; null for the dtype's. */
  public Initializer initializer() {
    return initializer;
  }

  /** Sets {@link #initializer()}. */
  public void setInitializer(Initializer initializer) {
    this.initializer = initializer;
  }

  /** The regularizer of variables that are given none; null for none. */
  public Regularizer regularizer() {
    return regularizer;
  }

  /** Sets {@link #regularizer()}. */
  public void setRegularizer(Regularizer regularizer) {
    this.regularizer = regularizer;
  }

  /** The constraint of variables that are given none; null for none. Scopes inside have none. */
  public UnaryOperator<Tensor> constraint() {
    return constraint;
  }

  void setConstraint(UnaryOperator<Tensor> constraint) {
    this.constraint = constraint;
  }

  /** What stands between getVariable and the variables; null for nothing. */
  public VariableGetter customGetter() {
    return customGetter;
  }

  /** Sets {@link #customGetter()}, in place of the one there is. */
  public void setCustomGetter(VariableGetter getter) {
    this.customGetter = getter;
  }

  /** How {@link SharedVariableBuilder#getPartitioned} cuts variables; null where nothing says. */
  public Partitioner partitioner() {
    return partitioner;
  }

  /** Sets {@link #partitioner()}. */
  public void setPartitioner(Partitioner partitioner) {
    this.partitioner = partitioner;
  }

  /** The dtype of variables that are given none. */
  public DataType dtype() {
    return dtype;
  }

  /** Sets {@link #dtype()}. */
  public void setDtype(DataType dtype) {
    this.dtype = dtype;
  }

  /** The global variables whose names begin with this scope's: at the root, all. */
  public List<Variable> globalVariables() {
    return variables(GraphKeys.GLOBAL_VARIABLES);
  }

  /** The trainable variables whose names begin with this scope's: at the root, all. */
  public List<Variable> trainableVariables() {
    return variables(GraphKeys.TRAINABLE_VARIABLES);
  }

  /** The local variables whose names begin with this scope's: at the root, all. */
  public List<Variable> localVariables() {
    return variables(GraphKeys.LOCAL_VARIABLES);
  }

  private List<Variable> variables(String key) {
    String prefix = name.isEmpty() ? "" : Pattern.quote(name + "/");
    return ops.graph().collection(key, prefix).stream()
        .filter(Variable.class::isInstance)
        .map(Variable.class::cast)
        .toList();
  }

  /**
   * Ends the scope; a second call does nothing.
   *
   * @throws dev.millrace.graph.FailedPreconditionException if a scope opened after this is open
   *     still
   */
  @Override
  public void close() {
    if (!closed) {
      end.accept(this);
      closed = true;
    }
  }

  /** As {@code VariableScope("tower/layer", reuse=NONE)}. */
  @Override
  public String toString() {
    return "VariableScope(\"" + name + "\", reuse=" + reuse + ")";
  }
}
