package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.Scope;
import java.util.function.UnaryOperator;

/**
 * Collects what is to be said about a variable scope; {@link #open} enters it. What is not said is
 * as in the scope around it, or, of a scope entered again, as it was; a constraint alone holds in
 * no scope but its own. There is no caching device: a resource variable's reads are not cached by
 * device.
 */
public final class VariableScopeBuilder {
  private final Ops ops;
  private final String name;
  private final String defaultName;
  private final VariableScope again;
  private Reuse reuse = Reuse.NONE;
  private Initializer initializer;
  private Regularizer regularizer;
  private UnaryOperator<Tensor> constraint;
  private VariableGetter customGetter;
  private Partitioner partitioner;
  private DataType dtype;
  private boolean auxiliaryNameScope = true;

  VariableScopeBuilder(Ops ops, String name, String defaultName, VariableScope again) {
    this.ops = ops;
    this.name = name;
    this.defaultName = defaultName;
    this.again = again;
  }

  /** Whether variables are made or shared; {@link Reuse#NONE} inherits. */
  public VariableScopeBuilder reuse(Reuse reuse) {
    this.reuse = reuse;
    return this;
  }

  /** The initializer of variables that are given none. */
  public VariableScopeBuilder initializer(Initializer initializer) {
    this.initializer = initializer;
    return this;
  }

  /** The regularizer of variables that are given none; {@link Regularizers#none()} ends one. */
  public VariableScopeBuilder regularizer(Regularizer regularizer) {
    this.regularizer = regularizer;
    return this;
  }

  /** What optimizers apply to the values of variables that are given no constraint. */
  public VariableScopeBuilder constraint(UnaryOperator<Tensor> constraint) {
    this.constraint = constraint;
    return this;
  }

  /** What stands between getVariable and the variables; one of the scope around comes behind it. */
  public VariableScopeBuilder customGetter(VariableGetter getter) {
    this.customGetter = getter;
    return this;
  }

  /** How {@link SharedVariableBuilder#getPartitioned} cuts variables. */
  public VariableScopeBuilder partitioner(Partitioner partitioner) {
    this.partitioner = partitioner;
    return this;
  }

  /** The dtype of variables that are given none. */
  public VariableScopeBuilder dtype(DataType dtype) {
    this.dtype = dtype;
    return this;
  }

  /** Whether a name scope is opened too: by default it is. */
  public VariableScopeBuilder auxiliaryNameScope(boolean open) {
    this.auxiliaryNameScope = open;
    return this;
  }

  /**
   * Enters the scope.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if there is neither a name nor a default
   *     one, or reuse is asked of a scope with a default name, which is always new
   */
  public VariableScope open() {
    check();
    VariableStore store = VariableStore.of(ops);
    VariableScope around = store.current();
    Scope names = openNames();
    String full = fullName(store, around);
    int mark = again != null ? store.scopes().mark() : 0;
    VariableScope opened =
        new VariableScope(
            ops, full, originalNameScope(), s -> close(store, s, around, mark, names));
    fill(opened, again != null ? again : around);
    store.scopes().count(full);
    store.setCurrent(opened);
    return opened;
  }

  private void check() {
    if (again != null || name != null) {
      return;
    }
    if (defaultName == null) {
      throw GraphApi.error("a variable scope needs a name or a default name");
    }
    if (reuse != Reuse.NONE) {
      throw GraphApi.error(
          "a variable scope with the default name '"
              + defaultName
              + "' is always a new one and has nothing to share, so that it cannot be opened with"
              + " Reuse."
              + reuse
              + "; give it a name");
    }
  }

  /** The last part of the scope's path, which the ops' name scope is called. */
  private String lastName() {
    if (again != null) {
      return again.name().substring(again.name().lastIndexOf('/') + 1);
    }
    return name != null ? name : defaultName;
  }

  private Scope openNames() {
    return auxiliaryNameScope && !lastName().isEmpty() ? ops.graph().nameScope(lastName()) : null;
  }

  /** With the names' scope open. */
  private String originalNameScope() {
    if (again != null) {
      return again.originalNameScope();
    }
    String current = ops.graph().currentNameScope();
    boolean nameless = auxiliaryNameScope && lastName().isEmpty();
    return nameless || current.isEmpty() ? "" : current + "/";
  }

  private String fullName(VariableStore store, VariableScope around) {
    if (again != null) {
      return again.name();
    }
    return name != null
        ? VariableStore.join(around.name(), name)
        : store.scopes().unique(VariableStore.join(around.name(), defaultName));
  }

  private void fill(VariableScope scope, VariableScope like) {
    scope.inherit(like);
    scope.setConstraint(constraint);
    if (reuse != Reuse.NONE) {
      scope.setReuse(reuse);
    }
    if (initializer != null) {
      scope.setInitializer(initializer);
    }
    if (regularizer != null) {
      scope.setRegularizer(regularizer);
    }
    if (customGetter != null) {
      scope.setCustomGetter(customGetter.inside(like.customGetter()));
    }
    if (partitioner != null) {
      scope.setPartitioner(partitioner);
    }
    if (dtype != null) {
      scope.setDtype(dtype);
    }
  }

  private void close(
      VariableStore store, VariableScope scope, VariableScope around, int mark, Scope names) {
    if (store.current() != scope) {
      throw new FailedPreconditionException(
          "the variable scope '"
              + scope.name()
              + "' cannot close while '"
              + store.current().name()
              + "', opened after it, is open; scopes close in the reverse order of opening");
    }
    if (again != null) {
      store.scopes().restore(mark);
      store.scopes().count(scope.name());
    } else {
      store.scopes().forgetInside(scope.name());
    }
    store.setCurrent(around);
    if (names != null) {
      names.close();
    }
  }
}
