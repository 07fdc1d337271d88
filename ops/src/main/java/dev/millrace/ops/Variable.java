package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.function.UnaryOperator;

/**
 * A value that a session keeps from run to run: a resource variable of TensorFlow's. As an operand
 * it stands for its value, and it has a tensor's methods: {@code x.matmul(w).add(b)}.
 *
 * <p>A session must initialise it first: {@link Ops#globalVariablesInitializer}. Within one run a
 * read and an assignment happen in any order unless control dependencies, or the read that an
 * assignment itself gives ({@link Assigned}), order them.
 */
public final class Variable implements TensorMethods {
  private final Ops ops;
  private final Output handle;
  private final Output initialValue;
  private final DataType dtype;
  private final Shape shape;
  private final boolean trainable;
  private Tensor isInitialized; // null of an imported variable until it is asked for
  private final Operation initializer;
  private final Tensor value;
  private UnaryOperator<Tensor> constraint;
  private VariableSlice slice;

  /** Adds the ops that tell, set and read the value, in the current name scope. */
  Variable(
      Ops ops, Output handle, Output initialValue, DataType dtype, Shape shape, boolean trainable) {
    this.ops = ops;
    this.handle = handle;
    this.initialValue = initialValue;
    this.dtype = dtype;
    this.shape = shape;
    this.trainable = trainable;
    try (Scope s = ops.scope("IsInitialized")) {
      this.isInitialized = ops.node("VarIsInitializedOp", "VarIsInitializedOp", handle);
    }
    this.initializer =
        initialValue == null
            ? null
            : ops.op("AssignVariableOp", "Assign").input(handle).input(initialValue).build();
    try (Scope s = ops.scope("Read")) {
      this.value = read();
    }
  }

  /**
   * A variable that is in the graph already, with the nodes that a meta graph names for it.
   *
   * @param handle a resource, or, of TensorFlow's first kind of variables, the reference
   * @param initialValue null where it is not known
   */
  Variable(
      Ops ops,
      Output handle,
      Output initialValue,
      Operation initializer,
      Output value,
      Shape shape,
      boolean trainable) {
    this.ops = ops;
    this.handle = handle;
    this.initialValue = initialValue;
    this.dtype = value.dtype();
    this.shape = shape;
    this.trainable = trainable;
    this.isInitialized = null;
    this.initializer = initializer;
    this.value = ops.tensor(value);
  }

  /** What is known beyond the graph's nodes; said once, when the variable is built. */
  void describe(UnaryOperator<Tensor> constraint, VariableSlice slice) {
    this.constraint = constraint;
    this.slice = slice;
  }

  private Tensor read() {
    if (isReference()) {
      return ops.identity(ops.tensor(handle));
    }
    return ops.finish(ops.op("ReadVariableOp", null).input(handle).attr("dtype", dtype));
  }

  /**
   * Whether this is of TensorFlow's first kind of variables ({@code VariableV2}), as older imported
   * graphs have them; those made here are resources, unless {@link VariableBuilder#reference} asks.
   */
  public boolean isReference() {
    return handle.dtype() != DataType.RESOURCE;
  }

  /**
   * The resource that names the variable's storage (VarHandleOp); of an imported variable by
   * reference that reference.
   */
  public Output handle() {
    return handle;
  }

  /** The operation that makes the handle; it has the variable's name. */
  public Operation op() {
    return handle.op();
  }

  /** The full name, as {@code layer1/w}: what a checkpoint files the value under. */
  public String name() {
    return handle.op().name();
  }

  /** The dtype of the elements. */
  public DataType dtype() {
    return dtype;
  }

  /** What is known of the shape. */
  public Shape shape() {
    return shape;
  }

  /** The graph that this belongs to. */
  public Graph graph() {
    return handle.graph();
  }

  @Override
  public Ops ops() {
    return ops;
  }

  /** Whether optimizers change this unless told what to change. */
  public boolean trainable() {
    return trainable;
  }

