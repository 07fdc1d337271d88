package dev.millrace.session.table;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A table from keys to values of a session. Safe for concurrent use. */
public final class LookupTable {
  /** What can be done with a table. */
  public enum Kind {
    /** Gets its entries once. */
    FIXED,
    MUTABLE,
    /** Mutable, and two keys are not allowed: those that mean empty and deleted. */
    DENSE
  }

  /**
   * What a table is.
   *
   * @param keyShape the shape of a key
   * @param valueShape the shape of a value
   */
  public record Spec(
      Kind kind, DataType keyType, Shape keyShape, DataType valueType, Shape valueShape) {}

  private final String name;
  private final Spec spec;
  private final List<TensorValue> reserved; // keys that are not allowed
  private final Map<Object, Entry> entries = new LinkedHashMap<>();
  private boolean initialized;

  private record Entry(TensorValue key, TensorValue value) {}

  /**
   * An empty table.
   *
   * @param reserved keys that must not be used
   */
  public LookupTable(String name, Spec spec, List<TensorValue> reserved) {
    if (!spec.valueShape.isFullyDefined() || !spec.keyShape.isFullyDefined()) {
      throw new InvalidArgumentException(
          "the shapes of a table's keys and values must be known, not "
              + spec.keyShape
              + " and "
              + spec.valueShape);
    }
    this.name = name;
    this.spec = spec;
    this.reserved = List.copyOf(reserved);
  }

  public Spec spec() {
    return spec;
  }

  @Override
  public String toString() {
    return "table '" + name + "'";
  }

  // ---- keys

  /** Something that is equal for equal keys. */
  private static Object identity(TensorValue key) {
    if (key.size() != 1) {
      List<Object> parts = new ArrayList<>();
      for (int i = 0; i < key.size(); i++) {
        parts.add(part(key, i));
      }
      return parts;
    }
    return part(key, 0);
  }

  private static Object part(TensorValue key, int i) {
    DataType t = key.dtype();
    if (t == DataType.STRING) {
      return ByteBuffer.wrap(key.strings()[i]);
    }
    return t.isFloating() ? (Object) key.getDouble(i) : (Object) key.getLong(i);
  }

  private Object allowed(TensorValue key) {
    Object id = identity(key);
    for (TensorValue r : reserved) {
      if (identity(r).equals(id)) {
        throw new InvalidArgumentException(
            this + " reserves " + key + " for itself: it is no possible key");
      }
    }
    return id;
  }

  private static TensorValue part(TensorValue all, Shape element, int i) {
    int n = (int) element.numElements();
    Object data = TensorValue.newStorage(all.dtype(), n);
    int width = all.dtype().isComplex() ? 2 : 1;
    System.arraycopy(all.data(), i * n * width, data, 0, n * width);
    return TensorValue.wrap(all.dtype(), element, data);
  }

  /** The shape of keys without the dimensions of each. */
  private Shape outer(TensorValue keys) {
    if (keys.dtype() != spec.keyType) {
      throw new InvalidArgumentException(
          this + " has " + spec.keyType + " keys, not " + keys.dtype());
    }
    int rank = keys.shape().rank() - spec.keyShape.rank();
    if (rank < 0 || !keys.shape().sliceFrom(rank).equals(spec.keyShape)) {
      throw new InvalidArgumentException(
          "the keys of "
              + this
              + " are of shape "
              + spec.keyShape
              + "; keys of shape "
              + keys.shape()
              + " do not fit");
    }
    return keys.shape().slice(0, rank);
  }

  // ---- what the ops do

