package dev.millrace.session.cpu;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.pool.WorkerPool;
import dev.millrace.session.reference.KernelContext;
import dev.millrace.session.reference.ReferenceKernels;
import dev.millrace.session.state.RunState;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A node outside any plan, with values for its inputs. Built with the op's definition, so that
 * attributes have their defaults and are checked.
 */
final class KernelNode implements NodeSpec {
  private final String type;
  private final List<TensorValue> inputs;
  private final Map<String, AttrValue> attrs = new LinkedHashMap<>();
  private final Set<Integer> variables = new HashSet<>();
  private final Set<Integer> unassigned = new HashSet<>();
  private final Set<Integer> unknown = new HashSet<>();
  private Operation op;
  private List<Shape> shapes;

  private KernelNode(String type, List<TensorValue> inputs) {
    this.type = type;
    this.inputs = inputs;
  }

  /** A node with these input values; where it takes a variable, that is the variable's value. */
  static KernelNode of(String type, TensorValue... inputs) {
    KernelNode n = new KernelNode(type, new ArrayList<>(Arrays.asList(inputs)));
    OpDef def = OpRegistry.global().get(type);
    if (def.attrs().containsKey("N")) {
      n.attr("N", AttrValue.of(inputs.length - def.inputs().size() + 1)); // one of them is a list
    }
    return n;
  }

  KernelNode attr(String name, AttrValue value) {
    attrs.put(name, value);
    return this;
  }

  /** A node like this one, whose input {@code i} is another. */
  KernelNode with(int i, TensorValue value) {
    KernelNode n = new KernelNode(type, new ArrayList<>(inputs));
    n.inputs.set(i, value);
    n.attrs.putAll(attrs);
    return n;
  }

  /** These inputs are variables. */
  KernelNode variables(int... inputs) {
    for (int i : inputs) {
      variables.add(i);
    }
    return this;
  }

  /** These inputs are variables without a value. */
  KernelNode unassigned(int... inputs) {
    variables(inputs);
    for (int i : inputs) {
      unassigned.add(i);
    }
    return this;
  }

  /** The values of these inputs are not known before the run. */
  KernelNode unknown(int... inputs) {
    for (int i : inputs) {
      unknown.add(i);
    }
    return this;
  }

  int variablesCount() {
    return variables.size();
  }

  boolean isVariable(int i) {
    return variables.contains(i);
  }

  TensorValue value(int i) {
    return inputs.get(i);
  }

  /** The variables with their values, for one call. */
  Variable[] newVariables() {
    SessionState state = new SessionState();
    Variable[] v = new Variable[inputs.size()];
    for (int i : variables) {
      v[i] = state.variable("", "v" + i, inputs.get(i).dtype(), inputs.get(i).shape());
      if (!unassigned.contains(i)) {
        v[i].assign(inputs.get(i));
      }
    }
    return v;
  }

  private Operation op() {
    if (op == null) {
      Graph g = new Graph();
      List<Output> values = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        TensorValue v = inputs.get(i);
        OpBuilder b = g.opBuilder(variables.contains(i) ? "VarHandleOp" : "Const", "in" + i);
        b.attr("dtype", v.dtype());
        values.add(
            (variables.contains(i) ? b.attr("shape", v.shape()) : b.attr("value", v))
                .build()
                .output(0));
      }
      OpBuilder b = g.opBuilder(type, "node").flatInputs(values);
      attrs.forEach(b::attr);
      op = b.build();
    }
    return op;
  }

  /** The results by the reference kernel, and after them what the variables hold then. */
  List<TensorValue> reference() {
    Variable[] v = newVariables();
    TensorValue[] out = new TensorValue[op().numOutputs()];
    ReferenceKernels.find(type).compute(new ReferenceCall(v, out));
    List<TensorValue> all = new ArrayList<>(Arrays.asList(out));
    for (int i = 0; i < v.length; i++) {
      if (v[i] != null) {
        all.add(v[i].read());
      }
    }
    return all;
  }

  boolean isSupported() {
    return FastKernels.find(this) != null;
  }

  /** Bound to memory of its own, over that pool. */
  BoundKernel bind(WorkerPool pool) {
    return new BoundKernel(this, pool, -1, -1);
  }

  /** Bound so that an output has the memory of an input. */
  BoundKernel bindInPlace(WorkerPool pool, int input, int output) {
    return new BoundKernel(this, pool, input, output);
  }

  @Override
  public String opType() {
    return type;
  }

  @Override
  public String nodeName() {
    return "node";
  }

  @Override
  public Attrs attrs() {
    return op().attrs();
  }

  @Override
  public int inputCount() {
    return inputs.size();
  }

  @Override
  public DataType inputType(int i) {
    return variables.contains(i) ? DataType.RESOURCE : inputs.get(i).dtype();
  }

  @Override
  public Shape inputShape(int i) {
    return variables.contains(i) ? Shape.scalar() : inputs.get(i).shape();
  }

  @Override
  public TensorValue constant(int i) {
    return variables.contains(i) || unknown.contains(i) ? null : inputs.get(i);
  }

  @Override
  public int outputCount() {
    return op().numOutputs();
  }

  @Override
  public DataType outputType(int i) {
    return op().output(i).dtype();
  }

  @Override
  public Shape outputShape(int i) {
    Shape s = op().output(i).shape();
    if (s.isFullyDefined()) {
      return s;
    }
    if (shapes == null) {
      shapes = reference().stream().map(TensorValue::shape).toList();
    }
    return shapes.get(i);
  }

  @Override
  public String toString() {
    return type + attrs + inputs;
  }

  private final class ReferenceCall implements KernelContext {
    private final Variable[] variables;
    private final TensorValue[] out;
    private final SessionState state = new SessionState();

    ReferenceCall(Variable[] variables, TensorValue[] out) {
      this.variables = variables;
      this.out = out;
    }

    @Override
    public String opType() {
      return type;
    }

    @Override
    public String nodeName() {
      return "node";
    }

    @Override
    public Attrs attrs() {
      return op().attrs();
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
      return out.length;
    }

    @Override
    public DataType outputType(int i) {
      return op().output(i).dtype();
    }

    @Override
    public void output(int i, TensorValue value) {
      out[i] = value;
    }

    @Override
    public SessionState state() {
      return state;
    }

    @Override
    public RunState runState() {
      return new RunState();
    }

    @Override
    public <T> T nodeState(Class<T> kind, Supplier<T> make) {
      return state.nodeState("node", kind, make);
    }

    @Override
    public Variable variable(int i) {
      if (variables[i] == null) {
        throw new InvalidArgumentException("input " + i + " is no variable");
      }
      return variables[i];
    }
  }
}
