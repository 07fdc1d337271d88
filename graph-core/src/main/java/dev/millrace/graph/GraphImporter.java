package dev.millrace.graph;

import dev.millrace.graph.AttrValue.Bytes;
import dev.millrace.graph.AttrValue.ListAttr;
import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.VersionDef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds the nodes of one GraphDef to a graph: all of them, or none if anything is wrong. */
final class GraphImporter {
  private static final Logger LOG = LoggerFactory.getLogger(GraphImporter.class);
  private static final String OUTPUT_SHAPES = "_output_shapes";

  /** A node of unknown type has as many outputs as are used; the limit is against damaged files. */
  private static final int MOST_OPAQUE_OUTPUTS = 1 << 16;

  /**
   * Up to this version of the writer a placeholder's shape could not be unknown; a scalar's stood
   * for that.
   */
  private static final int LAST_WITHOUT_UNKNOWN_PLACEHOLDERS = 21;

  private static final Set<String> ITERATORS = Set.of("IteratorGetNext", "IteratorGetNextSync");

  private static final int SHOWN = 5;

  private final Graph graph;
  private final GraphDef graphDef;
  private final ImportOptions options;
  private final CreationSite site = CreationSite.here();
  private final Map<String, OpDef> opaqueDefs = new HashMap<>();
  private final Map<String, List<String>> unknown = new TreeMap<>();
  private final Map<String, dev.millrace.proto.OpDef> producerOps = new HashMap<>();
  private String prefix = "";
  private ImportNodes nodes;
  private Operation[] made;

  GraphImporter(Graph graph, GraphDef graphDef, ImportOptions options) {
    this.graph = graph;
    GraphDef own = options.isClearDevices() ? withoutDevices(graphDef) : graphDef;
    this.graphDef = FunctionRenames.apply(own, graph.functions());
    this.options = options;
    options.producerOps().getOpList().forEach(op -> producerOps.put(op.getName(), op));
  }

  private static GraphDef withoutDevices(GraphDef def) {
    GraphDef.Builder b = def.toBuilder();
    b.getNodeBuilderList().forEach(NodeDef.Builder::clearDevice);
    if (def.hasLibrary()) {
      for (FunctionDef.Builder f : b.getLibraryBuilder().getFunctionBuilderList()) {
        f.getNodeDefBuilderList().forEach(NodeDef.Builder::clearDevice);
      }
    }
    return b.build();
  }

  ImportedGraph run() {
    synchronized (graph) {
      graph.requireNotFinalized();
      checkVersions(graphDef.getVersions());
      checkMappings();
      nodes = new ImportNodes(graphDef, replacedInputs());
      made = new Operation[nodes.size()];
      int[] order = nodes.order();
      prefix = fullPrefix();
      checkNamesFree();
      return add(order);
    }
  }

  private ImportedGraph add(int[] order) {
    int before = graph.size();
    FunctionLibrary.Added functions = graph.functions().merge(graphDef.getLibrary());
    List<String> freeNames =
        graph.takeNames(graphDef.getNodeList().stream().map(n -> prefix + n.getName()).toList());
    boolean ok = false;
    try {
      for (int i : order) {
        made[i] = make(nodes.get(i));
      }
      for (int i : order) {
        closeLoop(nodes.get(i), made[i]);
      }
      checkMappingsUsed();
      ImportedGraph result = result(order);
      mergeVersions(before == 0);
      warnOfUnknown();
      ok = true;
      return result;
    } finally {
      if (!ok) {
        graph.rollBack(before, freeNames);
        graph.functions().remove(functions);
      }
    }
  }

  private ImportedGraph result(int[] order) {
    Map<String, Operation> byName = new LinkedHashMap<>();
    for (int i : order) {
      byName.put(nodes.get(i).def().getName(), made[i]);
    }
    Map<String, List<String>> types = new TreeMap<>();
    unknown.forEach((type, names) -> types.put(type, List.copyOf(names)));
    return new ImportedGraph(graph, prefix, byName, options, Collections.unmodifiableMap(types));
  }

  // ---- versions

  private static void checkVersions(VersionDef v) {
    int ours = Graph.PRODUCER_VERSION;
    if (v.getMinConsumer() > ours) {
      throw new FailedPreconditionException(
          "the graph is for programs of GraphDef version "
              + v.getMinConsumer()
              + " and up; this one's is "
              + ours);
    }
    if (v.getBadConsumersList().contains(ours)) {
      throw new FailedPreconditionException(
          "the graph must not be read by programs of GraphDef version "
              + ours
              + ", as this one is");
    }
  }

  private void mergeVersions(boolean first) {
    VersionDef v = graphDef.getVersions();
    GraphVersions old = graph.versions();
    GraphVersions read =
        new GraphVersions(v.getProducer(), v.getMinConsumer(), v.getBadConsumersList());
    if (first) {
      graph.setVersions(read);
      return;
    }
    List<Integer> bad = new ArrayList<>(old.badConsumers());
    read.badConsumers().stream().filter(b -> !bad.contains(b)).forEach(bad::add);
    Collections.sort(bad);
    graph.setVersions(
        new GraphVersions(
            Math.min(old.producer(), read.producer()),
            Math.max(old.minConsumer(), read.minConsumer()),
            bad));
  }

