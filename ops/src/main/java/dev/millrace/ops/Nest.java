package dev.millrace.ops;

import dev.millrace.graph.InvalidArgumentException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Structures of tensors: what TensorFlow's {@code nest} does. A structure is a leaf (a tensor, or
 * any other object that is none of the following), a {@link List} of structures, a {@link Map} of
 * them by names, a {@link Record} of them, or a record of Java's. The state of a stack of recurrent
 * cells is one, and so are the variables of a loop.
 *
 * <pre>{@code
 * record State(Tensor i, Tensor sum) {}
 * State last = tf.whileLoop(
 *     s -> s.i().less(10), s -> new State(s.i().add(1), s.sum().add(s.i())), new State(zero, zero));
 * }</pre>
 */
public final class Nest {
  /** An object with a fixed number of parts, each a structure, as the two states of an LSTM. */
  @SuppressWarnings("JavaLangClash") // it is always written Nest.Record
  public interface Record {
    /** The parts, in order. */
    List<?> components();

    /**
     * An object of the same kind with other parts.
     *
     * @param components as many as {@link #components} gives
     */
    Record withComponents(List<?> components);
  }

  private Nest() {}

  /** Whether {@code structure} is a leaf. */
  public static boolean isLeaf(Object structure) {
    return !(structure instanceof List)
        && !(structure instanceof Map)
        && !(structure instanceof Record)
        && !(structure instanceof java.lang.Record);
  }

  /** The parts of what is no leaf; of a map in the order of its keys. */
  private static List<?> parts(Object structure) {
    if (structure instanceof Record r) {
      return r.components();
    } else if (structure instanceof java.lang.Record r) {
      return JavaRecords.components(r);
    } else if (structure instanceof Map<?, ?> m) {
      return keys(m).stream().map(m::get).toList();
    }
    return (List<?>) structure;
  }

  private static List<String> keys(Map<?, ?> m) {
    return m.keySet().stream().map(String::valueOf).sorted().toList();
  }

  private static Object withParts(Object like, List<?> parts) {
    if (like instanceof Record r) {
      return r.withComponents(parts);
    } else if (like instanceof java.lang.Record r) {
      return JavaRecords.with(r, parts);
    } else if (like instanceof Map<?, ?> m) {
      Map<String, Object> made = new LinkedHashMap<>();
      List<String> keys = keys(m);
      m.keySet().forEach(k -> made.put((String) k, parts.get(keys.indexOf(k))));
      return made;
    }
    return List.copyOf(parts);
  }

  /** The names of the parts of what is no leaf, as they are written behind it. */
  private static List<String> partNames(Object structure) {
    if (structure instanceof java.lang.Record r) {
      return JavaRecords.names(r).stream().map(n -> "." + n).toList();
    } else if (structure instanceof Map<?, ?> m) {
      return keys(m).stream().map(k -> "['" + k + "']").toList();
    }
    return IntStream.range(0, parts(structure).size()).mapToObj(i -> "[" + i + "]").toList();
  }

  /** Where the leaves stand, from left to right: as {@code .state[1]}; "" for a leaf alone. */
  public static List<String> paths(Object structure) {
    List<String> paths = new ArrayList<>();
    collectPaths("", structure, paths);
    return paths;
  }

  private static void collectPaths(String path, Object structure, List<String> paths) {
    if (isLeaf(structure)) {
      paths.add(path);
      return;
    }
    List<?> parts = parts(structure);
    List<String> names = partNames(structure);
    for (int i = 0; i < parts.size(); i++) {
      // What an object with parts of its own calls them is its affair.
      boolean named = !(structure instanceof Record) || parts.size() > 1;
      collectPaths(named ? path + names.get(i) : path, parts.get(i), paths);
    }
  }

  /** The leaves, from left to right. */
  public static List<Object> flatten(Object structure) {
    List<Object> leaves = new ArrayList<>();
    collect(structure, leaves);
    return leaves;
  }

  private static void collect(Object structure, List<Object> leaves) {
    if (isLeaf(structure)) {
      leaves.add(Objects.requireNonNull(structure, "a structure has no null in it"));
      return;
    }
    for (Object part : parts(structure)) {
      collect(part, leaves);
    }
  }

  /**
   * A structure like {@code like} with other leaves.
   *
   * @throws InvalidArgumentException if there are not as many as it has
   */
  public static Object pack(Object like, List<?> leaves) {
    int wanted = flatten(like).size();
    if (wanted != leaves.size()) {
      throw new InvalidArgumentException(
          "a structure of " + wanted + " leaves cannot take " + leaves.size() + ": " + like);
    }
    Iterator<?> next = leaves.iterator();
    return map(like, leaf -> next.next());
  }

  /** The structure with {@code f} applied to each leaf, from left to right. */
  public static Object map(Object structure, UnaryOperator<Object> f) {
    if (isLeaf(structure)) {
      return f.apply(structure);
    }
    List<Object> parts = new ArrayList<>();
    for (Object part : parts(structure)) {
      parts.add(map(part, f));
    }
    return withParts(structure, parts);
  }

  /**
   * A structure like both, with {@code f} applied to the leaves that stand at the same place.
   *
   * @throws InvalidArgumentException if the structures differ
   */
  public static Object map(Object a, Object b, BinaryOperator<Object> f) {
    requireSame(a, b);
    Iterator<Object> second = flatten(b).iterator();
    return map(a, leaf -> f.apply(leaf, second.next()));
  }

  /** Whether the two are the same but for their leaves; a list and a record never are. */
  public static boolean isSame(Object a, Object b) {
    if (isLeaf(a) || isLeaf(b)) {
      return isLeaf(a) && isLeaf(b);
    }
    if (a instanceof Map<?, ?> m && b instanceof Map<?, ?> n && !keys(m).equals(keys(n))) {
      return false;
    }
    if (a instanceof List
        ? !(b instanceof List)
        : a instanceof Map ? !(b instanceof Map) : a.getClass() != b.getClass()) {
      return false;
    }
    List<?> x = parts(a);
    List<?> y = parts(b);
    if (x.size() != y.size()) {
      return false;
    }
    for (int i = 0; i < x.size(); i++) {
      if (!isSame(x.get(i), y.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The two must be the same but for their leaves.
   *
   * @throws InvalidArgumentException if they are not
   */
  public static void requireSame(Object a, Object b) {
    if (!isSame(a, b)) {
      throw GraphApi.error(
          "two structures must be alike, but are " + describe(a) + " and " + describe(b));
    }
  }

  /** The structure with a star for each leaf, as {@code [LSTMStateTuple(*, *), *]}. */
  public static String describe(Object structure) {
    if (isLeaf(structure)) {
      return "*";
    }
    List<String> parts = parts(structure).stream().map(Nest::describe).toList();
    if (structure instanceof Map<?, ?> m) {
      List<String> keys = keys(m);
      return IntStream.range(0, keys.size())
          .mapToObj(i -> keys.get(i) + "=" + parts.get(i))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    String inside = String.join(", ", parts);
    return structure instanceof List
        ? "[" + inside + "]"
        : structure.getClass().getSimpleName() + "(" + inside + ")";
  }
}
