package dev.millrace.graph;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * The shape of a tensor as far as it is known: of unknown rank, or a list of dimensions of which
 * some may be unknown. Immutable.
 *
 * <p>An unknown dimension is {@link #UNKNOWN} (-1), as in TensorFlow's protocol buffers.
 */
public final class Shape {
  /** The value of a dimension that is not known. */
  public static final long UNKNOWN = -1;

  private static final Shape UNKNOWN_RANK = new Shape(null);
  private static final Shape SCALAR = new Shape(new long[0]);

  private final long[] dims;

  private Shape(long[] dims) {
    this.dims = dims;
  }

  /** The shape about which nothing is known, not even the rank. */
  public static Shape unknown() {
    return UNKNOWN_RANK;
  }

  /** The shape of a single value: rank 0. */
  public static Shape scalar() {
    return SCALAR;
  }

  /**
   * A shape of known rank.
   *
   * @param dims the sizes, -1 for an unknown one; none for a scalar
   * @throws InvalidArgumentException if a size is below -1
   */
  public static Shape of(long... dims) {
    if (dims == null) {
      throw new InvalidArgumentException("the sizes of a shape are null; none are for a scalar");
    }
    if (dims.length == 0) {
      return SCALAR;
    }
    for (long d : dims) {
      if (d < UNKNOWN) {
        throw new InvalidArgumentException(
            "a dimension must be at least 0, or -1 where it is unknown; got "
                + d
                + " in "
                + Arrays.toString(dims));
      }
    }
    return new Shape(dims.clone());
  }

  /**
   * A shape of that rank whose dimensions are all unknown; {@code rank} -1 gives {@link
   * #unknown()}.
   */
  public static Shape ofRank(int rank) {
    if (rank < 0) {
      return UNKNOWN_RANK;
    }
    long[] d = new long[rank];
    Arrays.fill(d, UNKNOWN);
    return of(d);
  }

  /** One dimension. */
  public static Shape vector(long size) {
    return of(size);
  }

  /** Two dimensions. */
  public static Shape matrix(long rows, long columns) {
    return of(rows, columns);
  }

  /** Whether the number of dimensions is known. */
  public boolean hasRank() {
    return dims != null;
  }

  /** The number of dimensions, or -1 where it is unknown. */
  public int rank() {
    return dims == null ? -1 : dims.length;
  }

  /**
   * The size of dimension {@code i}, counted from the end when negative; {@link #UNKNOWN} where it
   * or the rank is unknown.
   *
   * @throws InvalidArgumentException if the rank is known and {@code i} is outside it
   */
  public long dim(int i) {
    if (dims == null) {
      return UNKNOWN;
    }
    int k = i < 0 ? i + dims.length : i;
    if (k < 0 || k >= dims.length) {
      throw new InvalidArgumentException(
          "dimension " + i + " of " + this + ", which has " + dims.length);
    }
    return dims[k];
  }

  /** The sizes, as a new array. */
  public long[] dims() {
    requireRank();
    return dims.clone();
  }

  /** Whether rank and every size are known. */
  public boolean isFullyDefined() {
    if (dims == null) {
      return false;
    }
    for (long d : dims) {
      if (d == UNKNOWN) {
        return false;
      }
    }
    return true;
  }

  /**
   * The number of elements, or -1 where it is not known. A scalar has one.
   *
   * @throws InvalidArgumentException if there are more than 2^63 - 1
   */
  public long numElements() {
    if (dims == null) {
      return UNKNOWN;
    }
    for (long d : dims) {
      if (d == 0) {
        return 0;
      }
    }
    long n = 1;
    for (long d : dims) {
      if (d == UNKNOWN) {
        return UNKNOWN;
      }
      if (n > Long.MAX_VALUE / d) {
        throw new InvalidArgumentException("shape " + this + " has more than 2^63 elements");
      }
      n *= d;
    }
    return n;
  }

  /** Whether some tensor has both this shape and {@code other}. */
  public boolean isCompatibleWith(Shape other) {
    if (dims == null || other.dims == null) {
      return true;
    }
    if (dims.length != other.dims.length) {
      return false;
    }
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != UNKNOWN && other.dims[i] != UNKNOWN && dims[i] != other.dims[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * What is known when both this and {@code other} hold.
   *
   * @throws InvalidArgumentException if they contradict each other
   */
  public Shape merge(Shape other) {
    if (dims == null) {
      return other;
    }
    if (other.dims == null || this.equals(other)) {
      return this;
    }
    if (!isCompatibleWith(other)) {
      throw new InvalidArgumentException(
          "shapes " + this + " and " + other + " are not compatible");
    }
    long[] d = dims.clone();
    for (int i = 0; i < d.length; i++) {
      if (d[i] == UNKNOWN) {
        d[i] = other.dims[i];
      }
    }
    return of(d);
  }

  /**
   * The most exact shape that covers both this and {@code other}: what is known of a value that has
   * one or the other.
   */
  public Shape relax(Shape other) {
    if (dims == null || other.dims == null || dims.length != other.dims.length) {
      return UNKNOWN_RANK;
    }
    long[] d = dims.clone();
    for (int i = 0; i < d.length; i++) {
      if (d[i] != other.dims[i]) {
        d[i] = UNKNOWN;
      }
    }
    return of(d);
  }

  /**
   * The shape to which this and {@code other} broadcast, by NumPy's rule: aligned at the last
   * dimension, a dimension of 1 stretches. An unknown dimension against one above 1 is taken to be
   * that one, since nothing else would fit.
   *
   * @throws InvalidArgumentException if two dimensions differ and neither is 1
   */
  public Shape broadcast(Shape other) {
    if (dims == null || other.dims == null) {
      return UNKNOWN_RANK;
    }
    int n = Math.max(dims.length, other.dims.length);
    long[] d = new long[n];
    for (int i = 1; i <= n; i++) {
      long a = i <= dims.length ? dims[dims.length - i] : 1;
      long b = i <= other.dims.length ? other.dims[other.dims.length - i] : 1;
      d[n - i] = broadcastDim(a, b, other);
    }
    return of(d);
  }

  private long broadcastDim(long a, long b, Shape other) {
    if (a == b || b == 1) {
      return a;
    }
    if (a == 1) {
      return b;
    }
    if (a == UNKNOWN) {
      return b;
    }
    if (b == UNKNOWN) {
      return a;
    }
    throw new InvalidArgumentException(
        "shapes "
            + this
            + " and "
            + other
            + " do not broadcast: dimensions are matched from the last, and must be equal or 1");
  }

  /** This shape followed by {@code tail}; unknown where either rank is. */
  public Shape concat(Shape tail) {
    if (dims == null || tail.dims == null) {
      return UNKNOWN_RANK;
    }
    long[] d = Arrays.copyOf(dims, dims.length + tail.dims.length);
    System.arraycopy(tail.dims, 0, d, dims.length, tail.dims.length);
    return of(d);
  }

  /**
   * The dimensions from {@code from} (inclusive) to {@code to} (exclusive), either counted from the
   * end when negative.
   */
  public Shape slice(int from, int to) {
    if (dims == null) {
      return UNKNOWN_RANK;
    }
    int f = from < 0 ? from + dims.length : from;
    int t = to < 0 ? to + dims.length : to;
    if (f < 0 || t > dims.length || f > t) {
      throw new InvalidArgumentException("dimensions " + from + " to " + to + " of " + this);
    }
    return of(Arrays.copyOfRange(dims, f, t));
  }

  /** The dimensions from {@code from} to the end. */
  public Shape sliceFrom(int from) {
    return dims == null ? UNKNOWN_RANK : slice(from, dims.length);
  }

  /** This shape with dimension {@code i} (from the end when negative) set to {@code size}. */
  public Shape withDim(int i, long size) {
    if (dims == null) {
      return UNKNOWN_RANK;
    }
    dim(i);
    long[] d = dims.clone();
    d[i < 0 ? i + d.length : i] = size;
    return of(d);
  }

  private void requireRank() {
    if (dims == null) {
      throw new InvalidArgumentException("the shape has no known rank");
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /**
   * {@code [2,3]}, {@code [?,3]}, {@code []} for a scalar, {@code <unknown>} for an unknown rank.
   */
  @Override
  public String toString() {
    if (dims == null) {
      return "<unknown>";
    }
    StringJoiner j = new StringJoiner(",", "[", "]");
    for (long d : dims) {
      j.add(d == UNKNOWN ? "?" : Long.toString(d));
    }
    return j.toString();
  }
}
