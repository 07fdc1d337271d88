package dev.millrace.ops;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.ImportedGraph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.proto.CollectionDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.SaveSliceInfoDef;
import dev.millrace.proto.SaverDef;
import dev.millrace.proto.SignatureDef;
import dev.millrace.proto.VariableDef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an import of a meta graph has added to a graph: nodes, the collections that say which of
 * them are variables, train ops and so on, and how to save and to call it.
 *
 * <p>Variables of the collections become {@link Variable}s, of either of TensorFlow's kinds, so
 * that savers, gradients and optimizers know them.
 */
public final class MetaGraph {
  private final MetaGraphDef def;
  private final ImportedGraph imported;
  private final Map<String, Variable> variables = new HashMap<>();

  private MetaGraph(MetaGraphDef def, ImportedGraph imported) {
    this.def = def;
    this.imported = imported;
  }

  /**
   * Reads the file of a meta graph, binary or text, as savers and SavedModels write it.
   *
   * @throws NotFoundException if there is no such file
   * @throws DataLossException if it is damaged
   */
  public static MetaGraphDef read(Path file) {
    return GraphFiles.read(file, MetaGraphDef.getDefaultInstance());
  }

  /** Imports a meta graph's file into a new graph. */
  public static MetaGraph load(Path file) {
    return importInto(new Graph(), read(file), new ImportOptions());
  }

  /**
   * Adds a meta graph to a graph. Names get the prefix that the options ask for, in the collections
   * too; contexts of loops and conditionals are kept as they are, and only without a prefix.
   *
   * @throws InvalidArgumentException if the graph cannot be imported
   */
  public static MetaGraph importInto(Graph graph, MetaGraphDef def, ImportOptions options) {
    ImportOptions own =
        def.getMetaInfoDef().hasStrippedOpList()
            ? options.producerOps(def.getMetaInfoDef().getStrippedOpList())
            : options;
    MetaGraph m = new MetaGraph(def, graph.importGraphDef(def.getGraphDef(), own));
    m.addCollections();
    return m;
  }

  private void addCollections() {
    Set<String> trainable = new HashSet<>();
    for (var bytes : collection(GraphKeys.TRAINABLE_VARIABLES).getBytesList().getValueList()) {
      try {
        trainable.add(VariableDef.parseFrom(bytes).getVariableName());
      } catch (com.google.protobuf.InvalidProtocolBufferException e) {
        throw new DataLossException("collection of trainable variables: " + e.getMessage(), e);
      }
    }
    for (Map.Entry<String, CollectionDef> c : new TreeMap<>(def.getCollectionDefMap()).entrySet()) {
      String key = c.getKey();
      boolean contexts = key.equals(GraphKeys.COND_CONTEXT) || key.equals(GraphKeys.WHILE_CONTEXT);
      if (contexts && !imported.prefix().isEmpty()) {
        continue;
      }
      for (Object v :
          CollectionProtos.read(
              key,
              c.getValue(),
              graph(),
              this::name,
              d -> variable(d, trainable.contains(d.getVariableName())))) {
        graph().addToCollection(key, v);
      }
    }
  }

  private CollectionDef collection(String key) {
    return def.getCollectionDefOrDefault(key, CollectionDef.getDefaultInstance());
  }

  /** The name in the graph of what has that name in the meta graph. */
  private String name(String original) {
    return imported.prefix() + original;
  }

  private Variable variable(VariableDef d, boolean trainable) {
    return variables.computeIfAbsent(d.getVariableName(), k -> makeVariable(d, trainable));
  }

  private Variable makeVariable(VariableDef d, boolean trainable) {
    Ops ops = Ops.of(graph());
    Output handle = output("variable", d.getVariableName());
    Output value =
        d.getSnapshotName().isEmpty()
            ? snapshot(handle)
            : output("snapshot of a variable", d.getSnapshotName());
    Output initial =
        d.getInitialValueName().isEmpty() ? null : output("initial value", d.getInitialValueName());
    Operation initializer =
        d.getInitializerName().isEmpty() ? null : operation(d.getInitializerName());
    if (initial == null && initializer != null && initializer.inputs().size() == 2) {
      initial = initializer.input(1); // meta graphs before 1.2 do not name it
    }
    Shape shape = handle.handleData() != null ? handle.handleData().shape() : handle.shape();
    Variable v = new Variable(ops, handle, initial, initializer, value, shape, trainable);
    if (d.hasSaveSliceInfoDef()) {
      v.describe(null, slice(d.getSaveSliceInfoDef()));
    }
    return v;
  }

  /** Meta graphs of the oldest versions do not name the snapshot, which has its usual name. */
  private Output snapshot(Output handle) {
    Operation read = graph().findOperation(handle.op().name() + "/read");
    return read == null ? handle : read.output(0);
  }

  private static VariableSlice slice(SaveSliceInfoDef d) {
    return new VariableSlice(
        d.getFullName(),
        Shape.of(longs(d.getFullShapeList())),
        new ArrayList<>(d.getVarOffsetList()),
        Shape.of(longs(d.getVarShapeList())));
  }

  private static long[] longs(List<Long> xs) {
    return xs.stream().mapToLong(Long::longValue).toArray();
  }

  private Output output(String what, String original) {
    try {
      return graph().output(name(original));
    } catch (MillraceException e) {
      throw new InvalidArgumentException(
          "the meta graph names '" + original + "' as the " + what + ": " + e.getMessage(), e);
    }
  }

  /**
   * The operation that has that name in the meta graph.
   *
   * @throws NotFoundException if there is none
   */
  public Operation operation(String original) {
    return imported.operation(original);
  }

  /**
   * The tensor that has that name in the meta graph.
   *
   * @throws NotFoundException if there is none
   */
  public Tensor tensor(String original) {
    return Ops.of(graph()).tensor(imported.output(original));
  }

  public Graph graph() {
    return imported.graph();
  }

  /** What was imported, by the names of the definition. */
  public ImportedGraph imported() {
    return imported;
  }

  /** The meta graph as it was read. */
  public MetaGraphDef definition() {
    return def;
  }

  /** The nodes that save and restore, by their names in the graph; null if there are none. */
  public SaverDef saverDef() {
    if (!def.hasSaverDef()) {
      return null;
    }
    SaverDef s = def.getSaverDef();
    return s.toBuilder()
        .setFilenameTensorName(name(s.getFilenameTensorName()))
        .setSaveTensorName(name(s.getSaveTensorName()))
        .setRestoreOpName(name(s.getRestoreOpName()))
        .build();
  }

  /** The ways to call the graph, by name; the names of tensors in them are the meta graph's. */
  public Map<String, SignatureDef> signatures() {
    return def.getSignatureDefMap();
  }

  // ---- writing

  /** Begins a meta graph of {@code graph}. */
  public static MetaGraphWriter writer(Graph graph) {
    return new MetaGraphWriter(graph);
  }
}
