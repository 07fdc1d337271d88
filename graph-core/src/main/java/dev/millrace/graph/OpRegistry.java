package dev.millrace.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The op types there are. {@link #global()} holds those of every {@link OpProvider} on the class
 * path; users may add their own.
 */
public final class OpRegistry {
  private final Map<String, OpDef> defs = new ConcurrentSkipListMap<>();

  /** An empty registry. */
  public OpRegistry() {}

  /** The registry that graphs use by default. */
  public static OpRegistry global() {
    return Global.INSTANCE;
  }

  /**
   * Adds a definition.
   *
   * @throws AlreadyExistsException if the type is defined already
   */
  public void add(OpDef def) {
    if (defs.putIfAbsent(def.name(), def) != null) {
      throw new AlreadyExistsException("op type '" + def.name() + "' is defined already");
    }
  }

  /** Builds and adds a definition. */
  public void add(OpDef.Builder def) {
    add(def.build());
  }

  /** The definition of that type, or null. */
  public OpDef find(String type) {
    return defs.get(type);
  }

  /**
   * The definition of that type.
   *
   * @throws NotFoundException if there is none; the message names similar ones
   */
  public OpDef get(String type) {
    OpDef d = defs.get(type);
    if (d == null) {
      List<String> near = similar(type);
      throw new NotFoundException(
          "no op type '"
              + type
              + "' is registered"
              + (near.isEmpty() ? "" : "; there is " + String.join(", ", near)));
    }
    return d;
  }

  /** Types whose names begin or end alike, case set aside; at most four. */
  public List<String> similar(String type) {
    String t = type.toLowerCase(Locale.ROOT);
    List<String> near = new ArrayList<>();
    for (String name : defs.keySet()) {
      String n = name.toLowerCase(Locale.ROOT);
      if ((n.startsWith(t) || t.startsWith(n))
          && Math.abs(n.length() - t.length()) <= 3
          && near.size() < 4) {
        near.add(name);
      }
    }
    return near;
  }

  /** All definitions in the order of their names. */
  public Collection<OpDef> all() {
    return Collections.unmodifiableCollection(defs.values());
  }

  private static final class Global {
    static final OpRegistry INSTANCE = load();

    private static OpRegistry load() {
      OpRegistry r = new OpRegistry();
      // Our own class loader, not the thread's: notebooks and servers run threads whose context
      // loader does not see the library.
      for (OpProvider p : ServiceLoader.load(OpProvider.class, OpRegistry.class.getClassLoader())) {
        p.register(r);
      }
      return r;
    }
  }
}
