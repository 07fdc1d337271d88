package dev.millrace.ops;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.List;
import java.util.stream.Collectors;

/** A graph as lines of text, for tests of its structure. */
final class Nodes {
  private Nodes() {}

  /** Each node as {@code name = Type(input, input:1, ^control)}, in the order of creation. */
  static List<String> of(Graph graph) {
    return graph.operations().stream().map(Nodes::line).toList();
  }

  /** The nodes made after the first {@code from}. */
  static List<String> since(Graph graph, int from) {
    return of(graph).subList(from, graph.size());
  }

  static String line(Operation op) {
    String inputs = op.inputs().stream().map(Nodes::input).collect(Collectors.joining(", "));
    String waits =
        op.controlInputs().stream().map(c -> "^" + c.name()).collect(Collectors.joining(", "));
    String comma = inputs.isEmpty() || waits.isEmpty() ? "" : ", ";
    return op.name() + " = " + op.type() + "(" + inputs + comma + waits + ")";
  }

  private static String input(Output x) {
    return x.index() == 0 ? x.op().name() : x.name();
  }
}
