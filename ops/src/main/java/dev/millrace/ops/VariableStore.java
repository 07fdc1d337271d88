package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import java.util.HashMap;
import java.util.Map;

/** What a graph knows of its shared variables and variable scopes. */
final class VariableStore {
  private final Map<String, Variable> variables = new HashMap<>();
  private final Map<String, Integer> opened = new HashMap<>();
  private VariableScope current =
      new VariableScope("", "", Reuse.NONE, null, null, DataType.FLOAT32, () -> {});

  private VariableStore() {}

  static VariableStore of(Graph graph) {
    return graph.attachment(VariableStore.class, VariableStore::new);
  }

  static String join(String scope, String name) {
    return scope.isEmpty() ? name : scope + "/" + name;
  }

  Variable variable(String name) {
    return variables.get(name);
  }

  void add(String name, Variable v) {
    variables.put(name, v);
  }

  VariableScope current() {
    return current;
  }

  void setCurrent(VariableScope scope) {
    current = scope;
  }

  void count(String scope) {
    opened.merge(scope, 1, Integer::sum);
  }

  Map<String, Integer> counts() {
    return new HashMap<>(opened);
  }

  /** The counts as they were in {@code before}, and this entry of {@code scope}. */
  void restoreCounts(Map<String, Integer> before, String scope) {
    opened.clear();
    opened.putAll(before);
    count(scope);
  }

  /** Default names inside {@code scope} begin anew: the next entry of it finds the same ones. */
  void forgetInside(String scope) {
    opened.keySet().removeIf(k -> k.startsWith(scope + "/"));
  }

  /** {@code name}, or with the first suffix under which no scope was opened in {@code scope}. */
  String uniqueName(String scope, String name) {
    String unique = name;
    for (int i = 1; opened.containsKey(join(scope, unique)); i++) {
      unique = name + "_" + i;
    }
    return unique;
  }
}
