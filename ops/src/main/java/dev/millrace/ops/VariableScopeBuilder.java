package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Scope;
import java.util.Map;

/**
 * Collects what is to be said about a variable scope; {@link #open} enters it. What is not said is
 * as in the scope around it, or, of a scope entered again, as it was. There is no caching device: a
 * resource variable's reads are not cached by device.
 */
public final class VariableScopeBuilder {
  private final Ops ops;
  private final String name;
  private final String defaultName;
  private final VariableScope again;
  private Reuse reuse = Reuse.NONE;
  private Initializer initializer;
  private Regularizer regularizer;
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

  /** The regularizer of variables that are given none. */
  public VariableScopeBuilder regularizer(Regularizer regularizer) {
    this.regularizer = regularizer;
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
    VariableStore store = VariableStore.of(ops.graph());
    VariableScope around = store.current();
    if (again == null && name == null) {
      if (defaultName == null) {
        throw GraphApi.error("a variable scope needs a name or a default name");
      }
      if (reuse != Reuse.NONE) {
        throw GraphApi.error(
            "a variable scope with a default name ('"
                + defaultName
                + "') is always a new one and has nothing to reuse; give it a name");
      }
    }
    String last = again != null ? lastOf(again.name()) : name == null ? defaultName : name;
    boolean inner = auxiliaryNameScope && !last.isEmpty();
    Scope names = inner ? ops.graph().nameScope(last) : null;
    String nameScope = ops.graph().currentNameScope();
    Map<String, Integer> counts = store.counts();
    String full = fullName(store, around);
    VariableScope like = again != null ? again : around;
    VariableScope opened =
        new VariableScope(
            full,
            again != null ? again.originalNameScope() : nameScope.isEmpty() ? "" : nameScope + "/",
            reuse != Reuse.NONE ? reuse : like.reuse(),
            initializer != null ? initializer : like.initializer(),
            regularizer != null ? regularizer : like.regularizer(),
            dtype != null ? dtype : like.dtype(),
            () -> {
              if (again != null) {
                store.restoreCounts(counts, full);
              } else {
                store.forgetInside(full);
              }
              store.setCurrent(around);
              if (names != null) {
                names.close();
              }
            });
    store.count(full);
    store.setCurrent(opened);
    return opened;
  }

  private String fullName(VariableStore store, VariableScope around) {
    if (again != null) {
      return again.name();
    }
    String own = name == null ? store.uniqueName(around.name(), defaultName) : name;
    return own.isEmpty() ? around.name() : VariableStore.join(around.name(), own);
  }

  private static String lastOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
