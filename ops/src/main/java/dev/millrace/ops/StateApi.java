package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** Variables. */
abstract class StateApi extends FlowApi {
  StateApi(Graph graph) {
    super(graph);
  }

  /** A trainable variable called {@code Variable} that begins as {@code initialValue}. */
  public Variable variable(Object initialValue) {
    return newVariable("Variable").initialValue(initialValue).build();
  }

  /**
   * A trainable variable.
   *
   * @param initialValue a tensor or a Java value, whose dtype and shape the variable takes
   */
  public Variable variable(String name, Object initialValue) {
    return newVariable(name).initialValue(initialValue).build();
  }

  /** A trainable variable of the given dtype, to which a Java value converts. */
  public Variable variable(String name, Object initialValue, DataType dtype) {
    return newVariable(name).initialValue(initialValue).dtype(dtype).build();
  }

  /** A trainable float32 variable of these sizes. */
  public Variable variable(String name, Initializer initializer, long... dims) {
    return variable(name, initializer, DataType.FLOAT32, Shape.of(dims));
  }

  /** A trainable variable of these sizes. */
  public Variable variable(String name, Initializer initializer, DataType dtype, long... dims) {
    return variable(name, initializer, dtype, Shape.of(dims));
  }

  /** A trainable variable of a fully known shape. */
  public Variable variable(String name, Initializer initializer, DataType dtype, Shape shape) {
    return newVariable(name).initializer(initializer).dtype(dtype).shape(shape).build();
  }

  /** Begins a variable, to say more about it: whether it is trainable, its collections, … */
  public VariableBuilder newVariable(String name) {
    return new VariableBuilder(self(), name);
  }

  /** All variables that a saver keeps and {@link #globalVariablesInitializer} sets. */
  public List<Variable> globalVariables() {
    return graph().collection(GraphKeys.GLOBAL_VARIABLES, Variable.class);
  }

  /** The variables that optimizers change unless told which. */
  public List<Variable> trainableVariables() {
    return graph().collection(GraphKeys.TRAINABLE_VARIABLES, Variable.class);
  }

  /** The variables of this process alone, such as the counts of metrics. */
  public List<Variable> localVariables() {
    return graph().collection(GraphKeys.LOCAL_VARIABLES, Variable.class);
  }

  /** An operation, {@code init}, that gives all global variables their initial values. */
  public Operation globalVariablesInitializer() {
    return variablesInitializer("init", globalVariables());
  }

  /** An operation that gives all local variables their initial values. */
  public Operation localVariablesInitializer() {
    return variablesInitializer("init", localVariables());
  }

  /** An operation that gives these variables their initial values. */
  public Operation variablesInitializer(String name, List<Variable> variables) {
    return group(name, checked(variables).stream().map(Variable::initializer).toArray());
  }

  /** The names of the global and local variables that have no value yet: a string vector. */
  public Tensor reportUninitializedVariables() {
    List<Variable> all = new ArrayList<>(globalVariables());
    all.addAll(localVariables());
    return reportUninitializedVariables(all);
  }

  /** The names of those of {@code variables} that have no value yet: a string vector. */
  public Tensor reportUninitializedVariables(List<Variable> variables) {
    try (Scope s = graph().nameScope("report_uninitialized_variables")) {
      if (checked(variables).isEmpty()) {
        return tensor(constantNode("Const", TensorValue.zeros(DataType.STRING, Shape.of(0))));
      }
      List<Tensor> there = variables.stream().map(Variable::isInitialized).toList();
      String[] names = variables.stream().map(Variable::name).toArray(String[]::new);
      return booleanMask(names, logicalNot(stack(there)));
    }
  }

  private static List<Variable> checked(List<Variable> variables) {
    given(variables, "the list of variables").forEach(v -> given(v, "a variable"));
    return variables;
  }

  /** A scalar bool: whether {@code v} has a value (VarIsInitializedOp). */
  public Tensor isVariableInitialized(Variable v) {
    return given(v, "the variable").isInitialized();
  }
}
