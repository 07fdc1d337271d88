package dev.millrace.ops;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphExporter;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpDefProtos;
import dev.millrace.proto.AssetFileDef;
import dev.millrace.proto.CollectionDef;
import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.SaverDef;
import dev.millrace.proto.SignatureDef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Collects what is to be said about a graph in a meta graph. */
public final class MetaGraphWriter {
  private final Graph graph;
  private SaverDef saver;
  private Collection<String> collections;
  private boolean clearDevices;
  private boolean stripDefaults;
  private final List<String> tags = new ArrayList<>();
  private final Map<String, SignatureDef> signatures = new LinkedHashMap<>();
  private final List<AssetFileDef> assets = new ArrayList<>();

  MetaGraphWriter(Graph graph) {
    this.graph = graph;
  }

  /** The nodes that save and restore. */
  public MetaGraphWriter saver(SaverDef saver) {
    this.saver = saver;
    return this;
  }

  /** The collections to write; by default all. */
  public MetaGraphWriter collections(Collection<String> keys) {
    collections = List.copyOf(keys);
    return this;
  }

  /** Leaves every node's device open. */
  public MetaGraphWriter clearDevices() {
    clearDevices = true;
    return this;
  }

  /** Leaves out attributes that have their default values. */
  public MetaGraphWriter stripDefaults() {
    stripDefaults = true;
    return this;
  }

  /** What the graph is for, as {@code serve}. */
  public MetaGraphWriter tags(Collection<String> tags) {
    this.tags.addAll(tags);
    return this;
  }

  /** A way to call the graph. */
  public MetaGraphWriter signature(String name, SignatureDef signature) {
    signatures.put(name, signature);
    return this;
  }

  /** A file that the graph reads. */
  public MetaGraphWriter asset(AssetFileDef asset) {
    assets.add(asset);
    return this;
  }

  /** The meta graph. */
  public MetaGraphDef build() {
    GraphExporter exporter = new GraphExporter(graph);
    GraphDef nodes = (stripDefaults ? exporter.stripDefaults() : exporter).toGraphDef();
    if (clearDevices) {
      GraphDef.Builder b = nodes.toBuilder();
      b.getNodeBuilderList().forEach(NodeDef.Builder::clearDevice);
      nodes = b.build();
    }
    MetaGraphDef.Builder b = MetaGraphDef.newBuilder().setGraphDef(nodes);
    b.getMetaInfoDefBuilder().addAllTags(tags).setStrippedDefaultAttrs(stripDefaults);
    for (String type : types(nodes)) {
      OpDef d = graph.registry().find(type);
      if (d != null) {
        b.getMetaInfoDefBuilder().getStrippedOpListBuilder().addOp(OpDefProtos.write(d));
      }
    }
    if (saver != null) {
      b.setSaverDef(saver);
    }
    for (String key : graph.outermost().collectionKeys()) {
      if (collections == null || collections.contains(key)) {
        CollectionDef c = CollectionProtos.write(key, graph.outermost().collection(key));
        if (c != null) {
          b.putCollectionDef(key, c);
        }
      }
    }
    return b.putAllSignatureDef(signatures).addAllAssetFileDef(assets).build();
  }

  private static Set<String> types(GraphDef g) {
    Set<String> all = new TreeSet<>();
    g.getNodeList().forEach(n -> all.add(n.getOp()));
    for (FunctionDef f : g.getLibrary().getFunctionList()) {
      f.getNodeDefList().forEach(n -> all.add(n.getOp()));
    }
    return all;
  }

  /** Writes the meta graph, as text where the file's name ends in {@code .pbtxt}, else binary. */
  public void write(Path file) {
    GraphFiles.write(file, build());
  }
}
