package dev.millrace.graph;

import dev.millrace.proto.GraphDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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
  private final GraphCollections collections;
  private final Map<Object, Object> attachments = new HashMap<>();
  private final FunctionLibrary functions;
  private GraphVersions versions = new GraphVersions(PRODUCER_VERSION, 0, List.of());
  private volatile Long seed;
  private boolean finalized;
  private Evaluator evaluator;

  private final OpenScopes scopes = new OpenScopes(this, names);
  private Translation translation; // null where tensors are used as they are

  // A function's body lies in another graph; the outermost one knows where its threads are
  // building.
  private final Graph outer;
  private final Captures captures;
  private final Building building;

  /** An empty graph of the op types on the class path. */
  public Graph() {
    this(OpRegistry.global());
  }

  /** An empty graph of {@code registry}'s op types. */
  public Graph(OpRegistry registry) {
    this.registry = registry;
    this.outer = null;
    this.captures = null;
    this.collections = new GraphCollections(null);
    this.building = new Building();
    this.functions = new FunctionLibrary(this);
  }

  /** The graph of a function's body inside {@code outer}. */
  Graph(Graph outer, String function) {
    this.registry = outer.registry;
    this.outer = outer;
    this.captures = new Captures(this, function);
    this.collections = new GraphCollections(outer.collections);
    this.building = outer.building;
    this.functions = outer.functions;
    this.scopes.inherit(outer.scopes);
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
    return new OpBuilder(
        current(), def != null ? def : registry.get(type), name == null ? type : name);
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

  /** The operations from number {@code id} on, in the order of creation: a snapshot. */
  public synchronized List<Operation> operationsFrom(int id) {
    return List.copyOf(operations.subList(id, operations.size()));
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

  // ---- function bodies

  /** The graph in which this is the graph of a function's body; null where it is none. */
  public Graph outer() {
    return outer;
  }

  /** The graph in which this is the body of a function, or of one inside that; else this. */
  public Graph outermost() {
    Graph g = this;
    while (g.outer != null) {
      g = g.outer;
    }
    return g;
  }

  /** What this body takes from the graphs around it; null for an outermost graph. */
  Captures captures() {
    return captures;
  }

  /**
   * What stands for {@code x} here: itself if it is of this graph; in the body of a function, the
   * parameter for a tensor of a graph around it, which is captured if it was not before.
   *
   * @throws InvalidArgumentException if it is neither of this graph nor of one around it
   */
  public Output capture(Output x) {
    return Captures.in(this, x);
  }

  /** Whether this is {@code g}, or the graph of a function's body inside it. */
  boolean isInside(Graph g) {
    for (Graph x = this; x != null; x = x.outer) {
      if (x == g) {
        return true;
      }
    }
    return false;
  }

  /**
   * The parameters that stand, in the body of a function, for tensors of the graphs around it: for
   * those that {@code which} holds of.
   */
  public List<Output> captured(Predicate<Output> which) {
    return captures == null ? List.of() : captures.ofOrigins(which);
  }

  /**
   * The graph that operations made through this one go into: while this thread builds the body of a
   * function inside this graph, the innermost such body; else this.
   */
  public Graph current() {
    return building.in(this);
  }

  /**
   * Until the scope closes, what this thread makes through this graph and those around it goes into
   * this one.
   */
  public Scope enter() {
    return building.enter(this);
  }

  /**
   * Leaves the bodies of functions that this thread is building, until the scope closes: operations
   * go into the outermost graph, in the name scopes of the bodies.
   */
  public Scope outsideFunctions() {
    return building.leave(this);
  }

  // ---- names

  /**
   * Opens a name scope inside the current one.
   *
   * @param name made unique when it is taken; with a slash at the end it is the full name of a
   *     scope to enter again; null or empty for the root
   */
  public Scope nameScope(String name) {
    return current().scopes.open(name);
  }

  /** The name scope open in this graph itself, whatever body is being built. */
  String ownNameScope() {
    return scopes.name();
  }

  /** The full name of the current scope, without a slash at the end; empty at the root. */
  public String currentNameScope() {
    return current().scopes.name();
  }

  /**
   * The full name that an operation called {@code name} in the current scope would get; taken if
   * {@code mark}.
   */
  public String uniqueName(String name, boolean mark) {
    return current().scopes.uniqueName(name, mark);
  }

  // ---- devices, control dependencies, colocation

  /**
   * Opens a device scope: what {@code device} gives replaces those fields of the enclosing scope;
   * null leaves every device open.
   *
   * @throws InvalidArgumentException if the text is no device
   */
  public Scope device(String device) {
    return current().scopes.openDevice(device);
  }

  /** The device that an operation made now would ask for. */
  public DeviceSpec currentDevice() {
    return current().scopes.device();
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
   * In the body of a function, operations of the graphs around it are waited for by whatever calls
   * the function.
   */
  public Scope controlDependencies(Collection<Operation> ops) {
    return current().scopes.openControl(ops);
  }

  /**
   * Opens a scope whose operations are placed where {@code op} is; device scopes around it do not
   * apply.
   */
  public Scope colocateWith(Operation op) {
    return current().scopes.openColocation(op);
  }

  /** Opens a scope whose operations are not placed with what enclosing scopes name. */
  public Scope ignoreColocation() {
    return current().scopes.ignoreColocation();
  }

  /**
   * Opens a scope whose operations of the given types are differentiated by other functions than
   * their types': the attribute {@link #GRADIENT_ATTR} names them.
   *
   * @param byType the names by op type, added to what enclosing scopes say
   */
  public Scope gradientOverrideMap(Map<String, String> byType) {
    return current().scopes.openGradients(byType);
  }

  // ---- translations

  /**
   * Opens a scope whose operations, made in this graph itself, take what {@code t} gives for their
   * inputs in place of these; null for the inputs themselves, whatever is said around. Operations
   * without inputs wait for {@link Translation#pivot}. The scopes around it do not make its
   * operations wait for anything.
   */
  public synchronized Scope translating(Translation t) {
    Translation before = translation;
    Scope control = scopes.openControl(null);
    translation = t;
    return new Scope(
        "",
        () -> {
          setTranslation(before);
          control.close();
        });
  }

  private synchronized void setTranslation(Translation t) {
    translation = t;
  }

  /** What an operation of that type takes for {@code x}, a tensor of this graph. */
  Output translated(String opType, Output x) {
    Translation t;
    synchronized (this) {
      t = translation;
    }
    return t == null ? x : t.translate(opType, x);
  }

  // ---- collections, seeds, versions

  /**
   * Adds {@code value} to a collection; {@link GraphKeys} has the usual names. Tensors and
   * operations of a function's body are seen in that body alone.
   */
  public void addToCollection(String key, Object value) {
    outermost().requireNotFinalized();
    GraphCollections.of(this, value).collections.add(key, value);
  }

  /**
   * The values of a collection in the order of adding: a copy, empty where there is no such
   * collection.
   */
  public List<Object> collection(String key) {
    return current().collections.get(key);
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
        .filter(
            v -> {
              String name = GraphCollections.nameOf(v);
              return name != null && p.matcher(name).lookingAt();
            })
        .toList();
  }

  /** The names of the collections that hold something. */
  public Set<String> collectionKeys() {
    return current().collections.keys();
  }

  /** Empties a collection. */
  public void clearCollection(String key) {
    outermost().requireNotFinalized();
    current().collections.clear(key);
  }

  /** Sets the graph's seed for random operations, null for none. */
  public void setSeed(Long seed) {
    outermost().seed = seed;
  }

  /** The graph's seed, or null. */
  public Long seed() {
    return outermost().seed;
  }

  /**
   * The two seeds of a random operation made now, by TensorFlow's rules: an operation without a
   * seed takes the number of operations so far (in the body of a function, its own) when the graph
   * has one; a graph without a seed takes 87654321 when the operation has one; (0, 0), which would
   * mean no seed, is replaced by (0, 2³¹−1); with neither, both are 0 and every session draws its
   * own.
   */
  public long[] seeds(Long opSeed) {
    Long graphSeed = seed();
    if (graphSeed == null && opSeed == null) {
      return new long[] {0, 0};
    }
    long a = graphSeed != null ? graphSeed : DEFAULT_GRAPH_SEED;
    long b = opSeed != null ? opSeed : current().size();
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
   * the layer's own. The bodies of functions share those of the outermost graph.
   */
  @SuppressWarnings("unchecked")
  public <T> T attachment(Class<T> key, java.util.function.Supplier<? extends T> make) {
    Graph root = outermost();
    synchronized (root) {
      Object v = root.attachments.get(key);
      if (v == null) {
        v = make.get();
        root.attachments.put(key, v);
      }
      return (T) v;
    }
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
    if (outer != null) {
      return outer.evaluator();
    }
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
   * Adds the nodes of {@code def} and its functions, these under other names where the graph has
   * different ones of theirs. Open scopes do not apply. Nodes of op types that are not registered
   * are kept and named in the result; they fail when run. If anything is wrong, nothing is added.
   *
   * @throws InvalidArgumentException if a name is there already or twice, an input does not exist,
   *     nodes other than those of a loop depend on each other in a circle, or a node's inputs,
   *     attributes or shapes do not fit its op type; the message names the node
   * @throws FailedPreconditionException if the graph is finalized, or the definition asks for a
   *     newer version
   */
  public ImportedGraph importGraphDef(GraphDef def, ImportOptions options) {
    return new GraphImporter(current(), def, options).run();
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
      scopes.addDependencies(d.inputs, waits);
      attrs = scopes.colocated(scopes.withGradient(d.def.name(), attrs));
      where = scopes.place(d.device);
      if (translation != null
          && translation.pivot() != null
          && d.inputs.isEmpty()
          && waits.isEmpty()) {
        waits.add(translation.pivot());
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
      scopes.made(op);
    }
    return op;
  }

  private String takeName(Draft d) {
    boolean scopeName = d.name.endsWith("/");
    String name = scopeName ? d.name.substring(0, d.name.length() - 1) : d.name;
    boolean exact = d.exactName || scopeName;
    Names.checkOpName(exact ? name : scopes.fullName(name));
    if (!exact) {
      return scopes.uniqueName(name, true);
    }
    if (byName.containsKey(name)) {
      throw new AlreadyExistsException("the graph has an operation '" + name + "' already");
    }
    names.take(name);
    return name;
  }

  /** {@code name}, or the next free variation of it, at the root; it is taken. */
  synchronized String freeName(String name) {
    return names.unique(name, true);
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
}
