package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Collects what is to be said about a variable that is shared by name; {@link #get} finds or makes
 * it, as the current {@link VariableScope} says. What is not said is the scope's.
 */
public final class SharedVariableBuilder {
  private final Ops ops;
  private VariableRequest request;
  private DataType dtype;
  private VariableGetter customGetter;
  private Partitioner partitioner;

  SharedVariableBuilder(Ops ops, String name) {
    this.ops = ops;
    this.request = new VariableRequest(name);
  }

  /** The shape: fully known where the variable is made; of one that exists it need only fit. */
  public SharedVariableBuilder shape(Shape shape) {
    request = request.withShape(shape);
    return this;
  }

  /** The shape's sizes: none for a scalar. */
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
    request = request.withInitializer(initializer);
    return this;
  }

  /** The value to begin with, as {@link VariableBuilder#initialValue}; it has a shape already. */
  public SharedVariableBuilder initialValue(Object value) {
    request = request.withInitialValue(value);
    return this;
  }

  /** Makes the loss that goes to REGULARIZATION_LOSSES when the variable is made. */
  public SharedVariableBuilder regularizer(Regularizer regularizer) {
    request = request.withRegularizer(regularizer);
    return this;
  }

  /** What an optimizer applies to the value after each update, as a norm to hold. */
  public SharedVariableBuilder constraint(UnaryOperator<Tensor> constraint) {
    request = request.withConstraint(constraint);
    return this;
  }

  /** Whether the variable is in TRAINABLE_VARIABLES: by default it is. */
  public SharedVariableBuilder trainable(boolean trainable) {
    request = request.withTrainable(trainable);
    return this;
  }

  /** Whether assigned values must fit the initial one's shape: by default they must. */
  public SharedVariableBuilder validateShape(boolean validate) {
    request = request.withValidateShape(validate);
    return this;
  }

  /** The collections to be in, in place of GLOBAL_VARIABLES. */
  public SharedVariableBuilder collections(String... keys) {
    return collections(Arrays.asList(keys));
  }

  /** As {@link #collections(String...)}. */
  public SharedVariableBuilder collections(List<String> keys) {
    request = request.withCollections(keys);
    return this;
  }

  /** What stands between this call and the variables, in place of the scope's. */
  public SharedVariableBuilder customGetter(VariableGetter getter) {
    this.customGetter = getter;
    return this;
  }

  /** How {@link #getPartitioned} cuts the variable, in place of the scope's way. */
  public SharedVariableBuilder partitioner(Partitioner partitioner) {
    this.partitioner = partitioner;
    return this;
  }

  /**
   * The variable called {@code scope/name}, whatever name scope is open.
   *
   * @throws dev.millrace.graph.AlreadyExistsException if it exists and the scope does not share
   * @throws dev.millrace.graph.NotFoundException if it does not exist and the scope only shares
   * @throws dev.millrace.graph.InvalidArgumentException if it exists with another shape or dtype,
   *     or what is needed to make it is missing
   */
  public Variable get() {
    VariableStore store = VariableStore.of(ops);
    VariableScope scope = store.current();
    VariableRequest asked = filled(scope);
    VariableGetter getter = customGetter != null ? customGetter : scope.customGetter();
    try (Scope outside = ops.graph().outsideFunctions();
        Scope free = ops.clearControlDependencies();
        Scope root = ops.graph().nameScope("")) {
      return getter == null ? store.get(asked) : getter.get(asked, store::get);
    }
  }

  /**
   * The variable called {@code scope/name}, cut into parts {@code name/part_0}, {@code
   * name/part_1}, … along one axis, as the partitioner says. Getters have no part in it.
   *
   * @throws dev.millrace.graph.InvalidArgumentException as {@link #get} and if there is no
   *     partitioner, the shape is not fully known, or the variable exists in one piece or in other
   *     parts
   */
  public PartitionedVariable getPartitioned() {
    VariableStore store = VariableStore.of(ops);
    VariableScope scope = store.current();
    try (Scope outside = ops.graph().outsideFunctions();
        Scope free = ops.clearControlDependencies();
        Scope root = ops.graph().nameScope("")) {
      return store.getPartitioned(
          filled(scope), partitioner != null ? partitioner : scope.partitioner());
    }
  }

  private VariableRequest filled(VariableScope scope) {
    String full = VariableStore.join(scope.name(), request.name());
    Object value = request.initialValue();
    if (value != null && !(value instanceof Supplier) && request.shape() != null) {
      throw GraphApi.error("variable '" + full + "' has its initial value's shape; give no other");
    }
    VariableRequest r =
        request
            .withName(full)
            .withReuse(scope.reuse())
            .withDtype(dtype != null ? dtype : defaultDtype(scope));
    if (r.initializer() == null && value == null) {
      r = r.withInitializer(scope.initializer());
    }
    if (r.regularizer() == null) {
      r = r.withRegularizer(scope.regularizer());
    }
    return r.constraint() != null ? r : r.withConstraint(scope.constraint());
  }

  private DataType defaultDtype(VariableScope scope) {
    Object value = request.initialValue();
    if (value instanceof Operand o) {
      return o instanceof Variable v ? v.dtype() : o.asOutput().dtype();
    }
    return value == null || value instanceof Supplier
        ? scope.dtype()
        : ops.value(value, null).dtype();
  }
}
