package dev.millrace.ops;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.CreationSite;
import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.List;
import java.util.function.Supplier;

/**
 * Collects what is to be said about a variable that is shared by name; {@link #get} finds or makes
 * it, as the current {@link VariableScope} says. What is not said is the scope's.
 */
public final class SharedVariableBuilder {
  private final Ops ops;
  private final String name;
  private Shape shape;
  private DataType dtype;
  private Initializer initializer;
  private Object initialValue;
  private Regularizer regularizer;
  private boolean trainable = true;
  private List<String> collections = List.of(GraphKeys.GLOBAL_VARIABLES);

  SharedVariableBuilder(Ops ops, String name) {
    this.ops = ops;
    this.name = name;
  }

  /** The shape: fully known where the variable is made; of one that exists it need only fit. */
  public SharedVariableBuilder shape(Shape shape) {
    this.shape = shape;
    return this;
  }

  /** The shape's sizes. */
  public SharedVariableBuilder shape(long... dims) {
    return shape(Shape.of(dims));
  }

  /** The dtype; by default the initial value's, else the scope's. */
  public SharedVariableBuilder dtype(DataType dtype) {
    this.dtype = dtype;
    return this;
  }

  /**
   * How to make the initial value; by default the scope's way, else Glorot's uniform one for
   * floating dtypes and zeros for integers, bools and strings.
   */
  public SharedVariableBuilder initializer(Initializer initializer) {
    this.initializer = initializer;
    return this;
  }

  /** The value to begin with, as {@link VariableBuilder#initialValue}; it has a shape already. */
  public SharedVariableBuilder initialValue(Object value) {
    this.initialValue = value;
    return this;
  }

  /** Makes the loss that goes to REGULARIZATION_LOSSES when the variable is made. */
  public SharedVariableBuilder regularizer(Regularizer regularizer) {
    this.regularizer = regularizer;
    return this;
  }

  /** Whether the variable is in TRAINABLE_VARIABLES: by default it is. */
  public SharedVariableBuilder trainable(boolean trainable) {
    this.trainable = trainable;
    return this;
  }

  /** The collections to be in, in place of GLOBAL_VARIABLES. */
  public SharedVariableBuilder collections(String... keys) {
    this.collections = List.of(keys);
    return this;
  }

  /**
   * The variable called {@code scope/name}, whatever name scope is open.
   *
   * @throws AlreadyExistsException if it exists and the scope does not share
   * @throws NotFoundException if it does not exist and the scope only shares
   * @throws dev.millrace.graph.InvalidArgumentException if it exists with another shape or dtype,
   *     or what is needed to make it is missing
   */
  public Variable get() {
    VariableStore store = VariableStore.of(ops.graph());
    VariableScope scope = store.current();
    String full = VariableStore.join(scope.name(), name);
    if (initialValue != null && !(initialValue instanceof Supplier) && shape != null) {
      throw GraphApi.error("variable '" + full + "' has its initial value's shape; give no other");
    }
    DataType type = dtype != null ? dtype : defaultDtype(scope);
    Variable found = store.variable(full);
    if (found != null) {
      return checked(found, full, type, scope.reuse());
    }
    if (scope.reuse() == Reuse.TRUE) {
      throw new NotFoundException(
          "variable '"
              + full
              + "' does not exist, or was not made by getVariable, and the scope '"
              + scope.name()
              + "' only reuses; did you mean Reuse.AUTO_REUSE, or Reuse.NONE for the first use?"
              + calledAt());
    }
    Variable made = make(full, type, scope);
    store.add(full, made);
    return made;
  }

  private DataType defaultDtype(VariableScope scope) {
    if (initialValue instanceof Operand o) {
      return o instanceof Variable v ? v.dtype() : o.asOutput().dtype();
    }
    return initialValue == null || initialValue instanceof Supplier
        ? scope.dtype()
        : ops.value(initialValue, null).dtype();
  }

  private Variable checked(Variable found, String full, DataType type, Reuse reuse) {
    String where = "\n  defined at " + found.op().creationSite();
    if (reuse == Reuse.NONE) {
      throw new AlreadyExistsException(
          "variable '"
              + full
              + "' exists already; to share it, open the scope with Reuse.TRUE or"
              + " Reuse.AUTO_REUSE; to have another, give it a name or scope of its own"
              + where
              + calledAt());
    }
    if (shape != null && !shape.isCompatibleWith(found.shape())) {
      throw GraphApi.error(
          "variable '"
              + full
              + "' is to be shared with shape "
              + shape
              + ", but it has shape "
              + found.shape()
              + "; ask for that shape, or give the other variable a scope of its own"
              + where);
    }
    if (type != found.dtype()) {
      throw GraphApi.error(
          "variable '"
              + full
              + "' is to be shared with dtype "
              + type
              + ", but it has dtype "
              + found.dtype()
              + "; ask for that dtype, or give the other variable a scope of its own"
              + where);
    }
    return found;
  }

  private static String calledAt() {
    CreationSite site = CreationSite.here();
    return site.isKnown() ? "\n  called at " + site : "";
  }

  private Variable make(String full, DataType type, VariableScope scope) {
    try (Scope outside = ops.graph().outsideFunctions();
        Scope free = ops.clearControlDependencies();
        Scope root = ops.graph().nameScope("")) {
      VariableBuilder b =
          ops.newVariable(full).dtype(type).trainable(trainable).collections(collections);
      if (shape != null) {
        b.shape(shape);
      }
      if (initialValue != null) {
        b.initialValue(initialValue);
      } else {
        b.initializer(initializer(full, type, scope));
      }
      Variable v = b.build();
      regularize(v, scope);
      return v;
    }
  }

  private Initializer initializer(String full, DataType type, VariableScope scope) {
    if (initializer != null) {
      return initializer;
    } else if (scope.initializer() != null) {
      return scope.initializer();
    } else if (type.isFloating()) {
      return Initializers.glorotUniform();
    } else if (type.isInteger() || type == DataType.BOOL || type == DataType.STRING) {
      return Initializers.zeros();
    }
    throw GraphApi.error("variable '" + full + "' of dtype " + type + " needs an initializer");
  }

  private void regularize(Variable v, VariableScope scope) {
    Regularizer r = regularizer != null ? regularizer : scope.regularizer();
    if (r == null) {
      return;
    }
    try (Scope place = ops.colocateWith(v.op());
        Scope names = ops.graph().nameScope(v.name() + "/Regularizer/")) {
      Tensor loss = r.loss(ops, v.value());
      if (loss != null) {
        ops.graph().addToCollection(GraphKeys.REGULARIZATION_LOSSES, loss);
      }
    }
  }
}
