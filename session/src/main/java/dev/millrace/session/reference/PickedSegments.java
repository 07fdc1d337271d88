package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/**
 * {@code SparseSegment…}: sums, means, and sums over the root of the count, of rows that are picked
 * first. Segment ids do not fall; a segment without rows is 0.
 */
final class PickedSegments {
  /** What a sum of {@code n} rows is divided by. */
  @FunctionalInterface
  private interface Divisor {
    double of(int n);
  }

  private PickedSegments() {}

  static void register(ReferenceKernels k) {
    add(k, "Sum", n -> 1);
    add(k, "Mean", n -> n);
    add(k, "SqrtN", Math::sqrt);
    k.add("SparseSegmentMeanGrad", c -> gradient(c, n -> n));
    k.add("SparseSegmentSqrtNGrad", c -> gradient(c, Math::sqrt));
  }

  private static void add(ReferenceKernels k, String how, Divisor divisor) {
    k.add("SparseSegment" + how, c -> reduce(c, divisor));
    k.add("SparseSegment" + how + "WithNumSegments", c -> reduce(c, divisor));
  }

  private static void reduce(KernelContext c, Divisor divisor) {
    TensorValue data = c.input(0);
    TensorValue indices = Dims.requireRank(c.input(1), 1, "indices");
    TensorValue ids = requireIds(c, indices);
    DataType t = data.dtype();
    Shape s = data.shape();
    if (s.rank() == 0) {
      throw new InvalidArgumentException("the data must have rows; it is a scalar");
    }
    if (!t.isFloating() && !t.isInteger()) {
      throw Elementwise.unsupported(c, t);
    }
    long segments = SegmentKernels.checkSorted(ids);
    if (c.inputCount() > 3) {
      long wanted = Dims.requireScalar(c.input(3), "num_segments").getLong(0);
      if (segments > wanted) {
        throw new InvalidArgumentException(
            "segment id " + (segments - 1) + " is not below num_segments, " + wanted);
      }
      segments = wanted;
    }
    requireIndices(indices, s.dim(0));
    int[] counts = counts(ids, segments);
    int size = Dims.count(s.dims(), 1, s.rank());
    // Summed in double precision, and rounded once.
    double[] reals = new double[t.isFloating() ? size : 0];
    Result r = new Result(t, Shape.vector(segments).concat(s.sliceFrom(1)));
    for (int i = 0; i < ids.size(); i++) {
      int id = (int) ids.getLong(i);
      int from = (int) indices.getLong(i) * size;
      boolean first = i == 0 || ids.getLong(i - 1) != id;
      for (int k = 0; k < size; k++) {
        int at = id * size + k;
        if (t.isFloating()) {
          reals[k] = (first ? 0 : reals[k]) + data.getDouble(from + k);
          r.setDouble(at, reals[k] / divisor.of(counts[id]));
        } else {
          r.setLong(at, r.getLong(at) + data.getLong(from + k));
        }
      }
    }
    c.output(0, r.value());
  }

  /** Every picked row gets its segment's gradient over the divisor. */
  private static void gradient(KernelContext c, Divisor divisor) {
    TensorValue grad = c.input(0);
    TensorValue indices = Dims.requireRank(c.input(1), 1, "indices");
    TensorValue ids = requireIds(c, indices);
    long rows = Dims.requireScalar(c.input(3), "output_dim0").getLong(0);
    Shape s = grad.shape();
    if (s.rank() == 0 || rows < 0) {
      throw new InvalidArgumentException(
          "the gradient must have rows and output_dim0 not be negative; they are "
              + s
              + " and "
              + rows);
    }
    for (int i = 0; i < ids.size(); i++) {
      if (ids.getLong(i) < 0 || ids.getLong(i) >= s.dim(0)) {
        throw new InvalidArgumentException(
            "segment_ids[" + i + "] = " + ids.getLong(i) + " is not in [0, " + s.dim(0) + ")");
      }
    }
    requireIndices(indices, rows);
    int[] counts = counts(ids, s.dim(0));
    int size = Dims.count(s.dims(), 1, s.rank());
    Result r = new Result(grad.dtype(), Shape.vector(rows).concat(s.sliceFrom(1)));
    for (int i = 0; i < ids.size(); i++) {
      int id = (int) ids.getLong(i);
      int to = (int) indices.getLong(i) * size;
      for (int k = 0; k < size; k++) {
        double g = grad.getDouble(id * size + k) / divisor.of(counts[id]);
        r.setDouble(to + k, r.getDouble(to + k) + g);
      }
    }
    c.output(0, r.value());
  }

  private static TensorValue requireIds(KernelContext c, TensorValue indices) {
    TensorValue ids = Dims.requireRank(c.input(2), 1, "segment_ids");
    Dims.requireSame(indices, "indices", ids, "segment_ids");
    return ids;
  }

  private static void requireIndices(TensorValue indices, long rows) {
    int good = Rows.countInRange(indices, rows);
    if (good < indices.size()) {
      throw Rows.outOfRange(indices, good, rows);
    }
  }

  private static int[] counts(TensorValue ids, long segments) {
    int[] n = new int[Math.toIntExact(segments)];
    for (int i = 0; i < ids.size(); i++) {
      n[(int) ids.getLong(i)]++;
    }
    return n;
  }
}
