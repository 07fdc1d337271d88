package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;

/** Builds graphs node by node, for tests of what executes them. */
final class RawGraph {
  final Graph graph = new Graph();

  /** A node without attributes but those that follow from its inputs. */
  Output op(String type, Output... inputs) {
    return node(type, List.of(), inputs).output(0);
  }

  /** A node that waits for others. */
  Output after(List<Operation> controls, String type, Output... inputs) {
    return node(type, controls, inputs).output(0);
  }

  Operation node(String type, List<Operation> controls, Output... inputs) {
    OpBuilder b = graph.opBuilder(type, null).controlInputs(controls);
    for (Output x : inputs) {
      b.input(x);
    }
    return b.build();
  }

  Output constant(TensorValue v) {
    return graph
        .opBuilder("Const", null)
        .attr("dtype", v.dtype())
        .attr("value", v)
        .build()
        .output(0);
  }

  Output constant(float... x) {
    return constant(TensorValue.ofFloats(x));
  }

  Output ints(int... x) {
    return constant(TensorValue.ofInts(x));
  }

  Output placeholder(DataType t, Shape s) {
    return graph.opBuilder("Placeholder", null).attr("dtype", t).attr("shape", s).build().output(0);
  }

  Output placeholder(long... dims) {
    return placeholder(DataType.FLOAT32, Shape.of(dims));
  }

  /** The handle of a float32 variable. */
  Output variable(String name, Shape s) {
    return variable(name, name, s);
  }

  Output variable(String name, String sharedName, Shape s) {
    return graph
        .opBuilder("VarHandleOp", name)
        .attr("dtype", DataType.FLOAT32)
        .attr("shape", s)
        .attr("shared_name", sharedName)
        .build()
        .output(0);
  }

  Output read(Output handle, Operation... controls) {
    return graph
        .opBuilder("ReadVariableOp", null)
        .input(handle)
        .attr("dtype", DataType.FLOAT32)
        .controlInputs(List.of(controls))
        .build()
        .output(0);
  }

  Operation assign(Output handle, Output value, Operation... controls) {
    return write("AssignVariableOp", handle, value, controls);
  }

  Operation assignAdd(Output handle, Output value, Operation... controls) {
    return write("AssignAddVariableOp", handle, value, controls);
  }

  Operation write(String type, Output handle, Output value, Operation... controls) {
    return graph
        .opBuilder(type, null)
        .input(handle)
        .input(value)
        .attr("dtype", DataType.FLOAT32)
        .controlInputs(List.of(controls))
        .build();
  }
}
