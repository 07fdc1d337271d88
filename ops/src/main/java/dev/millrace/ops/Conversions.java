package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Java values as tensor values, by the rules that {@link Ops} documents: a Java double is what a
 * Python float is, float32 unless something asks for another dtype, and a number never changes its
 * kind (2.5 does not become an integer, nor 1 a bool).
 */
final class Conversions {
  private Conversions() {}

  /** Whether {@code x} is a list or array in which, at some depth, a tensor stands. */
  static boolean hasOperandInside(Object x) {
    for (Object item : items(x)) {
      if (item instanceof Operand || hasOperandInside(item)) {
        return true;
      }
    }
    return false;
  }

  /** The items of a list or an array of objects; none for anything else. */
  static List<?> items(Object x) {
    if (x instanceof List<?> list) {
      return list;
    }
    return x instanceof Object[] array ? Arrays.asList(array) : List.of();
  }

  /**
   * The value of {@code x}.
   *
   * @param x a number, boolean, string, {@link Shape}, {@link TensorValue}, or an array or list of
   *     the first three
   * @param wanted the dtype to give it; null for its own
   * @throws InvalidArgumentException if it is none of these or does not convert
   */
  static TensorValue value(Object x, DataType wanted) {
    if (x == null) {
      throw new InvalidArgumentException("null is neither a tensor nor a value for one");
    }
    TensorValue natural;
    if (x instanceof Shape s) {
      natural = ofShape(s, wanted);
    } else if (x instanceof List || x.getClass() == Object[].class || x instanceof Number[]) {
      natural = ofNested(x, wanted);
    } else {
      natural = TensorValue.of(x);
    }
    DataType from = natural.dtype();
    DataType to = wanted;
    if (to == null) {
      boolean literal = from == DataType.FLOAT64 && !(x instanceof TensorValue);
      to = literal ? DataType.FLOAT32 : from;
    }
    if (from == to) {
      return natural;
    }
    if (from.isFloating() && to.isInteger()) {
      throw new InvalidArgumentException(
          "the "
              + from
              + " value "
              + brief(natural)
              + " does not become "
              + to
              + " by itself: give a whole number, or cast the tensor that it meets");
    }
    return TensorValue.of(natural, to);
  }

  private static String brief(TensorValue v) {
    return v.size() == 1 ? Double.toString(v.getDouble(0)) : "of shape " + v.shape();
  }

  private static TensorValue ofShape(Shape s, DataType wanted) {
    if (!s.isFullyDefined()) {
      throw new InvalidArgumentException(
          "the shape "
              + s
              + " is not fully known while the graph is built; take it from a tensor with"
              + " shapeTensor()");
    }
    return ofSizes(s.dims(), wanted);
  }

  /** A vector of sizes: int32, as TensorFlow makes it, or int64 where one does not fit. */
  static TensorValue ofSizes(long[] sizes, DataType wanted) {
    boolean fits = Arrays.stream(sizes).allMatch(d -> d == (int) d);
    boolean asInt = wanted == DataType.INT32 || (wanted != DataType.INT64 && fits);
    return TensorValue.of(sizes, asInt ? DataType.INT32 : DataType.INT64);
  }

  // ---- lists and mixed arrays

  /**
   * Nested lists or object arrays; where integers and reals stand together, reals, as in Python.
   */
  private static TensorValue ofNested(Object x, DataType wanted) {
    List<Long> dims = new ArrayList<>();
    Object at = x;
    while (isNest(at)) {
      int n = length(at);
      dims.add((long) n);
      at = n == 0 ? null : element(at, 0);
    }
    List<Object> leaves = new ArrayList<>();
    collect(x, dims, 0, leaves);
    long[] sizes = dims.stream().mapToLong(Long::longValue).toArray();
    if (leaves.isEmpty()) {
      return TensorValue.zeros(wanted == null ? DataType.FLOAT32 : wanted, Shape.of(sizes));
    }
    Object flat = Array.newInstance(commonClass(leaves), leaves.size());
    for (int i = 0; i < leaves.size(); i++) {
      Array.set(
          flat,
          i,
          flat instanceof Double[] ? ((Number) leaves.get(i)).doubleValue() : leaves.get(i));
    }
    return TensorValue.of(flat).reshape(Shape.of(sizes));
  }

  private static boolean isNest(Object x) {
    return x instanceof List || (x != null && x.getClass().isArray());
  }

  private static int length(Object nest) {
    return nest instanceof List<?> list ? list.size() : Array.getLength(nest);
  }

  private static Object element(Object nest, int i) {
    return nest instanceof List<?> list ? list.get(i) : Array.get(nest, i);
  }

  private static void collect(Object x, List<Long> dims, int depth, List<Object> leaves) {
    if (depth == dims.size()) {
      if (x == null || isNest(x)) {
        throw new InvalidArgumentException(
            "at depth " + depth + " stands " + (x == null ? "null" : "a list") + ", not a value");
      }
      leaves.add(x);
      return;
    }
    if (!isNest(x) || length(x) != dims.get(depth)) {
      throw new InvalidArgumentException(
          "rows differ in length: one at depth "
              + depth
              + " has "
              + (isNest(x) ? length(x) : "none")
              + ", the first has "
              + dims.get(depth));
    }
    for (int i = 0; i < length(x); i++) {
      collect(element(x, i), dims, depth + 1, leaves);
    }
  }

  private static Class<?> commonClass(List<Object> leaves) {
    Class<?> first = leaves.get(0).getClass();
    if (leaves.stream().allMatch(v -> v.getClass() == first)) {
      return first;
    }
    if (!leaves.stream().allMatch(Number.class::isInstance)) {
      throw new InvalidArgumentException("numbers and other values do not make one tensor");
    }
    boolean whole = leaves.stream().noneMatch(v -> v instanceof Double || v instanceof Float);
    if (!whole) {
      return Double.class;
    }
    for (int i = 0; i < leaves.size(); i++) {
      leaves.set(i, ((Number) leaves.get(i)).longValue());
    }
    return Long.class;
  }
}
