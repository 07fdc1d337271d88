package dev.millrace.graph;

import dev.millrace.proto.GraphDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A dataflow graph: operations connected by tensors. It only grows; running it changes nothing in
 * it.
 *
 * <p>One thread at a time may build a graph. Sessions may run it at the same time; each run sees
 * the nodes made before it began.
 */
public final class Graph {
  static final String COLOCATION_ATTR = "_class";
  static final String COLOCATION_PREFIX = "loc:@";

  /** The attribute by which an operation asks for a gradient function other than its type's. */
  public static final String GRADIENT_ATTR = "_gradient_op_type";

  /** The graph version that exports carry: TensorFlow 1.15's. */
  public static final int PRODUCER_VERSION = 134;

  /** The seed that stands in for the graph's when only the operation has one. */
  public static final int DEFAULT_GRAPH_SEED = 87654321;

  private final OpRegistry registry;
  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, Operation> byName = new HashMap<>();
  private final Names names = new Names();
  private final Map<String, List<Object>> collections = new TreeMap<>();
  private final Map<Object, Object> attachments = new HashMap<>();
  private final FunctionLibrary functions = new FunctionLibrary();
  private GraphVersions versions = new GraphVersions(PRODUCER_VERSION, 0, List.of());
  private Long seed;
  private boolean finalized;
  private Evaluator evaluator;

  // The scopes that are open.
  private String nameScope = "";
  private DeviceSpec device = DeviceSpec.NONE;
  private List<ControlFrame> control = List.of();
  private List<Operation> colocation = List.of();
  private Map<String, String> gradients = Map.of();

  /**
   * One {@code controlDependencies} block: what its operations wait for, and those made in it so
   * far.
   */
  private record ControlFrame(Set<Operation> waitFor, Set<Operation> made) {}

  /** An empty graph of the op types on the class path. */
  public Graph() {
    this(OpRegistry.global());
  }

  /** An empty graph of {@code registry}'s op types. */
  public Graph(OpRegistry registry) {
    this.registry = registry;
  }

  public OpRegistry registry() {
    return registry;
  }

  /**
   * Begins an operation.
   *
   * @param type an op type, as {@code MatMul}, or the name of a function in the graph's library
   * @param name the name inside the current scope, made unique when it is taken; with a slash at
   *     the end it is the full name as it stands; null for the type
   * @throws NotFoundException if the type is not registered
   */
  public OpBuilder opBuilder(String type, String name) {
    OpDef def = findOpDef(type);
    return new OpBuilder(this, def != null ? def : registry.get(type), name == null ? type : name);
  }

  /** The definition of an op type or of a function of this graph's library; null for neither. */
  public OpDef findOpDef(String type) {
    OpDef def = registry.find(type);
    return def != null ? def : functions.opDef(type);
  }

  /** The operations in the order of creation: a snapshot. */
  public synchronized List<Operation> operations() {
    return List.copyOf(operations);
  }

  /** The number of operations so far. */
  public synchronized int size() {
    return operations.size();
  }

  /** The operation of that name, or null. */
  public synchronized Operation findOperation(String name) {
    return byName.get(name);
  }

  /**
   * The operation of that name.
   *
   * @throws NotFoundException if there is none
   */
  public Operation operation(String name) {
    Operation op = findOperation(name);
    if (op == null) {
      throw new NotFoundException("the graph has no operation '" + name + "'");
    }
    return op;
  }

