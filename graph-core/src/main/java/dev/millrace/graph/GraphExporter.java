package dev.millrace.graph;

import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.FunctionDefLibrary;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.VersionDef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a graph as TensorFlow's GraphDef: the nodes in the order of creation, control inputs as
 * {@code ^name}, attributes in the order of their names, functions and versions.
 */
public final class GraphExporter {
  private final Graph graph;
  private boolean stripDefaults;
  private boolean withShapes;

  public GraphExporter(Graph graph) {
    this.graph = graph;
  }

  /**
   * Leaves out attributes that have their op type's default value, in functions as well, so that
   * programs that do not know them yet can read the graph.
   */
  public GraphExporter stripDefaults() {
    stripDefaults = true;
    return this;
  }

  /** Adds the shapes of outputs as attribute {@code _output_shapes}. */
  public GraphExporter withShapes() {
    withShapes = true;
    return this;
  }

  /**
   * The whole graph.
   *
   * @throws InvalidArgumentException if an attribute holds what cannot be written
   * @throws FailedPreconditionException if a loop is not closed yet
   */
  public GraphDef toGraphDef() {
    GraphDef.Builder b = GraphDef.newBuilder();
    for (Operation op : graph.operations()) {
      b.addNode(node(op));
    }
    FunctionDefLibrary library = graph.functions().toProto();
    if (library.getFunctionCount() + library.getGradientCount() > 0) {
      b.setLibrary(stripDefaults ? stripped(library) : library);
    }
    GraphVersions v = graph.versions();
    b.setVersions(
        VersionDef.newBuilder()
            .setProducer(v.producer())
            .setMinConsumer(v.minConsumer())
            .addAllBadConsumers(v.badConsumers()));
    return b.build();
  }

  /** One node. */
  public NodeDef node(Operation op) {
    NodeDef.Builder n =
        NodeDef.newBuilder().setName(op.name()).setOp(op.type()).setDevice(op.device().toString());
    for (Output in : op.inputs()) {
      if (in == null) {
        throw (FailedPreconditionException)
            new FailedPreconditionException("the loop that begins here is not closed").at(op);
      }
      n.addInput(InputRef.of(in).toString());
    }
    for (Operation c : op.controlInputs()) {
      n.addInput(new InputRef(c.name(), InputRef.CONTROL).toString());
    }
    Map<String, AttrValue> attrs = new TreeMap<>(op.attrs().asMap());
    if (stripDefaults) {
      op.def().attrs().values().forEach(a -> attrs.remove(a.name(), a.defaultValue()));
    }
    if (withShapes && op.numOutputs() > 0) {
      List<Shape> shapes = op.outputs().stream().map(Output::shape).toList();
      attrs.put("_output_shapes", AttrValue.ofShapes(shapes));
    }
    try {
      n.putAllAttr(AttrProtos.writeAll(attrs));
    } catch (MillraceException e) {
      throw e.at(op);
    }
    return n.build();
  }

  private FunctionDefLibrary stripped(FunctionDefLibrary library) {
    FunctionDefLibrary.Builder b = library.toBuilder();
    for (FunctionDef.Builder f : b.getFunctionBuilderList()) {
      for (NodeDef.Builder n : f.getNodeDefBuilderList()) {
        OpDef def = graph.findOpDef(n.getOp());
        if (def != null) {
          Map<String, dev.millrace.proto.AttrValue> kept = new LinkedHashMap<>(n.getAttrMap());
          kept.entrySet()
              .removeIf(
                  a -> {
                    OpDef.AttrDef attr = def.attrs().get(a.getKey());
                    return attr != null
                        && attr.defaultValue() != null
                        && AttrProtos.read(a.getValue()).equals(attr.defaultValue());
                  });
          n.clearAttr().putAllAttr(kept);
        }
      }
    }
    return b.build();
  }
}
