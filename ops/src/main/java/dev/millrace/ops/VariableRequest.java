package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What {@code getVariable} asks for, the scope's defaults filled in: what a {@link VariableGetter}
 * looks at and may change. It never changes itself: the methods that begin with {@code with} give
 * another one.
 */
public final class VariableRequest {
  private String name;
  private Shape shape;
  private DataType dtype = DataType.FLOAT32;
  private Initializer initializer;
  private Object initialValue;
  private Regularizer regularizer;
  private UnaryOperator<Tensor> constraint;
  private Reuse reuse = Reuse.NONE;
  private boolean trainable = true;
  private boolean validateShape = true;
  private List<String> collections = List.of(GraphKeys.GLOBAL_VARIABLES);

  VariableRequest(String name) {
    this.name = name;
  }

  private VariableRequest(VariableRequest other) {
    name = other.name;
    shape = other.shape;
    dtype = other.dtype;
    initializer = other.initializer;
    initialValue = other.initialValue;
    regularizer = other.regularizer;
    constraint = other.constraint;
    reuse = other.reuse;
    trainable = other.trainable;
    validateShape = other.validateShape;
    collections = other.collections;
  }

  /** The full name, the scope's prefix included. */
  public String name() {
    return name;
  }

  /** The shape; null where none is stated. */
  public Shape shape() {
    return shape;
  }

  /** The dtype. */
  public DataType dtype() {
    return dtype;
  }

  /** How to make the first value; null for the dtype's way, or where a value is given. */
  public Initializer initializer() {
    return initializer;
  }

  /** The first value, as {@link VariableBuilder#initialValue} takes it; null for none. */
  public Object initialValue() {
    return initialValue;
  }

  /** What makes the variable's loss; null for none. */
  public Regularizer regularizer() {
    return regularizer;
  }

  /** What an optimizer applies to the value after each update; null for nothing. */
  public UnaryOperator<Tensor> constraint() {
    return constraint;
  }

  /** Whether the variable is made or shared. */
  public Reuse reuse() {
    return reuse;
  }

  /** Whether a new variable goes to TRAINABLE_VARIABLES. */
  public boolean trainable() {
    return trainable;
  }

  /** Whether assigned values must fit the first one's shape. */
  public boolean validateShape() {
    return validateShape;
  }

  /** The other collections of a new variable. */
  public List<String> collections() {
    return collections;
  }

  /** The same under another full name. */
  public VariableRequest withName(String name) {
    VariableRequest r = new VariableRequest(this);
    r.name = name;
    return r;
  }

  /** The same of another shape; null for none stated. */
  public VariableRequest withShape(Shape shape) {
    VariableRequest r = new VariableRequest(this);
    r.shape = shape;
    return r;
  }

  /** The same of another dtype. */
  public VariableRequest withDtype(DataType dtype) {
    VariableRequest r = new VariableRequest(this);
    r.dtype = dtype;
    return r;
  }

  /** The same with another initializer, null for the dtype's, and no initial value. */
  public VariableRequest withInitializer(Initializer initializer) {
    VariableRequest r = new VariableRequest(this);
    r.initializer = initializer;
    r.initialValue = null;
    return r;
  }

  /** The same with another initial value and no initializer. */
  public VariableRequest withInitialValue(Object value) {
    VariableRequest r = new VariableRequest(this);
    r.initializer = null;
    r.initialValue = value;
    return r;
  }

  /** The same with another regularizer; null for none. */
  public VariableRequest withRegularizer(Regularizer regularizer) {
    VariableRequest r = new VariableRequest(this);
    r.regularizer = regularizer;
    return r;
  }

  /** The same with another constraint; null for none. */
  public VariableRequest withConstraint(UnaryOperator<Tensor> constraint) {
    VariableRequest r = new VariableRequest(this);
    r.constraint = constraint;
    return r;
  }

  /** The same, made or shared by another rule. */
  public VariableRequest withReuse(Reuse reuse) {
    VariableRequest r = new VariableRequest(this);
    r.reuse = reuse;
    return r;
  }

  /** The same, trainable or not. */
  public VariableRequest withTrainable(boolean trainable) {
    VariableRequest r = new VariableRequest(this);
    r.trainable = trainable;
    return r;
  }

  /** The same, its shape fixed or not. */
  VariableRequest withValidateShape(boolean validate) {
    VariableRequest r = new VariableRequest(this);
    r.validateShape = validate;
    return r;
  }

  /** The same in other collections. */
  public VariableRequest withCollections(List<String> collections) {
    VariableRequest r = new VariableRequest(this);
    r.collections = List.copyOf(collections);
    return r;
  }
}
