package dev.millrace.graph;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where the threads that build a graph, and bodies of functions in it, are building. */
final class Building {
  /** By thread, as long as it builds a body. */
  private final Map<Thread, Graph> innermost = new ConcurrentHashMap<>();

  /** What is made through {@code g} goes into this graph: {@code g}, or a body inside it. */
  Graph in(Graph g) {
    Graph body = innermost.get(Thread.currentThread());
    return body != null && body.isInside(g) ? body : g;
  }

  /** Until the scope closes, this thread builds in {@code g}. */
  Scope enter(Graph g) {
    Thread t = Thread.currentThread();
    Graph before = innermost.put(t, g);
    return new Scope(
        "",
        () -> {
          if (before == null) {
            innermost.remove(t);
          } else {
            innermost.put(t, before);
          }
        });
  }

  /**
   * Until the scope closes, this thread builds in the graph around {@code g} and all others, in the
   * name scopes that are open in them one after the other.
   */
  Scope leave(Graph g) {
    String path = "";
    for (Graph x = in(g); x != null; x = x.outer()) {
      String own = x.ownNameScope();
      path = path.isEmpty() || own.isEmpty() ? own + path : own + "/" + path;
    }
    Scope left = enter(g.outermost());
    Scope named = g.nameScope(path.isEmpty() ? null : path + "/");
    return new Scope(
        named.name(),
        () -> {
          named.close();
          left.close();
        });
  }
}