  /**
   * The output called {@code name:index}, or {@code name} for the first.
   *
   * @throws NotFoundException if there is no such operation or output
   */
  public Output output(String name) {
    int colon = name.lastIndexOf(':');
    int index = 0;
    if (colon >= 0) {
      try {
        index = Integer.parseInt(name.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw new InvalidArgumentException(
            "'" + name + "' is no tensor name: it would end in ':' and a number", e);
      }
    }
    Operation op = operation(colon >= 0 ? name.substring(0, colon) : name);
    if (index < 0 || index >= op.numOutputs()) {
      throw new NotFoundException(
          "'"
              + op.name()
              + "' ("
              + op.type()
              + ") has "
              + op.numOutputs()
              + " outputs; there is no '"
              + name
              + "'");
    }
    return op.output(index);
  }

  // ---- names

  /**
   * Opens a name scope inside the current one.
   *
   * @param name made unique when it is taken; with a slash at the end it is the full name of a
   *     scope to enter again; null or empty for the root
   */
  public synchronized Scope nameScope(String name) {
    String before = nameScope;
    if (name == null || name.isEmpty()) {
      nameScope = "";
    } else {
      Names.checkScopeName(name, before.isEmpty());
      nameScope =
          name.endsWith("/") ? name.substring(0, name.length() - 1) : uniqueName(name, true);
    }
    return new Scope(nameScope.isEmpty() ? "" : nameScope + "/", () -> setNameScope(before));
  }

  private synchronized void setNameScope(String scope) {
    nameScope = scope;
  }

  /** The full name of the current scope, without a slash at the end; empty at the root. */
  public synchronized String currentNameScope() {
    return nameScope;
  }

  /**
   * The full name that an operation called {@code name} in the current scope would get; taken if
   * {@code mark}.
   */
  public synchronized String uniqueName(String name, boolean mark) {
    return names.unique(nameScope.isEmpty() ? name : nameScope + "/" + name, mark);
  }

  // ---- devices, control dependencies, colocation

  /**
   * Opens a device scope: what {@code device} gives replaces those fields of the enclosing scope;
   * null leaves every device open.
   *
   * @throws InvalidArgumentException if the text is no device
   */
  public synchronized Scope device(String device) {
    DeviceSpec before = this.device;
    this.device = device == null ? DeviceSpec.NONE : before.merge(DeviceSpec.parse(device));
    return new Scope("", () -> setDevice(before));
  }

  private synchronized void setDevice(DeviceSpec d) {
    device = d;
  }

  /** The device that an operation made now would ask for. */
  public synchronized DeviceSpec currentDevice() {
    return device;
  }

  /**
   * Opens a scope whose operations run after {@code ops}; operations that exist already are not
   * delayed.
   */
  public Scope controlDependencies(Operation... ops) {
    return controlDependencies(Arrays.asList(ops));
  }

  /**
   * As {@link #controlDependencies(Operation...)}; null clears the enclosing scopes' dependencies.
   */
  public synchronized Scope controlDependencies(Collection<Operation> ops) {
    List<ControlFrame> before = control;
    if (ops == null) {
      control = List.of();
    } else {
      for (Operation op : ops) {
        checkOwn(op);
      }
      Set<Operation> waitFor = new LinkedHashSet<>(ops);
      before.forEach(f -> waitFor.removeAll(f.waitFor)); // the enclosing blocks see to these
      List<ControlFrame> c = new ArrayList<>(before);
      c.add(
          new ControlFrame(waitFor, Collections.newSetFromMap(new java.util.IdentityHashMap<>())));
      control = c;
    }
    return new Scope("", () -> setControl(before));
  }

  private synchronized void setControl(List<ControlFrame> c) {
    control = c;
  }

  /**
   * Opens a scope whose operations are placed where {@code op} is; device scopes around it do not
   * apply.
   */
  public synchronized Scope colocateWith(Operation op) {
    checkOwn(op);
    List<Operation> before = colocation;
    DeviceSpec deviceBefore = device;
    List<Operation> c = new ArrayList<>(before);
    c.add(op);
    colocation = c;
    device = DeviceSpec.NONE;
    return new Scope("", () -> setColocation(before, deviceBefore));
  }

  /** Opens a scope whose operations are not placed with what enclosing scopes name. */
  public synchronized Scope ignoreColocation() {
    List<Operation> before = colocation;
    DeviceSpec deviceBefore = device;
    colocation = List.of();
    return new Scope("", () -> setColocation(before, deviceBefore));
  }

  private synchronized void setColocation(List<Operation> c, DeviceSpec d) {
    colocation = c;
    device = d;
  }

  /**
   * Opens a scope whose operations of the given types are differentiated by other functions than
   * their types': the attribute {@link #GRADIENT_ATTR} names them.
   *
   * @param byType the names by op type, added to what enclosing scopes say
   */
  public synchronized Scope gradientOverrideMap(Map<String, String> byType) {
    Map<String, String> before = gradients;
    Map<String, String> all = new HashMap<>(before);
    all.putAll(byType);
    gradients = all;
    return new Scope("", () -> setGradients(before));
  }

  private synchronized void setGradients(Map<String, String> byType) {
    gradients = byType;
  }

  private void checkOwn(Operation op) {
    if (op.graph() != this) {
      throw new InvalidArgumentException("'" + op.name() + "' is of another graph");
    }
  }

  // ---- collections, seeds, versions

  /** Adds {@code value} to a collection; {@link GraphKeys} has the usual names. */
  public synchronized void addToCollection(String key, Object value) {
    requireNotFinalized();
    collections.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
  }

  /**
   * The values of a collection in the order of adding: a copy, empty where there is no such
   * collection.
   */
  public synchronized List<Object> collection(String key) {
    return List.copyOf(collections.getOrDefault(key, List.of()));
  }

  /** The values of a collection that are of that class. */
  public <T> List<T> collection(String key, Class<T> kind) {
    return collection(key).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /**
   * The values of a collection whose operation's name matches {@code scope}, a regular expression,
   * from its beginning.
   */
  public List<Object> collection(String key, String scope) {
    Pattern p = Pattern.compile(scope);
    return collection(key).stream()
        .filter(v -> nameOf(v) != null && p.matcher(nameOf(v)).lookingAt())
        .toList();
  }

  private static String nameOf(Object value) {
    if (value instanceof Operation op) {
      return op.name();
    }
    return value instanceof Operand o ? o.asOutput().op().name() : null;
  }

  /** The names of the collections that hold something. */
  public synchronized Set<String> collectionKeys() {
    return Set.copyOf(collections.keySet());
  }

  /** Empties a collection. */
  public synchronized void clearCollection(String key) {
    requireNotFinalized();
    collections.remove(key);
  }

  /** Sets the graph's seed for random operations, null for none. */
  public synchronized void setSeed(Long seed) {
    this.seed = seed;
  }

  /** The graph's seed, or null. */
  public synchronized Long seed() {
    return seed;
  }

  /**
   * The two seeds of a random operation made now, by TensorFlow's rules: an operation without a
   * seed takes the number of operations so far when the graph has one; a graph without a seed takes
   * 87654321 when the operation has one; (0, 0), which would mean no seed, is replaced by (0,
   * 2³¹−1); with neither, both are 0 and every session draws its own.
   */
  public synchronized long[] seeds(Long opSeed) {
    if (seed == null && opSeed == null) {
      return new long[] {0, 0};
    }
    long a = seed != null ? seed : DEFAULT_GRAPH_SEED;
    long b = opSeed != null ? opSeed : operations.size();
    a = Math.floorMod(a, (long) Integer.MAX_VALUE);
    b = Math.floorMod(b, (long) Integer.MAX_VALUE);
    return a == 0 && b == 0 ? new long[] {0, Integer.MAX_VALUE} : new long[] {a, b};
  }

  public synchronized GraphVersions versions() {
    return versions;
  }

  synchronized void setVersions(GraphVersions v) {
    versions = v;
  }

  /** The functions that this graph's operations call by name. */
  public FunctionLibrary functions() {
    return functions;
  }

  /**
   * An object that goes with this graph, made by {@code make} the first time: the place where the
   * layers above keep what they know of it, as variable scopes do. {@code key} is best a class of
   * the layer's own.
   */
  @SuppressWarnings("unchecked")
  public synchronized <T> T attachment(
      Class<T> key, java.util.function.Supplier<? extends T> make) {
    Object v = attachments.get(key);
    if (v == null) {
      v = make.get();
      attachments.put(key, v);
    }
    return (T) v;
  }

  /** Forbids further operations: making one throws {@link FailedPreconditionException}. */
  public synchronized void finalizeGraph() {
    finalized = true;
  }

  public synchronized boolean isFinalized() {
    return finalized;
  }

  void requireNotFinalized() {
    if (finalized) {
      throw new FailedPreconditionException("the graph is finalized and cannot be changed");
    }
  }

  // ---- evaluation

  /**
   * Sets what {@code eval()} and {@code run()} on this graph's tensors and operations go through;
   * null for nothing.
   */
  public synchronized void setEvaluator(Evaluator e) {
    evaluator = e;
  }

  /** Whether {@link #evaluator} has one to give. */
  public synchronized boolean hasEvaluator() {
    return evaluator != null;
  }

  /**
   * What {@code eval()} and {@code run()} go through.
   *
   * @throws FailedPreconditionException if no interactive session is open on this graph
   */
  public synchronized Evaluator evaluator() {
    if (evaluator == null) {
      throw new FailedPreconditionException(
          "no InteractiveSession is open on this graph; open one, or use Session.run");
    }
    return evaluator;
  }

  // ---- making operations

  /** What {@link OpBuilder} has found out about an operation to be. */
  record Draft(
      OpDef def,
      String name,
      boolean exactName,
      List<Output> inputs,
      List<Operation> controlInputs,
      Attrs attrs,
      DeviceSpec device,
      boolean ignoreScopes,
      List<DataType> outputTypes,
      List<Boolean> outputRefs,
      NodeShapes shapes,
      CreationSite site) {}

  /**
   * Adds the nodes of {@code def}, their names as they are, and its functions.
   *
   * @throws InvalidArgumentException as {@link #importGraphDef(GraphDef, ImportOptions)} does
   */
  public ImportedGraph importGraphDef(GraphDef def) {
    return importGraphDef(def, new ImportOptions());
  }

  /**
   * Adds the nodes of {@code def} and its functions. Open scopes do not apply. Nodes of op types
   * that are not registered are kept and named in the result; they fail when run. If anything is
   * wrong, nothing is added.
   *
   * @throws InvalidArgumentException if a name is there already or twice, an input does not exist,
   *     nodes other than those of a loop depend on each other in a circle, or a node's inputs,
   *     attributes or shapes do not fit its op type; the message names the node
   * @throws FailedPreconditionException if the graph is finalized, or the definition asks for a
   *     newer version
   */
  public ImportedGraph importGraphDef(GraphDef def, ImportOptions options) {
    return new GraphImporter(this, def, options).run();
  }

  /** This graph as TensorFlow's GraphDef; {@link GraphExporter} has options. */
  public GraphDef toGraphDef() {
    return new GraphExporter(this).toGraphDef();
  }

  synchronized Operation add(Draft d) {
    requireNotFinalized();
    String name = takeName(d);
    Set<Operation> waits = new LinkedHashSet<>(d.controlInputs);
    Attrs attrs = d.attrs;
    DeviceSpec where = d.device;
    if (!d.ignoreScopes) {
      addScopeDependencies(d.inputs, waits);
      where = device.merge(d.device);
      String gradient = gradients.get(d.def.name());
      if (gradient != null && !attrs.has(GRADIENT_ATTR)) {
        attrs = attrs.with(GRADIENT_ATTR, AttrValue.of(gradient));
      }
      if (!colocation.isEmpty()) {
        attrs = attrs.with(COLOCATION_ATTR, AttrValue.ofStrings(colocationClasses()));
        for (int i = colocation.size() - 1; i >= 0; i--) {
          DeviceSpec there = colocation.get(i).device();
          where = there.isEmpty() ? where : there;
        }
      }
    }
    Operation op =
        new Operation(
            this,
            operations.size(),
            name,
            d.def,
            d.site,
            d.inputs,
            List.copyOf(waits),
            attrs,
            where);
    op.setOutputs(d.outputTypes, d.outputRefs, d.shapes);
    operations.add(op);
    byName.put(name, op);
    for (Output in : d.inputs) {
      if (in != null) {
        in.op().addConsumer(op);
      }
    }
    for (Operation c : waits) {
      c.addConsumer(op);
    }
    if (!d.ignoreScopes) {
      for (ControlFrame f : control) {
        f.made.add(op);
      }
    }
    return op;
  }

  private String takeName(Draft d) {
    boolean scopeName = d.name.endsWith("/");
    String name = scopeName ? d.name.substring(0, d.name.length() - 1) : d.name;
    boolean exact = d.exactName || scopeName;
    Names.checkOpName(exact || nameScope.isEmpty() ? name : nameScope + "/" + name);
    if (!exact) {
      return uniqueName(name, true);
    }
    if (byName.containsKey(name)) {
      throw new AlreadyExistsException("the graph has an operation '" + name + "' already");
    }
    names.take(name);
    return name;
  }

  // ---- imports

  /** Takes names as they are; returns those that were free. */
  synchronized List<String> takeNames(List<String> wanted) {
    return wanted.stream().filter(names::take).toList();
  }

  /** Takes back the operations from number {@code size} on, and names, after a failed import. */
  synchronized void rollBack(int size, List<String> freeNames) {
    for (int i = operations.size() - 1; i >= size; i--) {
      Operation op = operations.remove(i);
      byName.remove(op.name());
      for (Output in : op.inputs()) {
        if (in != null) {
          in.op().truncateConsumers(size);
        }
      }
      op.controlInputs().forEach(c -> c.truncateConsumers(size));
    }
    freeNames.forEach(names::release);
  }

  private List<String> colocationClasses() {
    Set<String> classes = new LinkedHashSet<>();
    for (Operation c : colocation) {
      List<String> groups = c.colocationGroups();
      for (String g : groups.isEmpty() ? List.of(c.name()) : groups) {
        classes.add(COLOCATION_PREFIX + g);
      }
    }
    return classes.stream().sorted().toList();
  }

  /**
   * A block's dependencies are left out where an input was made in the block, and so waits for them
   * already.
   */
  private void addScopeDependencies(List<Output> inputs, Set<Operation> waits) {
    for (ControlFrame f : control) {
      boolean implied = false;
      for (Output in : inputs) {
        implied |= in != null && f.made.contains(in.op());
      }
      if (!implied) {
        for (Operation w : f.waitFor) {
          if (inputs.stream().noneMatch(in -> in != null && in.op() == w)) {
            waits.add(w);
          }
        }
      }
    }
  }
}
