package dev.millrace.cli;

import dev.millrace.graph.DataType;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeProtos;
import dev.millrace.proto.AssetFileDef;
import dev.millrace.proto.CollectionDef;
import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.SaverDef;
import dev.millrace.proto.SignatureDef;
import dev.millrace.proto.TensorInfo;
import dev.millrace.proto.TensorShapeProto;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a graph is made of, as text. It is read off the definition: a graph that cannot be imported
 * is shown all the same.
 */
final class GraphSummary {
  /** How much of a list is shown by default. */
  static final int SHORT = 20;

  private static final int NAMES = 3;

  private static final Set<String> PLACEHOLDERS =
      Set.of("Placeholder", "PlaceholderV2", "PlaceholderWithDefault");

  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  private final MetaGraphDef meta;
  private final GraphDef graph;
  private final int limit;

  GraphSummary(MetaGraphDef meta, int limit) {
    this.meta = meta;
    this.graph = meta.getGraphDef();
    this.limit = limit;
  }

  void print(PrintWriter to) {
    head(to);
    meta.getSignatureDefMap().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(s -> signature(s.getKey(), s.getValue(), to));
    list("inputs", lines(PLACEHOLDERS), to);
    list("variables", lines(VARIABLES), to);
    list("functions", functions(), to);
    list("op types", opTypes(), to);
    list("unknown op types", unknown(), to);
    list("devices", devices(), to);
    list("collections", collections(), to);
    list("assets", assets(), to);
    saver(to);
  }

  private void head(PrintWriter to) {
    StringBuilder s = new StringBuilder("nodes: " + graph.getNodeCount());
    if (meta.getMetaInfoDef().getTagsCount() > 0) {
      s.insert(0, "tags: " + new TreeSet<>(meta.getMetaInfoDef().getTagsList()) + "\n");
    }
    String writer = meta.getMetaInfoDef().getTensorflowVersion();
    s.append(writer.isEmpty() ? "" : ", written by TensorFlow " + writer);
    s.append(", GraphDef version ").append(graph.getVersions().getProducer());
    to.println(s);
  }

  private void list(String title, List<String> lines, PrintWriter to) {
    if (lines.isEmpty()) {
      return;
    }
    to.println(title + ": " + lines.size());
    lines.stream().limit(limit).forEach(s -> to.println("  " + s));
    if (lines.size() > limit) {
      to.println("  … and " + (lines.size() - limit) + " more; --all shows them");
    }
  }

  // ---- signatures

  private static void signature(String name, SignatureDef s, PrintWriter to) {
    String method = s.getMethodName();
    to.println("signature " + name + (method.isEmpty() ? "" : " (" + method + ")"));
    new TreeMap<>(s.getInputsMap()).forEach((k, t) -> to.println("  input  " + tensor(k, t)));
    new TreeMap<>(s.getOutputsMap()).forEach((k, t) -> to.println("  output " + tensor(k, t)));
  }

  private static String tensor(String key, TensorInfo t) {
    String name =
        switch (t.getEncodingCase()) {
          case COO_SPARSE -> "sparse " + t.getCooSparse().getValuesTensorName();
          default -> t.getName();
        };
    return key + " " + type(t.getDtypeValue()) + shape(t.getTensorShape()) + " = " + name;
  }

  // ---- nodes

  /** The nodes of these types with what they hold. */
  private List<String> lines(Set<String> types) {
    List<String> all = new ArrayList<>();
    for (NodeDef n : graph.getNodeList()) {
      if (types.contains(n.getOp())) {
        all.add(n.getName() + " " + described(n));
      }
    }
    return all;
  }

  private static String described(NodeDef n) {
    String shape = n.containsAttr("shape") ? shape(n.getAttrOrThrow("shape").getShape()) : "";
    String type =
        n.containsAttr("dtype") ? type(n.getAttrOrThrow("dtype").getTypeValue()) : "of any type";
    return type + shape + (n.getOp().equals("PlaceholderWithDefault") ? ", with a default" : "");
  }