  // ---- names and mappings

  private Set<InputRef> replacedInputs() {
    Set<InputRef> r = new HashSet<>(options.inputMap().keySet());
    r.addAll(options.controlMap().keySet());
    return r;
  }

  private void checkMappings() {
    options.inputMap().forEach((ref, x) -> checkOwn(ref, x.graph()));
    options.controlMap().forEach((ref, op) -> checkOwn(ref, op.graph()));
  }

  private void checkOwn(InputRef ref, Graph other) {
    if (!graph.isInside(other)) {
      throw new InvalidArgumentException(
          "what '" + ref + "' is mapped to is of another graph than the one imported to");
    }
  }

  /** A mapping of something that is not there is a slip of the pen. */
  private void checkMappingsUsed() {
    Set<InputRef> unused = replacedInputs();
    for (int i = 0; i < nodes.size() && !unused.isEmpty(); i++) {
      unused.removeAll(nodes.get(i).inputs());
      unused.removeAll(nodes.get(i).controls());
    }
    unused.removeIf(
        ref -> {
          int n = nodes.find(ref.node());
          return n >= 0 && (made[n].isOpaque() || ref.index() < made[n].numOutputs());
        });
    if (!unused.isEmpty()) {
      throw new InvalidArgumentException("mapped inputs are not in the graph imported: " + unused);
    }
  }

  private String fullPrefix() {
    String p = options.prefix();
    if (p.isEmpty()) {
      return "";
    }
    Names.checkScopeName(p, graph.currentNameScope().isEmpty());
    return p.endsWith("/") ? p : graph.uniqueName(p, true) + "/";
  }

  private void checkNamesFree() {
    for (NodeDef n : graphDef.getNodeList()) {
      if (graph.findOperation(prefix + n.getName()) != null) {
        throw ImportNodes.error(
            n,
            "the graph has an operation '"
                + prefix
                + n.getName()
                + "' already; import with a prefix");
      }
    }
  }

  // ---- nodes

  private Operation make(ImportNodes.Node n) {
    NodeDef def = n.def();
    try {
      OpDef opDef = graph.findOpDef(def.getOp());
      if (opDef == null) {
        opDef = opaqueDefs.computeIfAbsent(def.getOp(), OpDef::opaque);
        unknown.computeIfAbsent(def.getOp(), t -> new ArrayList<>()).add(def.getName());
      }
      OpBuilder b =
          new OpBuilder(graph, opDef, prefix + def.getName())
              .imported(DeviceSpec.parse(def.getDevice()), site);
      for (int i = 0; i < n.inputs().size(); i++) {
        if (nodes.isBackEdge(n, i)) {
          b.pendingInput();
        } else {
          b.flatInput(source(n, i));
        }
      }
      for (int i = 0; i < n.controls().size(); i++) {
        int source = n.controlSources().get(i);
        b.controlInput(source < 0 ? options.controlMap().get(n.controls().get(i)) : made[source]);
      }
      Map<String, AttrValue> attrs = attrs(def, opDef);
      AttrValue shapes = opDef.isOpaque() ? attrs.get(OUTPUT_SHAPES) : attrs.remove(OUTPUT_SHAPES);
      attrs.forEach(b::attr);
      Operation op = b.build();
      hintShapes(op, shapes);
      tellIterator(op);
      tellOpaqueSources(op);
      return op;
    } catch (MillraceException e) {
      throw e.nodeName() != null ? e : error(def, e);
    }
  }

  private MillraceException error(NodeDef n, MillraceException e) {
    return MillraceException.of(
        e.code(),
        prefix + n.getName(),
        "node '" + prefix + n.getName() + "' (" + n.getOp() + "): " + e.getMessage(),
        e);
  }

  private Output source(ImportNodes.Node n, int i) {
    InputRef ref = n.inputs().get(i);
    int source = n.sources().get(i);
    if (source < 0) {
      return options.inputMap().get(ref);
    }
    try {
      return outputOf(made[source], ref.index());
    } catch (InvalidArgumentException e) {
      throw new InvalidArgumentException("its input '" + ref + "': " + e.getMessage(), e);
    }
  }

  /** An output; nodes of unknown type have those that they are asked for. */
  static Output outputOf(Operation op, int index) {
    if (op.isOpaque() && index < MOST_OPAQUE_OUTPUTS) {
      op.growOpaqueOutputs(index + 1);
    }
    return op.output(index);
  }

