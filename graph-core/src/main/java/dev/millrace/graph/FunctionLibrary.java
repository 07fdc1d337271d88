package dev.millrace.graph;

import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.FunctionDefLibrary;
import dev.millrace.proto.GradientDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The functions that operations of a graph call by name, and their named gradients: those that came
 * with an imported graph in their wire form, those built here as graphs. A graph and the bodies of
 * functions inside it share one.
 */
public final class FunctionLibrary {
  /** A function and what it is instantiated for. */
  private record Instance(AttrValue.Func function, List<Shape> shapes, List<HandleData> handles) {}

  private final Graph graph;
  private final Map<String, FunctionDef> functions = new TreeMap<>();
  private final Map<String, FunctionBody> bodies = new TreeMap<>();
  private final Map<Instance, FunctionBody> instances = new HashMap<>();
  private final Set<String> given = new HashSet<>();
  private final Map<String, GradientDef> gradients = new TreeMap<>();
  private final Map<String, OpDef> opDefs = new HashMap<>();

  FunctionLibrary(Graph graph) {
    this.graph = graph;
  }

  /** The function of that name, or null. */
  public FunctionDef find(String name) {
    FunctionBody built = built(name);
    return built != null ? built.toProto() : imported(name);
  }

  private synchronized FunctionDef imported(String name) {
    return functions.get(name);
  }

  /** The function of that name if it was built here; else null. */
  synchronized FunctionBody built(String name) {
    return bodies.get(name);
  }

  /** A name that no function has or is being built under: {@code base} and a number. */
  synchronized String freeName(String base) {
    String clean = base.replaceAll("[^A-Za-z0-9_]", "_");
    int n = 1;
    while (functions.containsKey(clean + "_" + n) || !given.add(clean + "_" + n)) {
      n++;
    }
    return clean + "_" + n;
  }

  /** Adds a function whose body was built here, under a name that is free. */
  synchronized void add(FunctionBody body) {
    if (functions.containsKey(body.name()) || bodies.putIfAbsent(body.name(), body) != null) {
      throw new AlreadyExistsException("another function is called '" + body.name() + "'");
    }
  }

  /** How often operations of the graph and of the functions built in it name a function. */
  long uses(String name) {
    List<FunctionBody> built;
    synchronized (this) {
      built = List.copyOf(bodies.values());
    }
    long n = uses(graph, name);
    for (FunctionBody b : built) {
      n += uses(b.graph(), name);
    }
    return n;
  }

  private static long uses(Graph g, String name) {
    long n = 0;
    for (Operation op : g.operations()) {
      n += op.attrs().asMap().values().stream().mapToLong(v -> uses(v, name)).sum();
    }
    return n;
  }

  private static long uses(AttrValue v, String name) {
    if (v instanceof AttrValue.ListAttr l) {
      return l.items().stream().mapToLong(x -> uses(x, name)).sum();
    }
    return v instanceof AttrValue.Func f && f.name().equals(name) ? 1 : 0;
  }

  /**
   * The body of a function.
   *
   * @param function the name, and the attributes that the body's nodes may refer to
   * @param shapes what is known of the arguments' shapes
   * @param handles what is known of arguments that are resources or lists, else null
   * @throws NotFoundException if there is no such function
   * @throws InvalidArgumentException if the function is damaged
   */
  FunctionBody body(AttrValue.Func function, List<Shape> shapes, List<HandleData> handles) {
    FunctionBody built = built(function.name());
    if (built != null) {
      return built;
    }
    FunctionDef def = imported(function.name());
    if (def == null) {
      throw new NotFoundException("the graph has no function '" + function.name() + "'");
    }
    Instance key = new Instance(function, shapes, handles);
    synchronized (instances) {
      FunctionBody b = instances.get(key);
      if (b == null) {
        b = new FunctionReader(graph, def, function.attrs()).read(shapes, handles);
        instances.put(key, b);
      }
      return b;
    }
  }

  /**
   * The definition that nodes whose op type is the name of a function are built by; null if there
   * is no such function.
   *
   * @throws InvalidArgumentException if the function's signature is damaged
   */
  synchronized OpDef opDef(String name) {
    OpDef def = opDefs.get(name);
    if (def == null && bodies.containsKey(name)) {
      return OpDefProtos.read(bodies.get(name).toProto().getSignature());
    }
    FunctionDef f = def == null ? functions.get(name) : null;
    if (f != null) {
      def = OpDefProtos.read(f.getSignature());
      opDefs.put(name, def);
    }
    return def;
  }

  /** The functions in the order of their names. */
  public synchronized Collection<FunctionDef> all() {
    Map<String, FunctionDef> r = new TreeMap<>(functions);
    bodies.forEach((name, body) -> r.put(name, body.toProto()));
    return Collections.unmodifiableCollection(r.values());
  }

  /**
   * Adds a function.
   *
   * @throws AlreadyExistsException if another one of that name is there
   */
  public synchronized void add(FunctionDef f) {
    String name = f.getSignature().getName();
    FunctionBody built = bodies.get(name);
    FunctionDef old = built != null ? built.toProto() : functions.putIfAbsent(name, f);
    if (old != null && !old.equals(f)) {
      throw new AlreadyExistsException("another function is called '" + name + "'");
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
        String name = f.getSignature().getName();
        boolean isNew = !functions.containsKey(name) && !bodies.containsKey(name);
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
    synchronized (instances) {
      instances.keySet().removeIf(i -> added.functions.contains(i.function().name()));
    }
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
        .addAllFunction(all())
        .addAllGradient(gradients.values())
        .build();
  }
}
