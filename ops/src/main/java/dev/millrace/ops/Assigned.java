package dev.millrace.ops;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import java.util.List;

/**
 * A change of a variable. Run as a target it is the change itself; as an operand it is the
 * variable's value read after it. The read is added to the graph when it is first asked for.
 */
public final class Assigned implements TensorMethods {
  private final Variable variable;
  private final Operation operation;
  private Tensor value;

  Assigned(Variable variable, Operation operation) {
    this.variable = variable;
    this.operation = operation;
  }

  /** The operation that changes the variable. */
  public Operation operation() {
    return operation;
  }

  /** The same as {@link #operation()}. */
  public Operation op() {
    return operation;
  }

  /** The variable that is changed. */
  public Variable variable() {
    return variable;
  }

  /** The variable's value after the change (ReadVariableOp). */
  public Tensor value() {
    if (value == null && variable.isReference()) {
      value = variable.ops().tensor(operation.output(0)); // the reference, read after the change
    }
    if (value == null) {
      Ops ops = variable.ops();
      // Whoever asks first must not make later users wait for what that one waits for, nor name it.
      String name = operation.name();
      try (Scope graph = operation.graph().enter();
          Scope free = ops.clearControlDependencies();
          Scope there = ops.scope(name.substring(0, name.lastIndexOf('/') + 1));
          Scope after = ops.graph().controlDependencies(List.of(operation))) {
        value =
            ops.finish(
                ops.op("ReadVariableOp", null)
                    .input(variable.handle())
                    .attr("dtype", variable.dtype()));
      }
    }
    return value;
  }

  @Override
  public Output asOutput() {
    return value().asOutput();
  }

  @Override
  public Ops ops() {
    return variable.ops();
  }

  /** Changes the variable again, after this change. */
  public Assigned assign(Object x) {
    try (Scope after = ops().graph().controlDependencies(List.of(operation))) {
      return variable.assign(x);
    }
  }

  /** Adds to the variable after this change. */
  public Assigned assignAdd(Object x) {
    try (Scope after = ops().graph().controlDependencies(List.of(operation))) {
      return variable.assignAdd(x);
    }
  }

  /** Subtracts from the variable after this change. */
  public Assigned assignSub(Object x) {
    try (Scope after = ops().graph().controlDependencies(List.of(operation))) {
      return variable.assignSub(x);
    }
  }

  /** As {@code Assigned(AssignAdd… of Variable("w", …))}. */
  @Override
  public String toString() {
    return "Assigned(" + operation.name() + " of " + variable + ")";
  }
}
