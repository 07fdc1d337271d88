package dev.millrace.session.state;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that a session keeps from run to run, by name. Safe for concurrent use. */
public final class SessionState {
  private static final Logger LOG = LoggerFactory.getLogger(SessionState.class);

  private final Map<String, Object> resources = new ConcurrentHashMap<>();
  private final Map<String, Object> shared = new ConcurrentHashMap<>();
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

  /**
   * What several nodes share, made by {@code make} if it is not there yet. Names of different kinds
   * are apart.
   *
   * @param kind the kind, as {@code "queue"}
   */
  public <T> T shared(
      String kind, String container, String name, Class<T> type, Supplier<? extends T> make) {
    Object r = shared.computeIfAbsent(kind + "|" + key(container, name), k -> make.get());
    if (!type.isInstance(r)) {
      throw new InvalidArgumentException(
          kind + " '" + name + "' is a " + r.getClass().getSimpleName());
    }
    return type.cast(r);
  }

  /**
   * What {@link #shared} has made.
   *
   * @throws NotFoundException if there is no such thing
   */
  public <T> T findShared(String kind, String container, String name, Class<T> type) {
    Object r = shared.get(kind + "|" + key(container, name));
    if (!type.isInstance(r)) {
      throw new NotFoundException("there is no " + kind + " called '" + name + "'");
    }
    return type.cast(r);
  }

  /** Forgets what {@link #shared} or {@link #putShared} keeps; false if it is not there. */
  public boolean removeShared(String kind, String name) {
    return shared.remove(kind + "|" + key("", name)) != null;
  }

  /** Keeps something under a name of its own. */
  public void putShared(String kind, String name, Object value) {
    shared.put(kind + "|" + key("", name), value);
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
    for (Object r : shared.values()) {
      if (r instanceof Closeable c) {
        try {
          c.close();
        } catch (IOException e) {
          LOG.warn("{} was not closed: {}", r, e.toString());
        }
      }
    }
    shared.clear();
    nodeStates.clear();
  }
}
