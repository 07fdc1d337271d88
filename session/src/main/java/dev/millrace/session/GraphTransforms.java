package dev.millrace.session;

import com.google.protobuf.ByteString;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.AttrValue;
import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Makes other graphs of graphs: cut to what some outputs need, with other names, with constants in
 * place of variables. The results are definitions, to be imported or written to a file.
 */
public final class GraphTransforms {
  private static final String COLOCATED = "loc:@";

  private GraphTransforms() {}

  // ---- freezing

  /**
   * What {@code outputs} need, with constants of the session's values in place of variables: a
   * graph that runs without a checkpoint.
   *
   * @throws dev.millrace.graph.FailedPreconditionException if a variable has no value
   * @throws InvalidArgumentException if an output needs a node that changes a variable, or the
   *     handle of one goes into a function
   */
  public static GraphDef freeze(Session session, Operand... outputs) {
    return freeze(session, Arrays.stream(outputs).map(x -> x.asOutput().op().name()).toList());
  }

  /** As {@link #freeze(Session, Operand...)}, by the names of nodes. */
  public static GraphDef freeze(Session session, Collection<String> outputs) {
    GraphDef pruned = prune(session.graph().toGraphDef(), outputs);
    Map<String, TensorValue> values = new TreeMap<>();
    session.withState(
        state -> {
          for (NodeDef n : pruned.getNodeList()) {
            if (FrozenNodes.isVariable(n)) {
              Operation op = session.graph().operation(n.getName());
              values.put(n.getName(), SavedTensor.of(n.getName(), op.output(0)).value(state));
            }
          }
        });
    return new FrozenNodes(pruned, values).freeze();
  }

  // ---- pruning

  /**
   * The nodes that these need, in their order, and the functions that those call.
   *
   * @param outputs names of nodes
   * @throws NotFoundException if there is no such node
   */
  public static GraphDef prune(GraphDef graph, Collection<String> outputs) {
    Map<String, NodeDef> byName = new HashMap<>();
    graph.getNodeList().forEach(n -> byName.put(n.getName(), n));
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    for (String o : outputs) {
      if (!byName.containsKey(o)) {
        throw new NotFoundException("the graph has no node '" + o + "'");
      }
      open.add(o);
    }
    while (!open.isEmpty()) {
      String name = open.pop();
      if (needed.add(name) && byName.containsKey(name)) {
        byName.get(name).getInputList().forEach(i -> open.add(nodeOf(i)));
      }
    }
    GraphDef.Builder b = graph.toBuilder().clearNode().clearLibrary();
    for (NodeDef n : graph.getNodeList()) {
      if (needed.contains(n.getName())) {
        b.addNode(colocatedWith(n, needed));
      }
    }
    addFunctions(graph, b);
    return b.build();
  }

  /** The node that an input of a definition names. */
  static String nodeOf(String input) {
    String s = input.startsWith("^") ? input.substring(1) : input;
    int colon = s.indexOf(':');
    return colon < 0 ? s : s.substring(0, colon);
  }

  private static NodeDef colocatedWith(NodeDef n, Set<String> present) {
    AttrValue c = n.getAttrOrDefault("_class", null);
    if (c == null) {
      return n;
    }
    AttrValue.Builder kept = AttrValue.newBuilder();
    for (ByteString s : c.getList().getSList()) {
      String text = s.toStringUtf8();
      if (!text.startsWith(COLOCATED) || present.contains(text.substring(COLOCATED.length()))) {
        kept.getListBuilder().addS(s);
      }
    }
    NodeDef.Builder b = n.toBuilder();
    return (kept.getList().getSCount() == 0
            ? b.removeAttr("_class")
            : b.putAttr("_class", kept.build()))
        .build();
  }

  private static void addFunctions(GraphDef from, GraphDef.Builder to) {
    Map<String, FunctionDef> byName = new LinkedHashMap<>();
    from.getLibrary().getFunctionList().forEach(f -> byName.put(f.getSignature().getName(), f));
    Set<String> called = new HashSet<>();
    Deque<NodeDef> open = new ArrayDeque<>(to.getNodeList());
    while (!open.isEmpty()) {
      for (String name : calls(open.pop())) {
        if (byName.containsKey(name) && called.add(name)) {
          open.addAll(byName.get(name).getNodeDefList());
        }
      }
    }
    for (Map.Entry<String, FunctionDef> f : byName.entrySet()) {
      if (called.contains(f.getKey())) {
        to.getLibraryBuilder().addFunction(f.getValue());
      }
    }
    from.getLibrary().getGradientList().stream()
        .filter(g -> called.contains(g.getFunctionName()))
        .forEach(g -> to.getLibraryBuilder().addGradient(g));
  }

  private static List<String> calls(NodeDef n) {
    List<String> names = new ArrayList<>(List.of(n.getOp()));
    for (AttrValue a : n.getAttrMap().values()) {
      if (a.hasFunc()) {
        names.add(a.getFunc().getName());
      }
      a.getList().getFuncList().forEach(f -> names.add(f.getName()));
    }
    return names;
  }

  // ---- renaming

  /**
   * The graph with other names of nodes. A variable that was known by its node's name is known by
   * the new one.
   *
   * @param to the new name by the old
   * @throws InvalidArgumentException if two nodes would have one name
   */
  public static GraphDef rename(GraphDef graph, UnaryOperator<String> to) {
    Map<String, String> names = new HashMap<>();
    Set<String> taken = new HashSet<>();
    for (NodeDef n : graph.getNodeList()) {
      String name = to.apply(n.getName());
      if (!taken.add(name)) {
        throw new InvalidArgumentException("two nodes would be called '" + name + "'");
      }
      names.put(n.getName(), name);
    }
    GraphDef.Builder b = graph.toBuilder();
    for (NodeDef.Builder n : b.getNodeBuilderList()) {
      n.setName(names.get(n.getName()));
      for (int i = 0; i < n.getInputCount(); i++) {
        n.setInput(i, renamed(n.getInput(i), names));
      }
      AttrValue c = n.getAttrOrDefault("_class", null);
      if (c != null) {
        AttrValue.Builder other = AttrValue.newBuilder();
        for (ByteString s : c.getList().getSList()) {
          String text = s.toStringUtf8();
          String node = text.startsWith(COLOCATED) ? text.substring(COLOCATED.length()) : null;
          other
              .getListBuilder()
              .addS(
                  node == null
                      ? s
                      : ByteString.copyFromUtf8(COLOCATED + names.getOrDefault(node, node)));
        }
        n.putAttr("_class", other.build());
      }
    }
    return b.build();
  }

  private static String renamed(String input, Map<String, String> names) {
    String node = nodeOf(input);
    int at = input.startsWith("^") ? 1 : 0;
    return input.substring(0, at)
        + names.getOrDefault(node, node)
        + input.substring(at + node.length());
  }
}
