package dev.millrace.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A node of a {@link Graph}: an op type with its inputs, control inputs and attributes. Nodes are
 * made with {@link Graph#opBuilder} and never removed.
 */
public final class Operation {
  private final Graph graph;
  private final int id;
  private final String name;
  private final OpDef def;
  private final CreationSite site;
  private volatile List<Output> inputs;
  private final List<Operation> controlInputs;
  private volatile Attrs attrs;
  private DeviceSpec device;
  private DataType[] outputTypes;
  private boolean[] refOutputs;
  private Shape[] outputShapes;
  private HandleData[] handles;
  private KnownInts[] knownInts;
  private volatile Output[] outputs;
  private final List<Operation> consumers = new ArrayList<>(2);

  Operation(
      Graph graph,
      int id,
      String name,
      OpDef def,
      CreationSite site,
      List<Output> inputs,
      List<Operation> controlInputs,
      Attrs attrs,
      DeviceSpec device) {
    this.graph = graph;
    this.id = id;
    this.name = name;
    this.def = def;
    this.site = site;
    this.inputs = new ArrayList<>(inputs);
    this.controlInputs = new ArrayList<>(controlInputs);
    this.attrs = attrs;
    this.device = device;
  }

  void setOutputs(List<DataType> types, List<Boolean> refs, NodeShapes shapes) {
    int n = types.size();
    outputTypes = types.toArray(new DataType[0]);
    refOutputs = new boolean[n];
    outputs = new Output[n];
    for (int i = 0; i < n; i++) {
      refOutputs[i] = refs.get(i);
      outputs[i] = new Output(this, i);
    }
    outputShapes = shapes.shapes();
    handles = shapes.handles();
    knownInts = shapes.knownInts();
  }

  public Graph graph() {
    return graph;
  }

  /** The position in the order of creation, from 0. */
  public int id() {
    return id;
  }

  public String name() {
    return name;
  }

  /** The op type, as {@code MatMul}. */
  public String type() {
    return def.name();
  }

  public OpDef def() {
    return def;
  }

  /** Whether the type is not registered: such a node can be kept and exported, but not run. */
  public boolean isOpaque() {
    return def.isOpaque();
  }

  /** The data inputs in order, lists flattened. */
  public List<Output> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  public Output input(int i) {
    return inputs.get(i);
  }

  /** The operations that must run before this one without giving it a value. */
  public List<Operation> controlInputs() {
    return Collections.unmodifiableList(controlInputs);
  }

  public Attrs attrs() {
    return attrs;
  }

  /** The device asked for; empty where none is. */
  public DeviceSpec device() {
    return device;
  }

  /** The line of user code that made this node. */
  public CreationSite creationSite() {
    return site;
  }

  public int numOutputs() {
    return outputs.length;
  }

  /**
   * Output {@code i}.
   *
   * @throws InvalidArgumentException if there is no such output
   */
  public Output output(int i) {
    if (i < 0 || i >= outputs.length) {
      throw new InvalidArgumentException(
          "'"
              + name
              + "' ("
              + type()
              + ") has "
              + outputs.length
              + " outputs; there is no output "
              + i);
    }
    return outputs[i];
  }

  /** The outputs in order, lists flattened. */
  public List<Output> outputs() {
    return Collections.unmodifiableList(Arrays.asList(outputs));
  }

  /**
   * The operations that take an output of this one or wait for it, each once, in the order of
   * creation.
   */
  public List<Operation> consumers() {
    synchronized (graph) {
      return List.copyOf(consumers);
    }
  }

  /**
   * The names of this node's colocation groups: attribute {@code _class}, without {@code loc:@}.
   */
  public List<String> colocationGroups() {
    if (!attrs.has(Graph.COLOCATION_ATTR)) {
      return List.of();
    }
    return attrs.getStrings(Graph.COLOCATION_ATTR).stream()
        .filter(s -> s.startsWith(Graph.COLOCATION_PREFIX))
        .map(s -> s.substring(Graph.COLOCATION_PREFIX.length()))
        .toList();
  }

  /**
   * Sets an attribute that is not one of the op type's own, such as {@code _class}; its name must
   * begin with an underscore.
   */
  public void setHiddenAttr(String attr, AttrValue value) {
    if (!attr.startsWith("_")) {
      throw new InvalidArgumentException(
          "only attributes that begin with '_' can be set afterwards, not '" + attr + "'");
    }
    synchronized (graph) {
      attrs = attrs.with(attr, value);
    }
  }

  /**
   * Runs this operation, and what it needs, in the graph's interactive session.
   *
   * @throws FailedPreconditionException if the graph has none
   */
  public void run() {
    graph.evaluator().run(List.of(this), Map.of());
  }

  /**
   * The body of the function that attribute {@code attr} names: of one from a function library,
   * instantiated for what is known of this operation's inputs.
   *
   * @throws NotFoundException if the graph has no such function
   * @throws InvalidArgumentException if there is no such attribute, or the function is damaged
   */
  public FunctionBody function(String attr) {
    return FunctionCall.body(this, attrs.getFunc(attr));
  }

  /** Runs this operation with the values of {@code feeds}, as {@link #run()}. */
  public void run(Map<? extends Operand, ?> feeds) {
    graph.evaluator().run(List.of(this), feeds);
  }

  DataType outputType(int i) {
    return outputTypes[i];
  }

  boolean isRefOutput(int i) {
    return refOutputs[i];
  }

  Shape outputShape(int i) {
    return outputShapes[i];
  }

  void refineShape(int i, Shape more) {
    synchronized (graph) {
      try {
        outputShapes[i] = outputShapes[i].merge(more);
      } catch (InvalidArgumentException e) {
        throw new InvalidArgumentException(
                "cannot set the shape of '"
                    + name
                    + ":"
                    + i
                    + "' to "
                    + more
                    + ": it is "
                    + outputShapes[i],
                e)
            .at(this);
      }
    }
  }

  HandleData handleData(int i) {
    return handles[i];
  }

  KnownInts knownInts(int i) {
    return knownInts[i];
  }

  /** Notes what is known of output {@code i} besides its shape. */
  void describe(int i, HandleData handle, KnownInts known) {
    synchronized (graph) {
      handles[i] = handle;
      knownInts[i] = known;
    }
  }

  TensorValue constantValue(int i) {
    Operation op = this;
    int at = i;
    while (op.type().equals("Identity") && !op.inputs.isEmpty()) {
      Output in = op.inputs.get(0);
      op = in.op();
      at = in.index();
    }
    if (op.type().equals("Const") && !op.isOpaque()) {
      return op.attrs.getTensor("value");
    }
    KnownInts k = op.knownInts(at);
    return k == null ? null : k.toValue(op.outputType(at));
  }

  /**
   * Gives an input its source when a loop's back edge is closed, since that source is made after
   * this node.
   */
  void setInput(int i, Output source) {
    synchronized (graph) {
      inputs.set(i, source);
      source.op().addConsumer(this);
    }
  }

  /**
   * Adds inputs, outputs and attributes to a call of functions that have grown. What runs the
   * operation at the same time sees it as it was.
   */
  void grow(List<Output> moreInputs, List<FunctionBody.Parameter> moreOutputs, Attrs grown) {
    synchronized (graph) {
      graph.outermost().requireNotFinalized();
      List<Output> in = new ArrayList<>(inputs);
      in.addAll(moreInputs);
      int have = outputs.length;
      Output[] out = extendOutputs(have + moreOutputs.size());
      for (int i = have; i < out.length; i++) {
        FunctionBody.Parameter x = moreOutputs.get(i - have);
        outputTypes[i] = x.dtype();
        outputShapes[i] = x.shape();
        handles[i] = x.handle();
      }
      attrs = grown;
      outputs = out;
      inputs = in;
      for (Output x : moreInputs) {
        if (!x.op().consumers.contains(this)) {
          x.op().consumers.add(this);
        }
      }
    }
  }

  /** Forgets the consumers from number {@code size} on. */
  void truncateConsumers(int size) {
    while (!consumers.isEmpty() && consumers.get(consumers.size() - 1).id >= size) {
      consumers.remove(consumers.size() - 1);
    }
  }

  void addConsumer(Operation op) {
    if (consumers.isEmpty() || consumers.get(consumers.size() - 1) != op) {
      consumers.add(op);
    }
  }

  void addControlInput(Operation op) {
    synchronized (graph) {
      if (!controlInputs.contains(op)) {
        controlInputs.add(op);
        op.addConsumer(this);
      }
    }
  }

  /** Extends an opaque node, whose outputs are known only from those that use them. */
  void growOpaqueOutputs(int count) {
    synchronized (graph) {
      int have = outputs.length;
      if (have >= count) {
        return;
      }
      Output[] grown = extendOutputs(count);
      for (int i = have; i < count; i++) {
        outputTypes[i] = DataType.VARIANT;
        outputShapes[i] = Shape.unknown();
      }
      outputs = grown;
    }
  }

  /** Makes room for what is known of {@code count} outputs; gives them. */
  private Output[] extendOutputs(int count) {
    int have = outputs.length;
    outputTypes = Arrays.copyOf(outputTypes, count);
    refOutputs = Arrays.copyOf(refOutputs, count);
    outputShapes = Arrays.copyOf(outputShapes, count);
    handles = Arrays.copyOf(handles, count);
    knownInts = Arrays.copyOf(knownInts, count);
    Output[] extended = Arrays.copyOf(outputs, count);
    for (int i = have; i < count; i++) {
      extended[i] = new Output(this, i);
    }
    return extended;
  }

  /** The dtype of an opaque node's output, as a consumer's definition tells it. */
  void setOpaqueType(int i, DataType type) {
    outputTypes[i] = type;
  }

  @Override
  public String toString() {
    return name + " (" + type() + ")";
  }
}
