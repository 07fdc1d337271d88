package dev.millrace.graph;

import java.util.Arrays;

/**
 * What is known, while a graph is built, of the elements of an integer tensor of rank 0 or 1. Shape
 * arithmetic computes on these, so that the result of a {@code Reshape} whose shape comes from
 * {@code Shape} and {@code Pack} keeps its static shape. Immutable.
 */
public final class KnownInts {
  /** Longer tensors are not followed. */
  public static final int MAX_SIZE = 1024;

  private final boolean scalar;
  private final long[] values;
  private final boolean[] known;

  private KnownInts(boolean scalar, long[] values, boolean[] known) {
    this.scalar = scalar;
    this.values = values;
    this.known = known;
  }

  /** A scalar of known value. */
  public static KnownInts scalar(long value) {
    return new KnownInts(true, new long[] {value}, new boolean[] {true});
  }

  /** A vector all of whose elements are known. */
  public static KnownInts vector(long... values) {
    boolean[] known = new boolean[values.length];
    Arrays.fill(known, true);
    return new KnownInts(false, values.clone(), known);
  }

  /** The vector of a shape's sizes, unknown where a size is; null where the rank is unknown. */
  public static KnownInts ofShape(Shape s) {
    if (!s.hasRank()) {
      return null;
    }
    long[] v = s.dims();
    boolean[] known = new boolean[v.length];
    for (int i = 0; i < v.length; i++) {
      known[i] = v[i] != Shape.UNKNOWN;
    }
    return new KnownInts(false, v, known);
  }

  /** The elements of an integer value of rank 0 or 1; null for other values. */
  public static KnownInts of(TensorValue v) {
    if (v.shape().rank() > 1
        || v.size() > MAX_SIZE
        || !(v.dtype().isInteger() || v.dtype() == DataType.BOOL)) {
      return null;
    }
    boolean[] known = new boolean[v.size()];
    Arrays.fill(known, true);
    return new KnownInts(v.shape().rank() == 0, v.toLongs(), known);
  }

  /** A scalar or vector given element by element. */
  public static Builder builder(boolean scalar, int size) {
    return new Builder(scalar, size);
  }

  /** Whether this is of rank 0. */
  public boolean isScalar() {
    return scalar;
  }

  /** The number of elements; 1 for a scalar. */
  public int size() {
    return values.length;
  }

  public boolean isKnown(int i) {
    return known[i];
  }

  /** Element {@code i}, which must be known. */
  public long get(int i) {
    if (!known[i]) {
      throw new InternalException("element " + i + " is not known");
    }
    return values[i];
  }

  /** Element {@code i}, or {@code otherwise} where it is not known. */
  public long get(int i, long otherwise) {
    return known[i] ? values[i] : otherwise;
  }

  public boolean isFullyKnown() {
    for (boolean k : known) {
      if (!k) {
        return false;
      }
    }
    return true;
  }

  /** All elements, which must be known. */
  public long[] toLongs() {
    for (int i = 0; i < values.length; i++) {
      get(i);
    }
    return values.clone();
  }

  /** The shape that these sizes spell, unknown elements and elements of -1 being unknown sizes. */
  public Shape toShape() {
    long[] d = new long[values.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = known[i] ? values[i] : Shape.UNKNOWN;
    }
    return Shape.of(d);
  }

  /** The elements as a value of {@code dtype}; null unless all are known. */
  public TensorValue toValue(DataType dtype) {
    if (!isFullyKnown() || !(dtype.isInteger() || dtype == DataType.BOOL)) {
      return null;
    }
    TensorValue v = TensorValue.zeros(dtype, scalar ? Shape.scalar() : Shape.vector(values.length));
    for (int i = 0; i < values.length; i++) {
      JavaArrays.setLong(v, i, values[i]);
    }
    return v;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof KnownInts k
        && scalar == k.scalar
        && Arrays.equals(known, k.known)
        && toString().equals(k.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder(scalar ? "" : "[");
    for (int i = 0; i < values.length; i++) {
      s.append(i == 0 ? "" : ",").append(known[i] ? Long.toString(values[i]) : "?");
    }
    return s.append(scalar ? "" : "]").toString();
  }

  /** Collects elements; those that are not set stay unknown. */
  public static final class Builder {
    private final boolean scalar;
    private final long[] values;
    private final boolean[] known;

    private Builder(boolean scalar, int size) {
      this.scalar = scalar;
      this.values = new long[size];
      this.known = new boolean[size];
    }

    public Builder set(int i, long value) {
      values[i] = value;
      known[i] = true;
      return this;
    }

    /** Element {@code i} is what element {@code j} of {@code from} is: known or not. */
    public Builder copy(int i, KnownInts from, int j) {
      values[i] = from.values[j];
      known[i] = from.known[j];
      return this;
    }

    public KnownInts build() {
      return new KnownInts(scalar, values.clone(), known.clone());
    }
  }
}
