package dev.millrace.session.reference;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.RunState;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** One call of a reference kernel, put together by hand. */
final class KernelCall implements KernelContext {
  private final String type;
  private final Map<String, AttrValue> attrs = new HashMap<>();
  private final List<TensorValue> inputs = new ArrayList<>();
  private final Map<Integer, TensorValue> outputs = new HashMap<>();
  private List<DataType> outputTypes;
  private String name;
  private SessionState state = new SessionState();
  private final RunState run = new RunState();

  private KernelCall(String type) {
    this.type = type;
    this.name = type;
  }

  static KernelCall of(String type, TensorValue... inputs) {
    KernelCall call = new KernelCall(type);
    call.inputs.addAll(List.of(inputs));
    return call;
  }

  KernelCall attr(String attr, AttrValue value) {
    attrs.put(attr, value);
    return this;
  }

  KernelCall attr(String attr, long value) {
    return attr(attr, AttrValue.of(value));
  }

  KernelCall attr(String attr, boolean value) {
    return attr(attr, AttrValue.of(value));
  }

  KernelCall attr(String attr, float value) {
    return attr(attr, AttrValue.of(value));
  }

  KernelCall attr(String attr, String value) {
    return attr(attr, AttrValue.of(value));
  }

  KernelCall attr(String attr, DataType value) {
    return attr(attr, AttrValue.of(value));
  }

  KernelCall attr(String attr, Shape value) {
    return attr(attr, AttrValue.of(value));
  }

  KernelCall name(String nodeName) {
    this.name = nodeName;
    return this;
  }

  KernelCall in(SessionState session) {
    this.state = session;
    return this;
  }

  /** What a graph says of the outputs; without it, of the first input's dtype. */
  KernelCall outputTypes(List<DataType> types) {
    this.outputTypes = types;
    return this;
  }

  /** Runs the kernel. */
  KernelCall run() {
    outputs.clear();
    ReferenceKernels.find(type).compute(this);
    return this;
  }

  /** Runs the kernel and gives its first output. */
  TensorValue value() {
    return run().output(0);
  }

  TensorValue output(int i) {
    return outputs.get(i);
  }

  @Override
  public String opType() {
    return type;
  }

  @Override
  public String nodeName() {
    return name;
  }

  @Override
  public Attrs attrs() {
    return Attrs.of(attrs);
  }

  @Override
  public int inputCount() {
    return inputs.size();
  }

  @Override
  public TensorValue input(int i) {
    return inputs.get(i);
  }

  @Override
  public int outputCount() {
    return outputTypes == null ? outputs.size() : outputTypes.size();
  }

  @Override
  public DataType outputType(int i) {
    return outputTypes == null ? inputs.get(0).dtype() : outputTypes.get(i);
  }

  @Override
  public void output(int i, TensorValue value) {
    outputs.put(i, value);
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
    return state.nodeState(name, kind, make);
  }

  @Override
  public Variable variable(int i) {
    if (inputs.get(i).dtype() == DataType.RESOURCE
        && inputs.get(i).objects()[0] instanceof Variable v) {
      return v;
    }
    throw new InvalidArgumentException("input " + i + " is no variable");
  }
}
