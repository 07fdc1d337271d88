package dev.millrace.ops.defs;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Shape;
import java.util.Arrays;

/**
 * What a {@code StridedSlice} takes from an input of known rank: the begin, end and stride of every
 * input dimension, masks and ellipsis worked in, and where each output dimension comes from.
 */
public final class StridedSliceSpec {
  /** An output dimension of 1 that no input dimension gives. */
  public static final int NEW_AXIS = -1;

  private final long[] begin;
  private final long[] end;
  private final long[] strides;
  private final boolean[] known;
  private final long[] sizes;
  private final int[] sources;

  private StridedSliceSpec(int rank, int[] sources) {
    begin = new long[rank];
    end = new long[rank];
    strides = new long[rank];
    known = new boolean[rank];
    sizes = new long[rank];
    this.sources = sources;
  }

  /** Where input dimension {@code i} starts; 0 or more, or -1 for nothing taken backwards. */
  public long begin(int i) {
    return begin[i];
  }

  /** Where input dimension {@code i} ends, exclusive; -1 past the front when going backwards. */
  public long end(int i) {
    return end[i];
  }

  /** The step in input dimension {@code i}; not 0, may be negative. */
  public long stride(int i) {
    return strides[i];
  }

  /** Whether begin, end and stride of dimension {@code i} are known. */
  public boolean isKnown(int i) {
    return known[i];
  }

  /** Whether they are for all dimensions. */
  public boolean isFullyKnown() {
    for (boolean k : known) {
      if (!k) {
        return false;
      }
    }
    return true;
  }

  /** The rank of the input. */
  public int inputRank() {
    return begin.length;
  }

  /** How much is taken of each input dimension, before dimensions are added and dropped. */
  public Shape processingShape() {
    return Shape.of(sizes);
  }

  /**
   * For each output dimension the input dimension it comes from, or {@link #NEW_AXIS}. Input
   * dimensions that are missing were taken at one index and dropped.
   */
  public int[] sources() {
    return sources.clone();
  }

  /** The shape of the result. */
  public Shape outputShape() {
    long[] d = new long[sources.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = sources[i] == NEW_AXIS ? 1 : sizes[sources[i]];
    }
    return Shape.of(d);
  }

  /** The five bit masks of the op; bit {@code i} is about the {@code i}th element of begin. */
  public record Masks(long begin, long end, long ellipsis, long newAxis, long shrinkAxis) {
    /** The masks among an operation's attributes. */
    public static Masks of(Attrs a) {
      return new Masks(
          a.getInt("begin_mask"),
          a.getInt("end_mask"),
          a.getInt("ellipsis_mask"),
          a.getInt("new_axis_mask"),
          a.getInt("shrink_axis_mask"));
    }
  }

  /**
   * Works out a slice.
   *
   * @param input the input's shape, of known rank
   * @param count the number of elements of begin, end and strides
   * @param begin as given, null or with gaps where it is not known; so {@code end} and {@code
   *     strides}
   * @throws InvalidArgumentException if there are more indices than dimensions, a stride is 0, a
   *     single index is outside its dimension, or there are two ellipses
   */
  public static StridedSliceSpec of(
      Shape input, int count, KnownInts begin, KnownInts end, KnownInts strides, Masks masks) {
    if (Long.bitCount(masks.ellipsis) > 1) {
      throw new InvalidArgumentException("there may be only one ellipsis in a slice");
    }
    int rank = input.rank();
    int[] sources = new int[rank + Long.bitCount(masks.newAxis)];
    int[] given = new int[rank];
    Arrays.fill(given, -1);
    int outputs = 0;
    int at = 0;
    for (int i = 0; i < count; i++) {
      if (bit(masks.ellipsis, i)) {
        int after = Math.min(rank - restAfter(i, count, masks), rank);
        for (; at < after; at++) {
          sources[outputs++] = at;
        }
      } else if (bit(masks.newAxis, i)) {
        sources[outputs++] = NEW_AXIS;
      } else {
        if (at >= rank) {
          throw new InvalidArgumentException(
              "the slice indexes more than the " + rank + " dimensions of " + input);
        }
        given[at] = i;
        if (!bit(masks.shrinkAxis, i)) {
          sources[outputs++] = at;
        }
        at++;
      }
    }
    for (; at < rank; at++) {
      sources[outputs++] = at;
    }
    StridedSliceSpec s = new StridedSliceSpec(rank, Arrays.copyOf(sources, outputs));
    for (int d = 0; d < rank; d++) {
      if (given[d] < 0) {
        s.takeAll(d, input.dim(d));
      } else {
        s.take(d, input.dim(d), given[d], begin, end, strides, masks);
      }
    }
    return s;
  }

  /** How many input dimensions the elements after an ellipsis use. */
  private static int restAfter(int ellipsis, int count, Masks masks) {
    int n = 0;
    for (int i = ellipsis + 1; i < count; i++) {
      n += bit(masks.newAxis, i) ? 0 : 1;
    }
    return n;
  }

  private void takeAll(int d, long dim) {
    sizes[d] = dim;
    strides[d] = 1;
    end[d] = dim;
    known[d] = dim != Shape.UNKNOWN;
  }

  private void take(
      int d, long dim, int i, KnownInts begins, KnownInts ends, KnownInts steps, Masks masks) {
    Long b = Shapes.at(begins, i);
    Long e = Shapes.at(ends, i);
    Long step = Shapes.at(steps, i);
    if (step != null && step == 0) {
      throw new InvalidArgumentException("stride " + i + " must not be 0");
    }
    if (bit(masks.shrinkAxis, i)) {
      takeOne(d, dim, i, b, step);
      return;
    }
    boolean fromEdge = bit(masks.begin, i);
    boolean toEdge = bit(masks.end, i);
    sizes[d] = Shape.UNKNOWN;
    if (step == null || dim == Shape.UNKNOWN) {
      if (fromEdge && toEdge && step != null && Math.abs(step) == 1) {
        sizes[d] = dim;
      }
      return;
    }
    boolean forward = step > 0;
    strides[d] = step;
    if ((b == null && !fromEdge) || (e == null && !toEdge)) {
      return;
    }
    long low = forward ? 0 : -1;
    long high = forward ? dim : dim - 1;
    begin[d] = fromEdge ? (forward ? low : high) : canonical(b, dim, low, high);
    end[d] = toEdge ? (forward ? high : low) : canonical(e, dim, low, high);
    known[d] = true;
    long span = end[d] - begin[d];
    sizes[d] = span == 0 || (span < 0) == forward ? 0 : span / step + (span % step == 0 ? 0 : 1);
  }

  private void takeOne(int d, long dim, int i, Long index, Long step) {
    if (step != null && step < 0) {
      throw new InvalidArgumentException(
          "stride " + i + " must be 1, since one index is taken, but is " + step);
    }
    sizes[d] = 1;
    strides[d] = 1;
    if (index == null || dim == Shape.UNKNOWN) {
      return;
    }
    long k = index < 0 ? index + dim : index;
    if (k < 0 || k >= dim) {
      throw new InvalidArgumentException(
          "index " + index + " is outside dimension " + d + ", whose size is " + dim);
    }
    begin[d] = k;
    end[d] = k + 1;
    known[d] = true;
  }

  private static long canonical(long x, long dim, long low, long high) {
    long k = x < 0 ? x + dim : x;
    return Math.max(low, Math.min(high, k));
  }

  private static boolean bit(long mask, int i) {
    return i < Long.SIZE && (mask >>> i & 1) != 0;
  }
}
