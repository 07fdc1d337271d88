package dev.millrace.autodiff;

import dev.millrace.graph.AlreadyExistsException;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of the gradient of each op type: a function, that there is none to propagate, or
 * that it is missing and why. {@link #global()} holds the entries of every {@link GradientProvider}
 * on the class path; users may add their own.
 */
public final class GradientRegistry {
  /** What is known of one op type. */
  sealed interface Entry {}

  /** The type has a gradient function. */
  record Function(GradientFunction function) implements Entry {}

  /** No gradient passes through the type. */
  record Cut(String reason) implements Entry {}

  /** A gradient exists, but asking for it is an error. */
  record Undefined(String reason) implements Entry {}

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  /** An empty registry. */
  public GradientRegistry() {}

  /** The registry that {@link Gradients} uses by default. */
  public static GradientRegistry global() {
    return Global.INSTANCE;
  }

  /** A registry of the same entries, to add others to without changing this one. */
  public GradientRegistry copy() {
    GradientRegistry r = new GradientRegistry();
    r.entries.putAll(entries);
    return r;
  }

  /**
   * Gives an op type its gradient function; or registers a function under a name of its own, for
   * {@link dev.millrace.graph.Graph#gradientOverrideMap} to ask for.
   *
   * @throws AlreadyExistsException if the type has an entry
   */
  public void add(String opType, GradientFunction function) {
    put(opType, new Function(function));
  }

  /**
   * No gradient passes through the type, as through {@code ArgMax}: where all paths lead through
   * such operations, the result is disconnected.
   *
   * @param reason for readers; begins in lower case
   * @throws AlreadyExistsException if the type has an entry
   */
  public void notDifferentiable(String opType, String reason) {
    put(opType, new Cut(reason));
  }

  /**
   * The type has a gradient that cannot be given: needing it is an error that tells the reason.
   *
   * @throws AlreadyExistsException if the type has an entry
   */
  public void undefined(String opType, String reason) {
    put(opType, new Undefined(reason));
  }

  /**
   * The type has the gradient of another one, as under its old name.
   *
   * @param known registered already
   * @throws AlreadyExistsException if the type has an entry
   */
  void same(String opType, String known) {
    put(opType, entries.get(known));
  }

  private void put(String opType, Entry entry) {
    if (entries.putIfAbsent(opType, entry) != null) {
      throw new AlreadyExistsException("op type '" + opType + "' has a gradient entry already");
    }
  }

  /** The gradient function of that type, or null where it has none. */
  public GradientFunction find(String opType) {
    return entries.get(opType) instanceof Function f ? f.function() : null;
  }

  /** Whether the type has a function or is marked as having none. */
  public boolean isKnown(String opType) {
    return entries.containsKey(opType);
  }

  /** Whether the type is marked as one through which no gradient passes. */
  public boolean isNotDifferentiable(String opType) {
    return entries.get(opType) instanceof Cut;
  }

  /**
   * Why the type is not differentiable or its gradient undefined; null where it has a function or
   * no entry.
   */
  public String reason(String opType) {
    Entry e = entries.get(opType);
    return e instanceof Cut c ? c.reason() : e instanceof Undefined u ? u.reason() : null;
  }

  /** The op types that have an entry of any kind, sorted. */
  public Set<String> types() {
    return new TreeSet<>(entries.keySet());
  }

  private static final class Global {
    static final GradientRegistry INSTANCE = load();

    private static GradientRegistry load() {
      GradientRegistry r = new GradientRegistry();
      // Our own class loader, not the thread's, as for op definitions.
      for (GradientProvider p :
          ServiceLoader.load(GradientProvider.class, GradientRegistry.class.getClassLoader())) {
        p.register(r);
      }
      return r;
    }
  }
}
