package dev.millrace.graph;

import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.regex.Pattern;

/** The nodes of a definition with their inputs looked up, and the order to make them in. */
final class ImportNodes {
  private static final int SHOWN = 8;

  /** Op types, with or without a name space, and the names of functions. */
  private static final Pattern OP_TYPE = Pattern.compile("[A-Za-z0-9_.\\-/>:]+");

  /**
   * A node.
   *
   * @param inputs what it takes
   * @param sources the numbers of the nodes that it takes them from; -1 where another tensor of the
   *     graph takes that place
   * @param controls what it waits for
   * @param controlSources as {@code sources}
   */
  record Node(
      NodeDef def,
      List<InputRef> inputs,
      List<Integer> sources,
      List<InputRef> controls,
      List<Integer> controlSources) {
    boolean isMerge() {
      return def.getOp().equals("Merge") || def.getOp().equals("RefMerge");
    }

    boolean isNextIteration() {
      return def.getOp().equals("NextIteration") || def.getOp().equals("RefNextIteration");
    }
  }

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Integer> byName = new HashMap<>();

  /**
   * Looks up the inputs of all nodes.
   *
   * @param replaced the inputs that the nodes will have from elsewhere
   * @throws InvalidArgumentException if a name is there twice, is none or is missing, or an input
   *     does not exist
   */
  ImportNodes(GraphDef def, Set<InputRef> replaced) {
    for (NodeDef n : def.getNodeList()) {
      if (!Names.isOpName(n.getName())) {
        throw error(n, "that is not an op name");
      }
      if (n.getOp().isEmpty()) {
        throw error(n, "the node has no op type");
      }
      if (!OP_TYPE.matcher(n.getOp()).matches()) {
        throw error(n, "that is not an op type");
      }
      if (byName.putIfAbsent(n.getName(), byName.size()) != null) {
        throw error(n, "two nodes have that name");
      }
    }
    for (NodeDef n : def.getNodeList()) {
      nodes.add(read(n, replaced));
    }
  }

  private Node read(NodeDef n, Set<InputRef> replaced) {
    Node node =
        new Node(n, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (String text : n.getInputList()) {
      InputRef ref;
      try {
        ref = InputRef.parse(text);
      } catch (InvalidArgumentException e) {
        throw error(n, "input " + e.getMessage());
      }
      int source = replaced.contains(ref) ? -1 : byName.getOrDefault(ref.node(), -1);
      if (source < 0 && !replaced.contains(ref)) {
        throw error(n, "its input '" + text + "' is not there");
      }
      if (ref.isControl()) {
        node.controls.add(ref);
        node.controlSources.add(source);
      } else if (node.controls.isEmpty()) {
        node.inputs.add(ref);
        node.sources.add(source);
      } else {
        throw error(n, "its input '" + text + "' stands after a control input");
      }
    }
    return node;
  }

  static InvalidArgumentException error(NodeDef n, String message) {
    return new InvalidArgumentException(
        n.getName(), "node '" + n.getName() + "' (" + n.getOp() + "): " + message, null);
  }

  int size() {
    return nodes.size();
  }

  Node get(int i) {
    return nodes.get(i);
  }

  /** The number of the node of that name, or -1. */
  int find(String name) {
    return byName.getOrDefault(name, -1);
  }

  /** Whether input {@code i} of a node comes from the end of a loop's body. */
  boolean isBackEdge(Node n, int i) {
    int source = n.sources.get(i);
    return source >= 0 && n.isMerge() && nodes.get(source).isNextIteration();
  }

  /**
   * The numbers of the nodes, each after those that it takes values from or waits for, the back
   * edges of loops left out; otherwise in their own order.
   *
   * @throws InvalidArgumentException if there is none, since nodes form a circle; it names them
   */
  int[] order() {
    int n = nodes.size();
    int[] waits = new int[n];
    Consumers consumers = new Consumers();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < n; i++) {
      waits[i] = consumers.waits[i];
      if (waits[i] == 0) {
        ready.add(i);
      }
    }
    int[] order = new int[n];
    int done = 0;
    while (!ready.isEmpty()) {
      int i = ready.remove();
      order[done++] = i;
      for (int k = consumers.start[i]; k < consumers.start[i + 1]; k++) {
        int c = consumers.list[k];
        if (--waits[c] == 0) {
          ready.add(c);
        }
      }
    }
    if (done < n) {
      throw circle(waits);
    }
    return order;
  }

  /** The nodes that a node waits for, with repetitions; back edges are left out. */
  private List<Integer> sourcesOf(Node node) {
    List<Integer> r = new ArrayList<>(node.sources.size() + node.controlSources.size());
    for (int i = 0; i < node.sources.size(); i++) {
      if (node.sources.get(i) >= 0 && !isBackEdge(node, i)) {
        r.add(node.sources.get(i));
      }
    }
    for (int s : node.controlSources) {
      if (s >= 0) {
        r.add(s);
      }
    }
    return r;
  }

  /** For every node those that wait for it, in one array, and how many each one waits for. */
  private final class Consumers {
    final int[] waits = new int[nodes.size()];
    final int[] start = new int[nodes.size() + 1];
    final int[] list;

    Consumers() {
      int edges = 0;
      for (int i = 0; i < nodes.size(); i++) {
        List<Integer> sources = sourcesOf(nodes.get(i));
        waits[i] = sources.size();
        edges += sources.size();
        for (int s : sources) {
          start[s + 1]++;
        }
      }
      for (int i = 0; i < nodes.size(); i++) {
        start[i + 1] += start[i];
      }
      list = new int[edges];
      int[] at = Arrays.copyOf(start, nodes.size());
      for (int i = 0; i < nodes.size(); i++) {
        for (int s : sourcesOf(nodes.get(i))) {
          list[at[s]++] = i;
        }
      }
    }
  }

  /** Every node left waits for one that is left, so walking back from any must come round. */
  private InvalidArgumentException circle(int[] waits) {
    int i = 0;
    while (waits[i] == 0) {
      i++;
    }
    Map<Integer, Integer> seen = new HashMap<>();
    List<String> path = new ArrayList<>();
    while (seen.putIfAbsent(i, path.size()) == null) {
      path.add(nodes.get(i).def.getName());
      i = sourcesOf(nodes.get(i)).stream().filter(s -> waits[s] > 0).findFirst().orElseThrow();
    }
    List<String> circle = new ArrayList<>(path.subList(seen.get(i), path.size()));
    Collections.reverse(circle);
    String names =
        circle.size() <= SHOWN
            ? String.join(" -> ", circle)
            : String.join(" -> ", circle.subList(0, SHOWN))
                + " -> … ("
                + circle.size()
                + " nodes in all)";
    return error(
        nodes.get(i).def,
        "it depends on itself: "
            + names
            + "; only the loops of NextIteration and Merge may come round");
  }
}
