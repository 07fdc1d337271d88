package dev.millrace.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The collections of one graph. In the body of a function those of the graphs around are seen too.
 */
final class GraphCollections {
  private final GraphCollections around;
  private final Map<String, List<Object>> values = new HashMap<>();

  GraphCollections(GraphCollections around) {
    this.around = around;
  }

  /** Where a value is kept: what is of a function's body, with that body, else outermost. */
  static Graph of(Graph g, Object value) {
    Graph own = null;
    if (value instanceof Operation op) {
      own = op.graph();
    } else if (value instanceof Operand x) {
      own = x.asOutput().graph();
    }
    return own != null && own.outer() != null ? own : g.outermost();
  }

  static String nameOf(Object value) {
    if (value instanceof Operation op) {
      return op.name();
    }
    return value instanceof Operand o ? o.asOutput().op().name() : null;
  }

  synchronized void add(String key, Object value) {
    values.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
  }

  /** The values in the order of adding, those of the graphs around first. */
  List<Object> get(String key) {
    List<Object> all = new ArrayList<>(around == null ? List.of() : around.get(key));
    synchronized (this) {
      all.addAll(values.getOrDefault(key, List.of()));
    }
    return List.copyOf(all);
  }

  /** The keys of those that hold something. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>(around == null ? Set.of() : around.keys());
    synchronized (this) {
      keys.addAll(values.keySet());
    }
    return keys;
  }

  void clear(String key) {
    synchronized (this) {
      values.remove(key);
    }
    if (around != null) {
      around.clear(key);
    }
  }
}
