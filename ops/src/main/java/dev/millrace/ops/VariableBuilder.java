package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Collects what is to be said about a variable; {@link #build} makes it. */
public final class VariableBuilder {
  private final Ops ops;
  private final String name;
  private Object initialValue;
  private Initializer initializer;
  private DataType dtype;
  private Shape shape;
  private boolean trainable = true;
  private boolean validateShape = true;
  private boolean reference;
  private UnaryOperator<Tensor> constraint;
  private VariableSlice slice;
  private List<String> collections = List.of(GraphKeys.GLOBAL_VARIABLES);

  VariableBuilder(Ops ops, String name) {
    this.ops = ops;
    this.name = name;
  }

  /**
   * The value to begin with: a tensor; a Java value; or a {@link Supplier} of either, whose ops
   * then stand under {@code name/Initializer}.
   */
  public VariableBuilder initialValue(Object value) {
    initialValue = value;
    return this;
  }

  /** How to make the initial value; the shape must be given too. */
  public VariableBuilder initializer(Initializer initializer) {
    this.initializer = initializer;
    return this;
  }

  /** The dtype; by default the initial value's, and of an initializer float32. */
  public VariableBuilder dtype(DataType dtype) {
    this.dtype = dtype;
    return this;
  }

  /** The shape; by default the initial value's. */
  public VariableBuilder shape(Shape shape) {
    this.shape = shape;
    return this;
  }

  /** The shape's sizes. */
  public VariableBuilder shape(long... dims) {
    return shape(Shape.of(dims));
  }

  /** Whether the variable is in TRAINABLE_VARIABLES: by default it is. */
  public VariableBuilder trainable(boolean trainable) {
    this.trainable = trainable;
    return this;
  }

  /** Whether assigned values must fit the initial one's shape: by default they must. */
  public VariableBuilder validateShape(boolean validate) {
    this.validateShape = validate;
    return this;
  }

  /**
   * Whether to make a variable of TensorFlow's first kind (VariableV2), whose operations take it by
   * reference, to go with those of an imported graph: by default it is a resource. A read of it may
   * see what other operations of the same run assign.
   */
  public VariableBuilder reference(boolean reference) {
    this.reference = reference;
    return this;
  }

  /**
   * What an optimizer applies to the value after each update; null for nothing. It makes, of the
   * value as it would be, the value to keep.
   */
  public VariableBuilder constraint(UnaryOperator<Tensor> constraint) {
    this.constraint = constraint;
    return this;
  }

  /** Says that the variable is a part of a whole, as which a checkpoint files it. */
  public VariableBuilder slice(VariableSlice slice) {
    this.slice = slice;
    return this;
  }

  /** The collections to be in, in place of GLOBAL_VARIABLES; {@link GraphKeys} has names. */
  public VariableBuilder collections(String... keys) {
    this.collections = List.of(keys);
    return this;
  }

  /** As {@link #collections(String...)}. */
  public VariableBuilder collections(List<String> keys) {
    this.collections = List.copyOf(keys);
    return this;
  }

  /**
   * Makes the variable and the ops that initialise and read it, under a scope of its name: {@code
   * name} (VarHandleOp), {@code name/Initializer/…}, {@code name/IsInitialized/VarIsInitializedOp},
   * {@code name/Assign}, {@code name/Read/ReadVariableOp}, as TensorFlow's resource variables have
   * them; by reference, {@code name} (VariableV2), {@code name/Initializer/…}, {@code name/Assign}
   * and {@code name/read}. Open control dependencies do not apply to them.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if no initial value is given, or it fits
   *     neither the dtype nor the shape
   */
  public Variable build() {
    if (name == null || name.isEmpty()) {
      throw GraphApi.error("a variable needs a name");
    }
    Graph graph = ops.graph();
    try (Scope outside = graph.outsideFunctions();
        Scope free = ops.clearControlDependencies();
        Scope s = graph.nameScope(name)) {
      String fullName = s.name().substring(0, s.name().length() - 1);
      Output initial = makeInitialValue();
      Shape varShape = shapeOf(initial, fullName);
      Output handle =
          ops.op(reference ? "VariableV2" : "VarHandleOp", s.name())
              .attr("dtype", initial.dtype())
              .attr("shape", varShape)
              .attr("container", "")
              .attr("shared_name", reference ? "" : fullName)
              .build()
              .output(0);
      Variable v =
          reference
              ? byReference(handle, initial, varShape)
              : new Variable(ops, handle, initial, initial.dtype(), varShape, trainable);
      v.describe(constraint, slice);
      for (String key : keys()) {
        graph.addToCollection(key, v);
      }
      return v;
    }
  }

  private Variable byReference(Output handle, Output initial, Shape of) {
    try (Scope where = ops.colocateWith(handle)) {
      Operation assign =
          ops.op("Assign", "Assign")
              .input(handle)
              .input(initial)
              .attr("validate_shape", validateShape)
              .build();
      Output read = ops.op("Identity", "read").input(handle).build().output(0);
      return new Variable(ops, handle, initial, assign, read, of, trainable);
    }
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>(collections);
    if (trainable && !keys.contains(GraphKeys.TRAINABLE_VARIABLES)) {
      keys.add(GraphKeys.TRAINABLE_VARIABLES);
    }
    return keys;
  }

  private Output makeInitialValue() {
    if (initializer == null && initialValue == null) {
      throw GraphApi.error("variable '" + name + "' needs an initial value or an initializer");
    }
    try (Scope s = ops.graph().nameScope("Initializer")) {
      if (initializer != null) {
        Shape of = initialShape();
        Shape whole = slice == null ? of : slice.fullShape();
        return initializer.initializePart(ops, of, dtypeOrFloat(), whole).asOutput();
      }
      Object value = initialValue instanceof Supplier<?> made ? made.get() : initialValue;
      Output out = ops.convert(value, dtype, "initial_value");
      if (out.graph().outer() != null) {
        throw GraphApi.error(
            "variable '"
                + name
                + "' is made once, outside of the cond or loop that asks for it, but its initial"
                + " value '"
                + out.name()
                + "' is computed inside; give an initializer, or a Supplier that makes the value of"
                + " what is known outside");
      }
      if (dtype != null && out.dtype() != dtype) {
        throw GraphApi.error(
            "variable '"
                + name
                + "' is to be "
                + dtype
                + ", but its initial value '"
                + out.name()
                + "' is "
                + out.dtype());
      }
      return out;
    }
  }

  private DataType dtypeOrFloat() {
    return dtype == null ? DataType.FLOAT32 : dtype;
  }

  private Shape initialShape() {
    if (shape == null || !shape.isFullyDefined()) {
      throw GraphApi.error(
          "variable '"
              + name
              + "' needs a fully known shape for its initializer"
              + (shape == null ? "" : ", not " + shape));
    }
    return shape;
  }

  private Shape shapeOf(Output initial, String fullName) {
    if (!validateShape) {
      return shape == null ? Shape.unknown() : shape;
    }
    if (shape == null) {
      return initial.shape();
    }
    if (!shape.isCompatibleWith(initial.shape())) {
      throw GraphApi.error(
          "variable '"
              + fullName
              + "' is to be of shape "
              + shape
              + ", but its initial value is of shape "
              + initial.shape());
    }
    return shape.merge(initial.shape());
  }
}
