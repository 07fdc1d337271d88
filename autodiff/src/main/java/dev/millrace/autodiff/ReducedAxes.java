package dev.millrace.autodiff;

import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.BitSet;
import java.util.List;

/**
 * The axes that a reduction of {@code x} removed: what its gradient needs to bring a tensor of the
 * result's shape back to {@code x}'s.
 */
final class ReducedAxes {
  private final Ops tf;
  private final Tensor x;
  private final Tensor axes;
  private final boolean keepDims;
  private final BitSet known; // null where the axes, or the rank, are not known

  /** Of an operation whose inputs are what to reduce, and over which axes. */
  ReducedAxes(GradientContext c) {
    Operation op = c.op();
    this.tf = c.tf();
    this.x = c.input(0);
    this.axes = c.input(1);
    this.keepDims = op.attrs().getBool("keep_dims");
    this.known = knownAxes();
  }

  private BitSet knownAxes() {
    TensorValue v = axes.asOutput().constantValue();
    KnownInts k = v == null ? null : KnownInts.of(v);
    if (k == null || !x.shape().hasRank()) {
      return null;
    }
    BitSet b = new BitSet();
    for (long a : k.toLongs()) {
      b.set((int) (a < 0 ? a + rank() : a));
    }
    return b;
  }

  private int rank() {
    return x.shape().rank();
  }

  /** A tensor of the result's shape in a shape that broadcasts to {@code x}'s. */
  Tensor aligned(Tensor result) {
    if (keepDims) {
      return result;
    }
    if (known == null) {
      return result.reshape(keptShape());
    }
    // Leading axes may stay away: broadcasting adds them.
    int leading = known.nextClearBit(0);
    Tensor t = result;
    for (int a = known.nextSetBit(leading); a >= 0; a = known.nextSetBit(a + 1)) {
      t = t.expandDims(a - leading);
    }
    return t;
  }

  /** A tensor of the result's shape, repeated along the reduced axes: {@code x}'s shape. */
  Tensor spread(Tensor result) {
    if (known != null && known.isEmpty()) {
      return result;
    }
    return aligned(result).broadcastTo(Shapes.of(x));
  }

  /** The shape of {@code x} with 1 for the reduced axes, when these are known only at run time. */
  private Tensor keptShape() {
    Tensor shape = x.shapeTensor();
    return tf.select(mask(), shape.onesLike(), shape);
  }

  /** For each axis of {@code x}, whether it is reduced. */
  private Tensor mask() {
    Tensor rank = x.rankTensor();
    Tensor at = axes.cast(rank.dtype()).reshape(-1).mod(rank).expandDims(1);
    Tensor ones = at.onesLike().reshape(-1);
    return tf.scatterNd(at, ones, rank.expandDims(0)).greater(0);
  }

  /**
   * How many elements of {@code x} went into one of the result, as a scalar of {@code x}'s dtype.
   */
  Tensor count(Tensor result) {
    long n = knownCount();
    // An empty tensor has no gradient to divide.
    return n == Shape.UNKNOWN
        ? dynamicCount(result).maximum(1).cast(x.dtype())
        : tf.constant(Math.max(n, 1), x.dtype());
  }

  /** The shape of {@code x} as a matrix: the reduced axes as rows, the others as columns. */
  Tensor matrixShape(Tensor result) {
    long rows = knownCount();
    long columns = result.shape().numElements();
    return rows != Shape.UNKNOWN && columns != Shape.UNKNOWN
        ? Shapes.ints(tf, rows, columns)
        : tf.stack(List.of(dynamicCount(result), result.sizeTensor()), 0);
  }

  private Tensor dynamicCount(Tensor result) {
    return x.sizeTensor().floorDiv(result.sizeTensor().maximum(1));
  }

  private long knownCount() {
    if (known == null) {
      return Shape.UNKNOWN;
    }
    long n = 1;
    for (int a = known.nextSetBit(0); a >= 0; a = known.nextSetBit(a + 1)) {
      long d = x.shape().dim(a);
      if (d == Shape.UNKNOWN) {
        return Shape.UNKNOWN;
      }
      n *= d;
    }
    return n;
  }

  /** The axes of {@code x}, the reduced ones first, both kinds in their order: for a transpose. */
  Tensor reducedFirst() {
    if (known == null) {
      Tensor rank = x.rankTensor();
      // Of equal keys the earlier come first.
      Operation sorted = tf.op("TopKV2", null).input(mask().cast(rank.dtype())).input(rank).build();
      return tf.tensor(sorted.output(1));
    }
    long[] perm = new long[rank()];
    int n = 0;
    for (int a = known.nextSetBit(0); a >= 0; a = known.nextSetBit(a + 1)) {
      perm[n++] = a;
    }
    for (int a = known.nextClearBit(0); a < perm.length; a = known.nextClearBit(a + 1)) {
      perm[n++] = a;
    }
    return Shapes.ints(tf, perm);
  }
}