  /** What an optimizer applies to the value after each update; null for nothing. */
  public UnaryOperator<Tensor> constraint() {
    return constraint;
  }

  /** Which part of a {@link PartitionedVariable} this is; null if it is none. */
  public VariableSlice slice() {
    return slice;
  }

  /** The value, read by the op {@code name/Read/ReadVariableOp}: what this is as an operand. */
  public Tensor value() {
    return value;
  }

  /** The value, read by an op of its own, which control dependencies now open apply to. */
  public Tensor readValue() {
    Tensor fresh;
    try (Scope s = ops.scope("Read")) {
      fresh = read();
    }
    return ops.identity(fresh);
  }

  @Override
  public Output asOutput() {
    return value.asOutput();
  }

  /** The tensor that the initializer assigns; null of a variable that has none. */
  public Tensor initialValue() {
    return initialValue == null ? null : ops.tensor(initialValue);
  }

  /**
   * The value, or, as long as the variable has none, its initial value: for initial values of other
   * variables (a cond on {@link #isInitialized}).
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the variable has no initial value
   */
  public Tensor initializedValue() {
    if (initialValue == null) {
      throw GraphApi.error("variable '" + name() + "' has no initial value");
    }
    try (Scope outside = graph().outsideFunctions()) {
      return ops.cond(isInitialized(), this::readValue, this::initialValue);
    }
  }

  /** The operation that assigns the initial value; null of a variable that has none. */
  public Operation initializer() {
    return initializer;
  }

  /** A scalar bool: whether the variable has a value (VarIsInitializedOp). */
  public Tensor isInitialized() {
    if (isInitialized == null) {
      try (Scope outside = graph().outsideFunctions();
          Scope free = ops.clearControlDependencies();
          Scope own = ops.graph().nameScope(name() + "/IsInitialized/")) {
        isInitialized =
            ops.node(isReference() ? "IsVariableInitialized" : "VarIsInitializedOp", null, handle);
      }
    }
    return isInitialized;
  }

  /**
   * Sets the value (AssignVariableOp).
   *
   * @param x a tensor or Java value of this variable's dtype and shape
   */
  public Assigned assign(Object x) {
    return change("AssignVariableOp", x);
  }

  /** Adds {@code x} to the value (AssignAddVariableOp). */
  public Assigned assignAdd(Object x) {
    return change("AssignAddVariableOp", x);
  }

  /** Subtracts {@code x} from the value (AssignSubVariableOp). */
  public Assigned assignSub(Object x) {
    return change("AssignSubVariableOp", x);
  }

  private Assigned change(String type, Object x) {
    Output to = ops.convert(x, dtype, "Const");
    if (!to.shape().isCompatibleWith(shape)) {
      throw GraphApi.error(
          "variable '"
              + name()
              + "' is of shape "
              + shape
              + " and cannot take '"
              + to.name()
              + "' of shape "
              + to.shape());
    }
    String own = isReference() ? type.replace("VariableOp", "") : type;
    return new Assigned(this, ops.op(own, own).input(handle).input(to).build());
  }

  /** The rows at {@code indices}, without reading the others (ResourceGather). */
  public Tensor sparseRead(Object indices) {
    try (Scope s = ops.scope("Gather")) {
      return sparseRead(indices, s.name());
    }
  }

  Tensor sparseRead(Object indices, String name) {
    Output at = ops.convert(indices, null, "indices");
    if (isReference()) {
      return ops.finish(ops.op("GatherV2", name).input(handle).input(at).input(ops.constant(0)));
    }
    Tensor rows =
        ops.finish(ops.op("ResourceGather", name).input(handle).input(at).attr("dtype", dtype));
    return ops.identity(rows);
  }

  /** As {@code Variable("w", shape=[2,3], dtype=float32)}. */
  @Override
  public String toString() {
    return "Variable(\"" + name() + "\", shape=" + shape + ", dtype=" + dtype + ")";
  }
}
