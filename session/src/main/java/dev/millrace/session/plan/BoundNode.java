package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import dev.millrace.session.pool.WorkerPool;
import dev.millrace.session.state.Variable;
import java.util.function.Supplier;

/** A specialised node and the memory that an instance gives it. */
class BoundNode implements BindContext {
  private final SpecNode node;
  private final SegmentInstance instance;
  private final PlanResources resources;

  BoundNode(SpecNode node, SegmentInstance instance, PlanResources resources) {
    this.node = node;
    this.instance = instance;
    this.resources = resources;
  }

  @Override
  public Region input(int i) {
    return instance.region(node.inputs()[i]);
  }

  @Override
  public Region output(int i) {
    return instance.region(node.outputs()[i]);
  }

  @Override
  public Variable variable(int i) {
    Slot s = node.inputs()[i];
    if (s.kind() != Slot.Kind.HANDLE) {
      throw new InternalException("input " + i + " is no variable's handle");
    }
    return VariableHandles.variable(s.handleNode(), resources.state());
  }

  @Override
  public <T> T nodeState(Class<T> kind, Supplier<T> make) {
    return resources.state().nodeState(node.nodeName(), kind, make);
  }

  @Override
  public WorkerPool pool() {
    return resources.pool();
  }

  @Override
  public Scratch scratch() {
    return instance.scratch();
  }

  @Override
  public String opType() {
    return node.opType();
  }

  @Override
  public String nodeName() {
    return node.nodeName();
  }

  @Override
  public Attrs attrs() {
    return node.attrs();
  }

  @Override
  public int inputCount() {
    return node.inputCount();
  }

  @Override
  public DataType inputType(int i) {
    return node.inputType(i);
  }

  @Override
  public Shape inputShape(int i) {
    return node.inputShape(i);
  }

  @Override
  public TensorValue constant(int i) {
    return node.constant(i);
  }

  @Override
  public int outputCount() {
    return node.outputCount();
  }

  @Override
  public DataType outputType(int i) {
    return node.outputType(i);
  }

  @Override
  public Shape outputShape(int i) {
    return node.outputShape(i);
  }
}
