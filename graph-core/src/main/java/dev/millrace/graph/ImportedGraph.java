package dev.millrace.graph;

import java.util.List;
import java.util.Map;

/** What an import has added to a graph, by the names of the definition. */
public final class ImportedGraph {
  private final Graph graph;
  private final String prefix;
  private final Map<String, Operation> byName;
  private final Map<InputRef, Output> inputMap;
  private final Map<String, List<String>> unknownOpTypes;
  private final List<Object> returned;

  ImportedGraph(
      Graph graph,
      String prefix,
      Map<String, Operation> byName,
      ImportOptions options,
      Map<String, List<String>> unknownOpTypes) {
    this.graph = graph;
    this.prefix = prefix;
    this.byName = byName;
    this.inputMap = Map.copyOf(options.inputMap());
    this.unknownOpTypes = unknownOpTypes;
    this.returned =
        options.returnElements().stream()
            .map(name -> name.contains(":") ? (Object) output(name) : operation(name))
            .toList();
  }

  public Graph graph() {
    return graph;
  }

  /** What stands before the names, with a slash at the end; empty for nothing. */
  public String prefix() {
    return prefix;
  }

  /** The operations added, in the order of creation. */
  public List<Operation> operations() {
    return byName.values().stream().sorted((a, b) -> Integer.compare(a.id(), b.id())).toList();
  }

  /**
   * The operation that was made of the node of that name.
   *
   * @throws NotFoundException if the definition has no such node
   */
  public Operation operation(String name) {
    Operation op = byName.get(name);
    if (op == null) {
      throw new NotFoundException("the imported graph has no node '" + name + "'");
    }
    return op;
  }

  /**
   * The output called {@code node:k}, or {@code node} for the first; where the import put another
   * tensor in its place, that one.
   *
   * @throws NotFoundException if the definition has no such node
   * @throws InvalidArgumentException if the node has no such output
   */
  public Output output(String name) {
    InputRef ref = InputRef.parse(name);
    if (ref.isControl()) {
      throw new InvalidArgumentException("'" + name + "' names no output");
    }
    Output other = inputMap.get(ref);
    if (other != null) {
      return other;
    }
    return GraphImporter.outputOf(operation(ref.node()), ref.index());
  }

  /** What {@link ImportOptions#returnElements} asked for: operations and outputs. */
  public List<Object> returned() {
    return returned;
  }

  /**
   * The op types that are not registered, in the order of their names, each with the names of its
   * nodes in the definition. Empty when all of the graph can run.
   */
  public Map<String, List<String>> unknownOpTypes() {
    return unknownOpTypes;
  }
}
