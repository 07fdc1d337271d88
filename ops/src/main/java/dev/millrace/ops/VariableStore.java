package dev.millrace.ops;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.CreationSite;
import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Scope;
import java.util.HashMap;
import java.util.Map;

/**
 * What a graph knows of its shared variables and variable scopes. Variables are found or made with
 * the root name scope open and no control dependencies.
 */
final class VariableStore {
  private final Ops ops;
  private final Map<String, Variable> variables = new HashMap<>();
  private final PartitionedVariables partitioned = new PartitionedVariables(this);
  private final ScopeCounts scopes = new ScopeCounts();
  private VariableScope current;

  private VariableStore(Ops ops) {
    this.ops = ops;
    this.current = new VariableScope(ops, "", "", s -> {});
  }

  static VariableStore of(Ops ops) {
    return ops.graph().attachment(VariableStore.class, () -> new VariableStore(ops));
  }

  static String join(String scope, String name) {
    return scope.isEmpty() ? name : scope + "/" + name;
  }

  Ops ops() {
    return ops;
  }

  // ---- scopes

  VariableScope current() {
    return current;
  }

  void setCurrent(VariableScope scope) {
    current = scope;
  }

  /** Which scopes were opened. */
  ScopeCounts scopes() {
    return scopes;
  }

  // ---- variables

  /** The variable of that name; null where none was made by {@link #get}. */
  Variable find(String name) {
    return variables.get(name);
  }

  PartitionedVariable getPartitioned(VariableRequest r, Partitioner partitioner) {
    return partitioned.get(r, partitioner);
  }

  /** Finds or makes a variable in one piece. */
  Variable get(VariableRequest r) {
    Variable part = find(r.name() + "/part_0");
    if (part != null) {
      throw GraphApi.error(
          "variable '"
              + r.name()
              + "' is asked for in one piece, but exists in parts; ask for it by getPartitioned()"
              + definedAt(part));
    }
    return getSingle(r, null);
  }

  /**
   * Finds or makes a variable.
   *
   * @param slice what part of a whole it is; null if it is none
   */
  Variable getSingle(VariableRequest r, VariableSlice slice) {
    Variable found = find(r.name());
    if (found != null) {
      checkShared(found, r);
      return found;
    }
    if (r.reuse() == Reuse.TRUE) {
      throw new NotFoundException(
          "variable '"
              + r.name()
              + "' does not exist, or was not made by getVariable, and the scope '"
              + current.name()
              + "' only shares (Reuse.TRUE); to make it where it does not exist, open the scope"
              + " with Reuse.AUTO_REUSE, or without reuse for the first use"
              + calledAt());
    }
    Variable v = make(r, slice);
    variables.put(r.name(), v);
    regularize(v, r);
    return v;
  }

  private static void checkShared(Variable found, VariableRequest r) {
    String where = definedAt(found);
    if (r.reuse() == Reuse.NONE) {
      throw new AlreadyExistsException(
          "variable '"
              + r.name()
              + "' exists already; to share it, open the scope with Reuse.TRUE or"
              + " Reuse.AUTO_REUSE; to have another, give it a name or a scope of its own"
              + where
              + calledAt());
    }
    if (r.shape() != null && !r.shape().isCompatibleWith(found.shape())) {
      throw GraphApi.error(
          "variable '"
              + r.name()
              + "' is to be shared with shape "
              + r.shape()
              + ", but it has shape "
              + found.shape()
              + "; ask for that shape, or give the other variable a scope of its own"
              + where);
    }
    if (r.dtype() != found.dtype()) {
      throw GraphApi.error(
          "variable '"
              + r.name()
              + "' is to be shared with dtype "
              + r.dtype()
              + ", but it has dtype "
              + found.dtype()
              + "; ask for that dtype, or give the other variable a scope of its own"
              + where);
    }
  }

  static String definedAt(Variable v) {
    return "\n  defined at " + v.op().creationSite();
  }

  static String calledAt() {
    CreationSite site = CreationSite.here();
    return site.isKnown() ? "\n  called at " + site : "";
  }

  private Variable make(VariableRequest r, VariableSlice slice) {
    VariableBuilder b =
        ops.newVariable(r.name())
            .dtype(r.dtype())
            .trainable(r.trainable())
            .validateShape(r.validateShape())
            .constraint(r.constraint())
            .collections(r.collections());
    if (slice != null) {
      b.slice(slice);
    }
    if (r.shape() != null) {
      b.shape(r.shape());
    }
    if (r.initialValue() != null) {
      return b.initialValue(r.initialValue()).build();
    }
    if (r.shape() == null || !r.shape().isFullyDefined()) {
      throw GraphApi.error(
          "variable '"
              + r.name()
              + "' does not exist yet, and to make it its shape must be fully known, "
              + (r.shape() == null ? "but none is given" : "not " + r.shape())
              + "; give every size, or an initial value");
    }
    Initializer i = r.initializer() != null ? r.initializer() : defaultInitializer(r);
    return b.initializer(i).build();
  }

  private static Initializer defaultInitializer(VariableRequest r) {
    DataType t = r.dtype();
    if (t.isFloating()) {
      return Initializers.glorotUniform();
    } else if (t.isInteger() || t == DataType.BOOL || t == DataType.STRING) {
      return Initializers.zeros();
    }
    throw GraphApi.error(
        "variable '"
            + r.name()
            + "' of dtype "
            + t
            + " needs an initializer: there is no usual one");
  }

  private void regularize(Variable v, VariableRequest r) {
    if (r.regularizer() == null) {
      return;
    }
    try (Scope place = ops.colocateWith(v.op());
        Scope names = ops.graph().nameScope(r.name() + "/Regularizer/")) {
      Tensor loss = r.regularizer().loss(ops, v.value());
      if (loss != null) {
        ops.graph().addToCollection(GraphKeys.REGULARIZATION_LOSSES, loss);
      }
    }
  }
}
