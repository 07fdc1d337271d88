package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.reference.KernelContext;
import dev.millrace.session.state.RunState;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Variable;
import java.util.function.Supplier;

/** One call of a reference kernel on a plan node. */
final class NodeContext implements KernelContext {
  private final PlanNode node;
  private final TensorValue[] inputs;
  private final TensorValue[] outputs;
  private final SessionState state;
  private final RunState run;

  /**
   * @param state null where the node is known to need none
   * @param run null likewise
   */
  NodeContext(PlanNode node, TensorValue[] inputs, SessionState state, RunState run) {
    this.node = node;
    this.inputs = inputs;
    this.outputs = new TensorValue[node.numOutputs()];
    this.state = state;
    this.run = run;
  }

  /** The outputs, all of which the kernel must have set. */
  TensorValue[] outputs() {
    for (int i = 0; i < outputs.length; i++) {
      if (outputs[i] == null) {
        throw new InternalException("the kernel of " + node + " did not set output " + i);
      }
    }
    return outputs;
  }

  @Override
  public String opType() {
    return node.type();
  }

  @Override
  public String nodeName() {
    return node.name();
  }

  @Override
  public Attrs attrs() {
    return node.attrs();
  }

  @Override
  public int inputCount() {
    return inputs.length;
  }

  @Override
  public TensorValue input(int i) {
    return inputs[i];
  }

  @Override
  public int outputCount() {
    return outputs.length;
  }

  @Override
  public DataType outputType(int i) {
    return node.outputTypes().get(i);
  }

  @Override
  public void output(int i, TensorValue value) {
    if (value.dtype() != outputType(i)) {
      throw new InternalException(
          "the kernel of "
              + node
              + " gave "
              + value.dtype()
              + " for output "
              + i
              + ", which is "
              + outputType(i));
    }
    if (!node.staticShape(i).isCompatibleWith(value.shape())) {
      throw new InvalidArgumentException(
          "output "
              + i
              + " turned out to be of shape "
              + value.shape()
              + ", but the graph says "
              + node.staticShape(i)
              + " (as set by setShape, or inferred)");
    }
    outputs[i] = value;
  }

  @Override
  public SessionState state() {
    return state;
  }

  @Override
  public RunState runState() {
    return run;
  }

  @Override
  public <T> T nodeState(Class<T> kind, Supplier<T> make) {
    return state.nodeState(node.pathName(), kind, make);
  }

  @Override
  public Variable variable(int i) {
    if (inputs[i].dtype() == DataType.RESOURCE && inputs[i].objects()[0] instanceof Variable v) {
      return v;
    }
    throw new InvalidArgumentException("input " + i + " is no variable");
  }
}
