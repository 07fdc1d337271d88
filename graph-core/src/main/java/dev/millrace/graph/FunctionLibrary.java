package dev.millrace.graph;

import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.FunctionDefLibrary;
import dev.millrace.proto.GradientDef;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The functions that operations of a graph call by name, and their named gradients, in their wire
 * form.
 */
public final class FunctionLibrary {
  private final Map<String, FunctionDef> functions = new TreeMap<>();
  private final Map<String, GradientDef> gradients = new TreeMap<>();

  FunctionLibrary() {}

  /** The function of that name, or null. */
  public synchronized FunctionDef find(String name) {
    return functions.get(name);
  }

  /** The functions in the order of their names. */
  public synchronized Collection<FunctionDef> all() {
    return Collections.unmodifiableCollection(new TreeMap<>(functions).values());
  }

  /**
   * Adds a function.
   *
   * @throws AlreadyExistsException if another one of that name is there
   */
  public synchronized void add(FunctionDef f) {
    FunctionDef old = functions.putIfAbsent(f.getSignature().getName(), f);
    if (old != null && !old.equals(f)) {
      throw new AlreadyExistsException(
          "another function is called '" + f.getSignature().getName() + "'");
    }
  }

  /** Adds all of a library. */
  public synchronized void addAll(FunctionDefLibrary library) {
    library.getFunctionList().forEach(this::add);
    library.getGradientList().forEach(g -> gradients.put(g.getFunctionName(), g));
  }

  /** The library's wire form. */
  public synchronized FunctionDefLibrary toProto() {
    return FunctionDefLibrary.newBuilder()
        .addAllFunction(functions.values())
        .addAllGradient(gradients.values())
        .build();
  }
}
