package dev.millrace.graph;

import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.FunctionDefLibrary;
import dev.millrace.proto.GradientDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The functions that operations of a graph call by name, and their named gradients, in their wire
 * form.
 */
public final class FunctionLibrary {
  private final Map<String, FunctionDef> functions = new TreeMap<>();
  private final Map<String, GradientDef> gradients = new TreeMap<>();
  private final Map<String, OpDef> opDefs = new HashMap<>();

  FunctionLibrary() {}

  /** The function of that name, or null. */
  public synchronized FunctionDef find(String name) {
    return functions.get(name);
  }

  /**
   * The definition that nodes whose op type is the name of a function are built by; null if there
   * is no such function.
   *
   * @throws InvalidArgumentException if the function's signature is damaged
   */
  synchronized OpDef opDef(String name) {
    OpDef def = opDefs.get(name);
    FunctionDef f = def == null ? functions.get(name) : null;
    if (f != null) {
      def = OpDefProtos.read(f.getSignature());
      opDefs.put(name, def);
    }
    return def;
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

  /**
   * Adds all of a library, or nothing of it.
   *
   * @throws AlreadyExistsException if another function of one of the names, or another gradient of
   *     one of the functions, is there
   */
  public void addAll(FunctionDefLibrary library) {
    merge(library);
  }

  /** The names of what {@link #merge} has added. */
  record Added(List<String> functions, List<String> gradients) {}

  /** Adds all of a library, or nothing of it; tells what was not there before. */
  synchronized Added merge(FunctionDefLibrary library) {
    Added added = new Added(new ArrayList<>(), new ArrayList<>());
    try {
      for (FunctionDef f : library.getFunctionList()) {
        boolean isNew = !functions.containsKey(f.getSignature().getName());
        add(f);
        if (isNew) {
          added.functions.add(f.getSignature().getName());
        }
      }
      for (GradientDef g : library.getGradientList()) {
        GradientDef old = gradients.putIfAbsent(g.getFunctionName(), g);
        if (old == null) {
          added.gradients.add(g.getFunctionName());
        } else if (!old.equals(g)) {
          throw new AlreadyExistsException(
              "function '" + g.getFunctionName() + "' has another gradient");
        }
      }
    } catch (AlreadyExistsException e) {
      remove(added);
      throw e;
    }
    return added;
  }

  /** Takes back what {@link #merge} has added. */
  synchronized void remove(Added added) {
    functions.keySet().removeAll(added.functions);
    opDefs.keySet().removeAll(added.functions);
    gradients.keySet().removeAll(added.gradients);
  }

  /** The name of the function that computes the gradient of function {@code name}, or null. */
  public synchronized String gradientOf(String name) {
    GradientDef g = gradients.get(name);
    return g == null ? null : g.getGradientFunc();
  }

  /** The library's wire form. */
  public synchronized FunctionDefLibrary toProto() {
    return FunctionDefLibrary.newBuilder()
        .addAllFunction(functions.values())
        .addAllGradient(gradients.values())
        .build();
  }
}