  /**
   * Fills a table that gets its entries once; a second time is nothing where it would have as many
   * entries again.
   *
   * @throws FailedPreconditionException if it has others
   */
  public synchronized void initialize(TensorValue keys, TensorValue values) {
    if (spec.kind != Kind.FIXED) {
      throw new InvalidArgumentException(this + " is not initialized: values are inserted");
    }
    if (initialized) {
      if (keys.size() != entries.size()) {
        throw new FailedPreconditionException(this + " was already initialized with other data");
      }
      return;
    }
    checkPairs(keys, values);
    Map<Object, Entry> all = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      Entry e = new Entry(part(keys, Shape.scalar(), i), part(values, Shape.scalar(), i));
      Entry before = all.putIfAbsent(identity(e.key), e);
      if (before != null && !before.value.equals(e.value)) {
        throw new InvalidArgumentException(
            this
                + " has two values for the key "
                + e.key
                + ": "
                + before.value
                + " and "
                + e.value);
      }
    }
    entries.putAll(all);
    initialized = true;
  }

  private void checkPairs(TensorValue keys, TensorValue values) {
    if (values.dtype() != spec.valueType) {
      throw new InvalidArgumentException(
          this + " has " + spec.valueType + " values, not " + values.dtype());
    }
    Shape want = outer(keys).concat(spec.valueShape);
    if (!values.shape().equals(want)) {
      throw new InvalidArgumentException(
          "values for keys of shape "
              + keys.shape()
              + " in "
              + this
              + " must be of shape "
              + want
              + ", not "
              + values.shape());
    }
  }

  private void requireMutable(String what) {
    if (spec.kind == Kind.FIXED) {
      throw new UnimplementedException(
          this + " gets its entries once, when it is initialized: " + what + " is not possible");
    }
  }

  /** Adds entries, replacing those of the same keys. */
  public synchronized void insert(TensorValue keys, TensorValue values) {
    requireMutable("inserting");
    checkPairs(keys, values);
    int n = (int) outer(keys).numElements();
    List<Object> ids = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      ids.add(allowed(part(keys, spec.keyShape, i)));
    }
    for (int i = 0; i < n; i++) {
      entries.put(
          ids.get(i), new Entry(part(keys, spec.keyShape, i), part(values, spec.valueShape, i)));
    }
  }

  /** Puts these entries in the place of all. */
  public synchronized void replace(TensorValue keys, TensorValue values) {
    requireMutable("importing");
    checkPairs(keys, values);
    entries.clear();
    insert(keys, values);
  }

  /** Removes the entries of these keys, as far as there are any. */
  public synchronized void remove(TensorValue keys) {
    requireMutable("removing");
    int n = (int) outer(keys).numElements();
    for (int i = 0; i < n; i++) {
      entries.remove(allowed(part(keys, spec.keyShape, i)));
    }
  }

  /**
   * The values of keys.
   *
   * @param otherwise the value of keys that are not there
   * @throws FailedPreconditionException if the table has not got its entries yet
   */
  public synchronized TensorValue find(TensorValue keys, TensorValue otherwise) {
    if (spec.kind == Kind.FIXED && !initialized) {
      throw new FailedPreconditionException(
          this + " is not initialized: run its initializer first, or tablesInitializer for all");
    }
    if (otherwise.dtype() != spec.valueType || !otherwise.shape().equals(spec.valueShape)) {
      throw new InvalidArgumentException(
          "the default of "
              + this
              + " must be "
              + spec.valueType
              + spec.valueShape
              + ", not "
              + otherwise.dtype()
              + otherwise.shape());
    }
    Shape outer = outer(keys);
    List<TensorValue> found = new ArrayList<>();
    for (int i = 0; i < outer.numElements(); i++) {
      TensorValue key = part(keys, spec.keyShape, i);
      Entry e = entries.get(spec.kind == Kind.DENSE ? allowed(key) : identity(key));
      found.add(e == null ? otherwise : e.value);
    }
    return join(found, spec.valueType, outer, spec.valueShape);
  }

  public synchronized int size() {
    return entries.size();
  }

  /** All keys, as a batch. */
  public synchronized TensorValue keys() {
    return join(
        entries.values().stream().map(Entry::key).toList(),
        spec.keyType,
        Shape.vector(entries.size()),
        spec.keyShape);
  }

  /** All values, as a batch in the order of {@link #keys}. */
  public synchronized TensorValue values() {
    return join(
        entries.values().stream().map(Entry::value).toList(),
        spec.valueType,
        Shape.vector(entries.size()),
        spec.valueShape);
  }

  private static TensorValue join(List<TensorValue> parts, DataType t, Shape outer, Shape element) {
    int n = (int) element.numElements();
    int width = t.isComplex() ? 2 : 1;
    Object data = TensorValue.newStorage(t, Math.multiplyExact(parts.size(), n));
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i).data(), 0, data, i * n * width, n * width);
    }
    return TensorValue.wrap(t, outer.concat(element), data);
  }
}
