package dev.millrace.graph.checkpoint;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.proto.TensorSliceProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * A part of a tensor: of each dimension a range, or all of it. Immutable.
 *
 * <p>In text, as saver nodes have it, a range is {@code start,length}, all of a dimension {@code
 * -}, and colons stand between: {@code 0,2:-}.
 */
public final class TensorSlice {
  /** The length that stands for all of a dimension. */
  static final long ALL = -1;

  private final long[] starts;
  private final long[] lengths;

  private TensorSlice(long[] starts, long[] lengths) {
    this.starts = starts;
    this.lengths = lengths;
  }

  /** All of a tensor of that rank. */
  public static TensorSlice all(int rank) {
    long[] lengths = new long[rank];
    Arrays.fill(lengths, ALL);
    return new TensorSlice(new long[rank], lengths);
  }

  /**
   * The part that begins at {@code starts} and has the shape {@code lengths}.
   *
   * @throws InvalidArgumentException if a start or length is negative, or their numbers differ
   */
  public static TensorSlice of(long[] starts, long[] lengths) {
    if (starts.length != lengths.length) {
      throw new InvalidArgumentException(
          "a slice has as many starts as lengths, not " + starts.length + " and " + lengths.length);
    }
    TensorSlice s = new TensorSlice(starts.clone(), lengths.clone());
    for (int i = 0; i < starts.length; i++) {
      s.check(i);
    }
    return s;
  }

  private void check(int i) {
    boolean all = lengths[i] == ALL && starts[i] == 0;
    if (!all && (starts[i] < 0 || lengths[i] < 0 || starts[i] > Long.MAX_VALUE - lengths[i])) {
      throw new InvalidArgumentException(
          "a slice of " + lengths[i] + " elements from element " + starts[i]);
    }
  }

  /**
   * Reads {@code 0,2:-}.
   *
   * @throws InvalidArgumentException if the text is no slice
   */
  public static TensorSlice parse(String text) {
    if (text.isEmpty()) {
      return all(0);
    }
    String[] parts = text.split(":", -1);
    TensorSlice s = all(parts.length);
    for (int i = 0; i < parts.length; i++) {
      if (parts[i].equals("-")) {
        continue;
      }
      String[] range = parts[i].split(",", -1);
      try {
        if (range.length != 2) {
          throw new NumberFormatException(parts[i]);
        }
        s.starts[i] = Long.parseLong(range[0]);
        s.lengths[i] = Long.parseLong(range[1]);
      } catch (NumberFormatException e) {
        throw new InvalidArgumentException(
            "'" + text + "' is no slice: each dimension is '-' or 'start,length'", e);
      }
      if (s.lengths[i] <= 0) {
        throw new InvalidArgumentException("the slice '" + text + "' has an empty dimension");
      }
      s.check(i);
    }
    return s;
  }

  static TensorSlice read(TensorSliceProto proto) {
    TensorSlice s = all(proto.getExtentCount());
    for (int i = 0; i < proto.getExtentCount(); i++) {
      TensorSliceProto.Extent e = proto.getExtent(i);
      s.starts[i] = e.getStart();
      s.lengths[i] = e.hasLength() ? e.getLength() : ALL;
      s.check(i);
    }
    return s;
  }

  TensorSliceProto write() {
    TensorSliceProto.Builder b = TensorSliceProto.newBuilder();
    for (int i = 0; i < starts.length; i++) {
      TensorSliceProto.Extent.Builder e = b.addExtentBuilder();
      if (lengths[i] != ALL) {
        e.setStart(starts[i]).setLength(lengths[i]);
      }
    }
    return b.build();
  }

  public int rank() {
    return starts.length;
  }

  /** Where the part begins in dimension {@code i}. */
  public long start(int i) {
    return starts[i];
  }

  /** How many elements of dimension {@code i} the part has; -1 for all. */
  public long length(int i) {
    return lengths[i];
  }

  /** Whether this is all of a tensor of shape {@code full}. */
  public boolean isAll(Shape full) {
    for (int i = 0; i < starts.length; i++) {
      if (lengths[i] != ALL && (starts[i] != 0 || lengths[i] != full.dim(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The shape of this part of a tensor of shape {@code full}.
   *
   * @throws InvalidArgumentException if it lies not inside
   */
  public Shape shapeIn(Shape full) {
    if (full.rank() != starts.length) {
      throw new InvalidArgumentException(
          "the slice " + this + " has not the dimensions of shape " + full);
    }
    long[] d = new long[starts.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = lengths[i] == ALL ? full.dim(i) : lengths[i];
      if (starts[i] + d[i] > full.dim(i)) {
        throw new InvalidArgumentException("the slice " + this + " exceeds shape " + full);
      }
    }
    return Shape.of(d);
  }

  /** What this and {@code other} have in common of a tensor of shape {@code full}; null if none. */
  TensorSlice intersect(TensorSlice other, Shape full) {
    long[] from = new long[starts.length];
    long[] n = new long[starts.length];
    for (int i = 0; i < from.length; i++) {
      from[i] = Math.max(starts[i], other.starts[i]);
      n[i] = Math.min(end(i, full), other.end(i, full)) - from[i];
      if (n[i] <= 0) {
        return null;
      }
    }
    return new TensorSlice(from, n);
  }

  private long end(int i, Shape full) {
    return lengths[i] == ALL ? full.dim(i) : starts[i] + lengths[i];
  }

  /** The starts and lengths, all written out, in the order in which parts are told apart. */
  List<Long> numbers() {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < starts.length; i++) {
      all.add(starts[i]);
      all.add(lengths[i]);
    }
    return all;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof TensorSlice s
        && Arrays.equals(starts, s.starts)
        && Arrays.equals(lengths, s.lengths);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(starts) + Arrays.hashCode(lengths);
  }

  @Override
  public String toString() {
    StringJoiner j = new StringJoiner(":");
    for (int i = 0; i < starts.length; i++) {
      j.add(lengths[i] == ALL ? "-" : starts[i] + "," + lengths[i]);
    }
    return j.toString();
  }
}
