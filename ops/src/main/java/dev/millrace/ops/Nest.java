package dev.millrace.ops;

import dev.millrace.graph.InvalidArgumentException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Structures of tensors: what TensorFlow's {@code nest} does. A structure is a leaf (a tensor, or
 * any other object that is none of the following), a {@link List} of structures, or a {@link
 * Record} of them. The state of a stack of recurrent cells is one, and so are the variables of a
 * loop.
 */
public final class Nest {
  /** An object with a fixed number of parts, each a structure, as the two states of an LSTM. */
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
    return !(structure instanceof List) && !(structure instanceof Record);
  }

  /** The parts of a list or record. */
  private static List<?> parts(Object structure) {
    return structure instanceof Record r ? r.components() : (List<?>) structure;
  }

  private static Object withParts(Object like, List<?> parts) {
    return like instanceof Record r ? r.withComponents(parts) : List.copyOf(parts);
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
    if (a instanceof Record ? a.getClass() != b.getClass() : !(b instanceof List)) {
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
    String inside = String.join(", ", parts);
    return structure instanceof Record
        ? structure.getClass().getSimpleName() + "(" + inside + ")"
        : "[" + inside + "]";
  }
}