  private Map<String, AttrValue> attrs(NodeDef n, OpDef opDef) {
    Map<String, AttrValue> attrs = AttrProtos.readAll(n.getAttrMap());
    if (producerOps.containsKey(n.getOp()) && !opDef.isOpaque()) {
      for (var a : producerOps.get(n.getOp()).getAttrList()) {
        if (!opDef.attrs().containsKey(a.getName())
            && a.hasDefaultValue()
            && AttrProtos.read(a.getDefaultValue()).equals(attrs.get(a.getName()))) {
          attrs.remove(a.getName());
        }
      }
    }
    if (n.getOp().equals("Placeholder")
        && graphDef.getVersions().getProducer() <= LAST_WITHOUT_UNKNOWN_PLACEHOLDERS
        && AttrValue.of(Shape.scalar()).equals(attrs.get("shape"))) {
      attrs.put("shape", AttrValue.of(Shape.unknown()));
    }
    if (!prefix.isEmpty() && attrs.get(Graph.COLOCATION_ATTR) instanceof ListAttr classes) {
      attrs.put(
          Graph.COLOCATION_ATTR,
          new ListAttr(classes.items().stream().map(this::prefixed).toList()));
    }
    return attrs;
  }

  /** A colocation group is called by a node's name, which the prefix changes. */
  private AttrValue prefixed(AttrValue v) {
    if (v instanceof Bytes b && b.text().startsWith(Graph.COLOCATION_PREFIX)) {
      String name = b.text().substring(Graph.COLOCATION_PREFIX.length());
      return nodes.find(name) < 0 ? v : AttrValue.of(Graph.COLOCATION_PREFIX + prefix + name);
    }
    return v;
  }

  /**
   * Shapes noted by the writer may know more than inference does; where they disagree it is right.
   */
  private static void hintShapes(Operation op, AttrValue hints) {
    if (!(hints instanceof ListAttr l)) {
      return;
    }
    if (op.isOpaque() && l.items().size() <= MOST_OPAQUE_OUTPUTS) {
      op.growOpaqueOutputs(l.items().size());
    }
    for (int i = 0; i < Math.min(op.numOutputs(), l.items().size()); i++) {
      if (l.items().get(i) instanceof AttrValue.ShapeAttr s
          && op.outputShape(i).isCompatibleWith(s.value())) {
        op.refineShape(i, s.value());
      }
    }
  }

  /** What the iterator of a dataset gives, which can be fed. */
  private static void tellIterator(Operation op) {
    if (!op.isOpaque()
        || !ITERATORS.contains(op.type())
        || !(op.attrs().get("output_types") instanceof ListAttr types)
        || types.items().size() > MOST_OPAQUE_OUTPUTS) {
      return;
    }
    op.growOpaqueOutputs(types.items().size());
    for (int i = 0; i < types.items().size(); i++) {
      if (types.items().get(i) instanceof AttrValue.Type t) {
        op.setOpaqueType(i, t.value());
      }
    }
    hintShapes(op, op.attrs().get("output_shapes"));
  }

  /** What a consumer's definition tells of the outputs of nodes whose own type is unknown. */
  private static void tellOpaqueSources(Operation op) {
    boolean any = false;
    for (Output in : op.inputs()) {
      any |= in != null && in.op().isOpaque();
    }
    if (!any || op.isOpaque()) {
      return;
    }
    List<DataType> types = op.def().inputTypes(op.attrs());
    for (int i = 0; i < types.size(); i++) {
      Output in = op.input(i);
      if (in != null && in.op().isOpaque()) {
        in.op().setOpaqueType(in.index(), types.get(i));
      }
    }
  }

  private void closeLoop(ImportNodes.Node n, Operation op) {
    for (int i = 0; i < n.inputs().size(); i++) {
      if (nodes.isBackEdge(n, i)) {
        try {
          Output x = outputOf(made[n.sources().get(i)], n.inputs().get(i).index());
          checkBackEdge(op, i, x);
          op.setInput(i, x);
        } catch (MillraceException e) {
          throw error(n.def(), e);
        }
      }
    }
  }

  private static void checkBackEdge(Operation merge, int i, Output x) {
    if (merge.isOpaque() || x.op().isOpaque()) {
      return;
    }
    DataType want = merge.def().inputTypes(merge.attrs()).get(i);
    boolean ref = merge.def().inputs().stream().anyMatch(OpDef.ArgDef::isRef);
    if (x.dtype() != want || (ref && !x.isRef())) {
      throw new InvalidArgumentException(
          "the loop brings back '"
              + x.name()
              + "', which is "
              + x.dtype()
              + (x.isRef() ? " by reference" : "")
              + "; it must be "
              + want
              + (ref ? " by reference" : ""));
    }
  }

  private void warnOfUnknown() {
    if (unknown.isEmpty()) {
      return;
    }
    String types =
        unknown.entrySet().stream()
            .map(e -> describe(e.getKey(), e.getValue()))
            .collect(Collectors.joining("; "));
    LOG.warn(
        "{} op types of the imported graph are not registered, and their nodes will fail if run: {}",
        unknown.size(),
        types);
  }

  private String describe(String type, List<String> names) {
    List<String> near = graph.registry().similar(type);
    return type
        + " (at "
        + names.stream().limit(SHOWN).collect(Collectors.joining(", "))
        + (names.size() > SHOWN ? ", … " + names.size() + " in all" : "")
        + (near.isEmpty() ? "" : "; there is " + String.join(", ", near))
        + ")";
  }
}
