package dev.millrace.cli.interop;

import com.google.protobuf.Message;
import dev.millrace.cli.loops.LoopGraph;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeProtos;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.AttrValue;
import dev.millrace.proto.CollectionDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.NodeDef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes meta graphs node by node, with the names that TensorFlow's Python front end gives. */
final class PythonNodes {
  private final GraphDef.Builder graph = GraphDef.newBuilder();
  private final Map<String, CollectionDef.Builder> collections = new TreeMap<>();

  /** A graph of the TensorFlow that had this producer version: 24 is 1.4, 134 is 1.15. */
  PythonNodes(int producer) {
    graph.getVersionsBuilder().setProducer(producer);
  }

  /**
   * Adds a node; types that follow from its inputs need not be given.
   *
   * @param inputs names apart by spaces
   * @param attrs names and values in turn
   * @return the name
   */
  String node(String name, String op, String inputs, Object... attrs) {
    NodeDef.Builder n = graph.addNodeBuilder().setName(name).setOp(op);
    if (!inputs.isEmpty()) {
      n.addAllInput(List.of(inputs.split(" ")));
    }
    for (int i = 0; i < attrs.length; i += 2) {
      n.putAttr((String) attrs[i], attr(attrs[i + 1]));
    }
    return name;
  }

  private static AttrValue attr(Object x) {
    if (x instanceof AttrValue a) {
      return a;
    } else if (x instanceof DataType t) {
      return LoopGraph.attr(t);
    } else if (x instanceof DataType[] t) {
      return StateGraph.types(t);
    } else if (x instanceof Shape s) {
      return AttrValue.newBuilder().setShape(ShapeProtos.write(s)).build();
    } else if (x instanceof Shape[] s) {
      return StateGraph.shapes(s);
    } else if (x instanceof String s) {
      return LoopGraph.attr(s);
    } else if (x instanceof String[] s) {
      return StateGraph.strings(s);
    } else if (x instanceof Boolean b) {
      return LoopGraph.attr(b);
    } else if (x instanceof Float f) {
      return AttrValue.newBuilder().setF(f).build();
    }
    return LoopGraph.attr(((Number) x).longValue());
  }

  String constant(String name, Object javaValue) {
    TensorValue v = javaValue instanceof TensorValue t ? t : TensorValue.of(javaValue);
    AttrValue value = AttrValue.newBuilder().setTensor(TensorProtos.write(v)).build();
    return node(name, "Const", "", "dtype", v.dtype(), "value", value);
  }

  /** Adds a message to a collection. */
  void collect(String key, Message m) {
    collection(key).getBytesListBuilder().addValue(m.toByteString());
  }

  /** Adds a node or tensor to a collection. */
  void collect(String key, String name) {
    collection(key).getNodeListBuilder().addValue(name);
  }

  private CollectionDef.Builder collection(String key) {
    return collections.computeIfAbsent(key, k -> CollectionDef.newBuilder());
  }

  /** The graph, all attributes filled in. */
  GraphDef graphDef() {
    Graph g = new Graph();
    g.importGraphDef(graph.build());
    return g.toGraphDef().toBuilder().setVersions(graph.getVersions()).build();
  }

  MetaGraphDef metaGraphDef() {
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder().setGraphDef(graphDef());
    collections.forEach((k, b) -> meta.putCollectionDef(k, b.build()));
    return meta.build();
  }
}
