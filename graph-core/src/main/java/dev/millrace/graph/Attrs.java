package dev.millrace.graph;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The attributes of an operation by name, with typed access. Immutable. */
public final class Attrs {
  private static final Attrs EMPTY = new Attrs(Map.of());

  private final Map<String, AttrValue> map;

  private Attrs(Map<String, AttrValue> map) {
    this.map = map;
  }

  public static Attrs of(Map<String, AttrValue> map) {
    return map.isEmpty() ? EMPTY : new Attrs(Collections.unmodifiableMap(new TreeMap<>(map)));
  }

  /** The attributes in the order of their names. */
  public Map<String, AttrValue> asMap() {
    return map;
  }

  /** Whether there is an attribute of that name. */
  public boolean has(String name) {
    return map.containsKey(name);
  }

  /** The attribute, or null where there is none. */
  public AttrValue get(String name) {
    return map.get(name);
  }

  /** These attributes with one added or replaced. */
  public Attrs with(String name, AttrValue value) {
    Map<String, AttrValue> m = new TreeMap<>(map);
    m.put(name, value);
    return of(m);
  }

  public long getInt(String name) {
    return as(name, AttrValue.Int.class).value();
  }

  public float getFloat(String name) {
    return as(name, AttrValue.Real.class).value();
  }

  public boolean getBool(String name) {
    return as(name, AttrValue.Bool.class).value();
  }

  public String getString(String name) {
    return as(name, AttrValue.Bytes.class).text();
  }

  public DataType getType(String name) {
    return as(name, AttrValue.Type.class).value();
  }

  public Shape getShape(String name) {
    return as(name, AttrValue.ShapeAttr.class).value();
  }

  public TensorValue getTensor(String name) {
    return as(name, AttrValue.Tensor.class).value();
  }

  public AttrValue.Func getFunc(String name) {
    return as(name, AttrValue.Func.class);
  }

  public long[] getInts(String name) {
    return list(name, AttrValue.Int.class, AttrValue.Int::value).stream()
        .mapToLong(Long::longValue)
        .toArray();
  }

  public List<DataType> getTypes(String name) {
    return list(name, AttrValue.Type.class, AttrValue.Type::value);
  }

  public List<Shape> getShapes(String name) {
    return list(name, AttrValue.ShapeAttr.class, AttrValue.ShapeAttr::value);
  }

  public List<String> getStrings(String name) {
    return list(name, AttrValue.Bytes.class, AttrValue.Bytes::text);
  }

  public List<Float> getFloats(String name) {
    return list(name, AttrValue.Real.class, AttrValue.Real::value);
  }

  private <K extends AttrValue, T> List<T> list(String name, Class<K> kind, Function<K, T> item) {
    return as(name, AttrValue.ListAttr.class).items().stream()
        .map(v -> item.apply(as(name, v, kind)))
        .toList();
  }

  private <T extends AttrValue> T as(String name, Class<T> kind) {
    AttrValue v = map.get(name);
    if (v == null) {
      throw new InvalidArgumentException("no attribute '" + name + "' among " + map.keySet());
    }
    return as(name, v, kind);
  }

  private static <T extends AttrValue> T as(String name, AttrValue v, Class<T> kind) {
    if (!kind.isInstance(v)) {
      throw new InvalidArgumentException(
          "attribute '" + name + "' is " + v + ", not of the kind " + kind.getSimpleName());
    }
    return kind.cast(v);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Attrs a && map.equals(a.map);
  }

  @Override
  public int hashCode() {
    return map.hashCode();
  }

  @Override
  public String toString() {
    return map.toString();
  }
}