  private List<String> functions() {
    List<String> all = new ArrayList<>();
    for (FunctionDef f : graph.getLibrary().getFunctionList()) {
      all.add(f.getSignature().getName() + ", " + f.getNodeDefCount() + " nodes");
    }
    return all;
  }

  private Map<String, List<String>> namesByType() {
    Map<String, List<String>> all = new TreeMap<>();
    graph.getNodeList().forEach(n -> add(all, n));
    for (FunctionDef f : graph.getLibrary().getFunctionList()) {
      f.getNodeDefList().forEach(n -> add(all, n));
    }
    return all;
  }

  private static void add(Map<String, List<String>> all, NodeDef n) {
    all.computeIfAbsent(n.getOp(), k -> new ArrayList<>()).add(n.getName());
  }

  private List<String> opTypes() {
    return namesByType().entrySet().stream()
        .sorted(Comparator.comparingInt(e -> -e.getValue().size()))
        .map(e -> e.getValue().size() + " " + e.getKey())
        .toList();
  }

  private List<String> unknown() {
    Set<String> known = new HashSet<>();
    graph.getLibrary().getFunctionList().forEach(f -> known.add(f.getSignature().getName()));
    List<String> all = new ArrayList<>();
    namesByType()
        .forEach(
            (type, names) -> {
              if (OpRegistry.global().find(type) == null && !known.contains(type)) {
                String more = names.size() > NAMES ? ", … " + names.size() + " in all" : "";
                all.add(
                    type
                        + " ("
                        + String.join(", ", names.subList(0, Math.min(NAMES, names.size())))
                        + more
                        + ")");
              }
            });
    return all;
  }

  private List<String> devices() {
    Map<String, Integer> all = new TreeMap<>();
    for (NodeDef n : graph.getNodeList()) {
      if (!n.getDevice().isEmpty()) {
        all.merge(n.getDevice(), 1, Integer::sum);
      }
    }
    return all.entrySet().stream().map(e -> e.getKey() + ", " + e.getValue() + " nodes").toList();
  }

  // ---- the meta graph's other parts

  private List<String> collections() {
    List<String> all = new ArrayList<>();
    new TreeMap<>(meta.getCollectionDefMap())
        .forEach((key, c) -> all.add(key + ": " + contents(c)));
    return all;
  }

  private static String contents(CollectionDef c) {
    return switch (c.getKindCase()) {
      case NODE_LIST -> {
        List<String> names = c.getNodeList().getValueList();
        String more = names.size() > NAMES ? ", … " + names.size() + " in all" : "";
        yield String.join(", ", names.subList(0, Math.min(NAMES, names.size()))) + more;
      }
      case BYTES_LIST -> messages(c.getBytesList().getValueCount());
      case ANY_LIST -> messages(c.getAnyList().getValueCount());
      case INT64_LIST -> c.getInt64List().getValueList().toString();
      case FLOAT_LIST -> c.getFloatList().getValueList().toString();
      case KIND_NOT_SET -> "empty";
    };
  }

  private static String messages(int n) {
    return n + (n == 1 ? " message" : " messages");
  }

  private List<String> assets() {
    List<String> all = new ArrayList<>();
    for (AssetFileDef a : meta.getAssetFileDefList()) {
      all.add(a.getFilename() + " = " + a.getTensorInfo().getName());
    }
    return all;
  }

  private void saver(PrintWriter to) {
    if (meta.hasSaverDef()) {
      SaverDef s = meta.getSaverDef();
      to.println(
          "saver: "
              + s.getRestoreOpName()
              + ", "
              + s.getSaveTensorName()
              + (s.getSharded() ? ", sharded" : "")
              + (s.getVersion() == SaverDef.CheckpointFormatVersion.V2 ? "" : ", version 1"));
    }
  }

  private static String type(int number) {
    try {
      return DataType.ofNumber(number).toString();
    } catch (MillraceException e) {
      return "dtype " + number;
    }
  }

  private static String shape(TensorShapeProto s) {
    try {
      Shape known = ShapeProtos.read(s);
      return known.hasRank() ? known.toString() : "";
    } catch (MillraceException e) {
      return "?";
    }
  }
}
