package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Picking slices by index. */
final class GatherKernels {
  private GatherKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Gather", c -> c.output(0, gather(c.input(0), c.input(1), 0, 0)));
    k.add("GatherV2", GatherKernels::gatherV2);
    k.add("GatherNd", GatherKernels::gatherNd);
  }

  private static void gatherV2(KernelContext c) {
    long axis = Dims.requireScalar(c.input(2), "axis").getLong(0);
    long batchDims = c.attrs().has("batch_dims") ? c.attrs().getInt("batch_dims") : 0;
    c.output(0, gather(c.input(0), c.input(1), axis, batchDims));
  }

  /**
   * Replaces dimension {@code axis} of {@code params} by the shape of {@code indices}; the first
   * {@code batchDims} dimensions of both are gone through together.
   *
   * @throws InvalidArgumentException if the shapes do not fit, or an index is out of range
   */
  static TensorValue gather(TensorValue params, TensorValue indices, long axis, long batchDims) {
    Shape p = params.shape();
    Shape n = indices.shape();
    if (p.rank() == 0) {
      throw new InvalidArgumentException("params must have at least one dimension; it is a scalar");
    }
    int a = Dims.axis(axis, p.rank());
    long b = batchDims < 0 ? batchDims + n.rank() : batchDims;
    if (b < 0 || b > n.rank() || b > a) {
      throw new InvalidArgumentException(
          "batch_dims "
              + batchDims
              + " must be at most the axis, "
              + a
              + ", and the rank of indices, "
              + n.rank());
    }
    int batch = (int) b;
    if (!p.slice(0, batch).equals(n.slice(0, batch))) {
      throw new InvalidArgumentException(
          "the first " + batch + " dimensions of params " + p + " and indices " + n + " differ");
    }
    int batches = Dims.count(p.dims(), 0, batch);
    int outer = Dims.count(p.dims(), batch, a);
    int inner = Dims.count(p.dims(), a + 1, p.rank());
    int picks = Dims.count(n.dims(), batch, n.rank());
    int size = (int) p.dim(a);
    int good = Rows.countInRange(indices, size);
    if (good < indices.size()) {
      throw Rows.outOfRange(indices, good, size);
    }
    Shape to = p.slice(0, a).concat(n.sliceFrom(batch)).concat(p.sliceFrom(a + 1));
    Result r = new Result(params.dtype(), to);
    int at = 0;
    for (int i = 0; i < batches; i++) {
      for (int o = 0; o < outer; o++) {
        for (int k = 0; k < picks; k++) {
          int index = (int) indices.getLong(i * picks + k);
          r.copy(at, params, ((i * outer + o) * size + index) * inner, inner);
          at += inner;
        }
      }
    }
    return r.value();
  }

  /** The last dimension of the indices holds the first coordinates of a slice each. */
  private static void gatherNd(KernelContext c) {
    c.output(0, gatherNd(c.input(0), c.input(1)));
  }

  /**
   * The slices of {@code params} that the indices name.
   *
   * @throws InvalidArgumentException if one is out of range
   */
  static TensorValue gatherNd(TensorValue params, TensorValue indices) {
    Shape p = params.shape();
    Slices slices = new Slices(p, indices);
    Shape to = slices.outer.concat(p.sliceFrom(slices.depth));
    Result r = new Result(params.dtype(), to);
    for (int i = 0; i < slices.count; i++) {
      r.copy(i * slices.size, params, slices.at(i), slices.size);
    }
    return r.value();
  }
}
