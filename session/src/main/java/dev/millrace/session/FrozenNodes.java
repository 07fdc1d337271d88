package dev.millrace.session;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.AttrValue;
import dev.millrace.proto.DataType;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Puts constants in the place of variables, and plain reads in that of reads by handle. */
final class FrozenNodes {
  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  /** What gives a handle, or a reference, on as it is, with the attribute T. */
  private static final Set<String> PASSING =
      Set.of("Identity", "Enter", "Switch", "Merge", "Exit", "NextIteration");

  private static final Map<String, String> BY_REFERENCE =
      Map.of(
          "RefIdentity", "Identity",
          "RefEnter", "Enter",
          "RefSwitch", "Switch",
          "RefMerge", "Merge",
          "RefExit", "Exit",
          "RefNextIteration", "NextIteration");

  private final GraphDef graph;
  private final Map<String, TensorValue> values;

  /** The dtype of the variable behind a node's output, by the names of nodes that give handles. */
  private final Map<String, DataType> handles = new HashMap<>();

  /**
   * @param values those of all variables in the graph, by the names of their nodes
   */
  FrozenNodes(GraphDef graph, Map<String, TensorValue> values) {
    this.graph = graph;
    this.values = values;
  }

  static boolean isVariable(NodeDef n) {
    return VARIABLES.contains(n.getOp());
  }

  GraphDef freeze() {
    findHandles();
    GraphDef.Builder b = graph.toBuilder().clearNode();
    for (NodeDef n : graph.getNodeList()) {
      if (isVariable(n)) {
        b.addNode(constant(n, values.get(n.getName())));
      } else {
        add(n, b);
      }
    }
    return b.build();
  }

  private void findHandles() {
    for (NodeDef n : graph.getNodeList()) {
      if (n.getOp().equals("VarHandleOp")) {
        handles.put(n.getName(), n.getAttrOrThrow("dtype").getType());
      }
    }
    boolean found = !handles.isEmpty();
    while (found) { // loops go round, so until nothing is new
      found = false;
      for (NodeDef n : graph.getNodeList()) {
        if (PASSING.contains(n.getOp()) && !handles.containsKey(n.getName())) {
          DataType t = handle(n);
          if (t != null) {
            handles.put(n.getName(), t);
            found = true;
          }
        }
      }
    }
  }

  /** The dtype of the variable whose handle the node takes; null if it takes none. */
  private DataType handle(NodeDef n) {
    for (String input : n.getInputList()) {
      DataType t = input.startsWith("^") ? null : handles.get(GraphTransforms.nodeOf(input));
      if (t != null) {
        return t;
      }
    }
    return null;
  }

  private static NodeDef constant(NodeDef variable, TensorValue value) {
    NodeDef.Builder b = variable.toBuilder().setOp("Const").clearAttr();
    AttrValue colocation = variable.getAttrOrDefault("_class", null);
    if (colocation != null) {
      b.putAttr("_class", colocation);
    }
    return b.putAttr("dtype", variable.getAttrOrThrow("dtype"))
        .putAttr("value", AttrValue.newBuilder().setTensor(TensorProtos.write(value)).build())
        .build();
  }

  private void add(NodeDef n, GraphDef.Builder to) {
    String plain = BY_REFERENCE.get(n.getOp());
    if (plain != null) {
      to.addNode(n.toBuilder().setOp(plain));
      return;
    }
    DataType t = handle(n);
    if (t == null) {
      requireUnchanged(n);
      to.addNode(n);
    } else if (PASSING.contains(n.getOp())) {
      to.addNode(n.toBuilder().putAttr("T", type(t)));
    } else if (n.getOp().equals("ReadVariableOp")) {
      to.addNode(n.toBuilder().setOp("Identity").clearAttr().putAttr("T", type(t)));
    } else if (n.getOp().equals("ResourceGather")) {
      gather(n, t, to);
    } else if (n.getOp().equals("VariableShape")) {
      to.addNode(n.toBuilder().setOp("Shape").putAttr("T", type(t)));
    } else {
      throw cannot(n, "it takes the handle of a variable");
    }
  }

  private static void gather(NodeDef n, DataType t, GraphDef.Builder to) {
    String axis = n.getName() + "/axis";
    NodeDef.Builder zero = NodeDef.newBuilder().setName(axis).setOp("Const");
    AttrValue batch = n.getAttrOrDefault("batch_dims", AttrValue.getDefaultInstance());
    zero.putAttr("dtype", type(DataType.DT_INT32))
        .putAttr(
            "value",
            AttrValue.newBuilder()
                .setTensor(TensorProtos.write(TensorValue.of((int) batch.getI())))
                .build());
    to.addNode(zero.setDevice(n.getDevice()));
    NodeDef.Builder g = n.toBuilder().setOp("GatherV2").clearAttr().clearInput();
    g.addInput(n.getInput(0)).addInput(n.getInput(1)).addInput(axis);
    n.getInputList().subList(2, n.getInputCount()).forEach(g::addInput);
    g.putAttr("Tparams", type(t))
        .putAttr("Tindices", n.getAttrOrThrow("Tindices"))
        .putAttr("Taxis", type(DataType.DT_INT32))
        .putAttr("batch_dims", batch.toBuilder().setI(batch.getI()).build());
    to.addNode(g);
  }

  private static AttrValue type(DataType t) {
    return AttrValue.newBuilder().setType(t).build();
  }

  /** A node that changes a variable by reference cannot take a constant. */
  private void requireUnchanged(NodeDef n) {
    boolean changes =
        n.getOp().startsWith("Assign")
            || n.getOp().startsWith("Apply")
            || n.getOp().startsWith("SparseApply")
            || (n.getOp().startsWith("Scatter") && !n.getOp().equals("ScatterNd"));
    if (changes && n.getInputCount() > 0 && values.containsKey(n.getInput(0))) {
      throw cannot(n, "it changes a variable");
    }
  }

  private static InvalidArgumentException cannot(NodeDef n, String why) {
    return new InvalidArgumentException(
        "the graph cannot be frozen with node '"
            + n.getName()
            + "' ("
            + n.getOp()
            + "): "
            + why
            + "; freeze to outputs that do not need it");
  }
}
