package dev.millrace.session.state;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Everything that a session keeps from run to run, by name. Safe for concurrent use. */
public final class SessionState {
  private final Map<String, Object> resources = new ConcurrentHashMap<>();
  private final Map<String, Object> nodeStates = new ConcurrentHashMap<>();

  /**
   * The variable of that name, made uninitialised if it is not there yet. Two nodes that give the
   * same name share the variable.
   *
   * @param shape the static shape, which every value must fit
   * @throws InvalidArgumentException if the variable exists with another dtype or a shape that does
   *     not fit, or is no variable
   */
  public Variable variable(String container, String name, DataType dtype, Shape shape) {
    return variable(key(container, name), container, name, dtype, shape, false);
  }

  /**
   * As {@link #variable}, of the variables by reference ({@code VariableV2}), whose names are apart
   * from those of resources.
   */
  public Variable referenceVariable(String container, String name, DataType dtype, Shape shape) {
    return variable("ref|" + key(container, name), container, name, dtype, shape, true);
  }

  private Variable variable(
      String key, String container, String name, DataType dtype, Shape shape, boolean reference) {
    Object r =
        resources.computeIfAbsent(key, k -> new Variable(container, name, dtype, shape, reference));
    if (!(r instanceof Variable v)) {
      throw new InvalidArgumentException("resource '" + name + "' is no variable");
    }
    if (v.dtype() != dtype) {
      throw new InvalidArgumentException(
          "variable '" + name + "' is " + v.dtype() + ", not " + dtype);
    }
    v.narrow(shape);
    return v;
  }

  /** The resource of that name and kind, made by {@code make} if it is not there yet. */
  public <T> T resource(String container, String name, Class<T> kind, Supplier<T> make) {
    Object r = resources.computeIfAbsent(key(container, name), k -> make.get());
    if (!kind.isInstance(r)) {
      throw new AlreadyExistsException(
          "resource '" + name + "' is of another kind: " + r.getClass().getSimpleName());
    }
    return kind.cast(r);
  }

  private static String key(String container, String name) {
    return container + "|" + name;
  }

  /** What the node of that name keeps from run to run, made by {@code make} the first time. */
  public <T> T nodeState(String node, Class<T> kind, Supplier<T> make) {
    return kind.cast(nodeStates.computeIfAbsent(node, k -> make.get()));
  }

  /** The variables that exist. */
  public List<Variable> variables() {
    List<Variable> all = new ArrayList<>();
    for (Object r : resources.values()) {
      if (r instanceof Variable v) {
        all.add(v);
      }
    }
    return all;
  }

  /** Forgets everything and frees the variables' memory. */
  public void clear() {
    variables().forEach(Variable::free);
    resources.clear();
    nodeStates.clear();
  }
}
