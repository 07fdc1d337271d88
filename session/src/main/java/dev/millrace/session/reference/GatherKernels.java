package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** Picking slices by index, and putting slices where an index says. */
final class GatherKernels {
  private GatherKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Gather", c -> c.output(0, gather(c.input(0), c.input(1), 0, 0)));
    k.add("GatherV2", GatherKernels::gatherV2);
    k.add("GatherNd", GatherKernels::gatherNd);
    k.add("ScatterNd", GatherKernels::scatterNd);
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
    TensorValue params = c.input(0);
    Shape p = params.shape();
    Slices slices = new Slices(p, c.input(1));
    Shape to = slices.outer.concat(p.sliceFrom(slices.depth));
    Result r = new Result(params.dtype(), to);
    for (int i = 0; i < slices.count; i++) {
      r.copy(i * slices.size, params, slices.at(i), slices.size);
    }
    c.output(0, r.value());
  }

  /** Slices at the same place are added up. */
  private static void scatterNd(KernelContext c) {
    TensorValue updates = c.input(1);
    Shape to = Dims.shape(Dims.requireRank(c.input(2), 1, "shape"), "shape");
    Slices slices = new Slices(to, c.input(0));
    Shape expected = slices.outer.concat(to.sliceFrom(slices.depth));
    if (!updates.shape().equals(expected)) {
      throw new InvalidArgumentException(
          "updates of shape "
              + updates.shape()
              + " must be of shape "
              + expected
              + " for indices of shape "
              + c.input(0).shape()
              + " and the output shape "
              + to);
    }
    TensorValue sum = TensorValue.zeros(updates.dtype(), to);
    for (int i = 0; i < slices.count; i++) {
      int at = slices.at(i);
      for (int k = 0; k < slices.size; k++) {
        add(c, sum, at + k, updates, i * slices.size + k);
      }
    }
    c.output(0, sum);
  }

  /** Adds into a value that nobody has seen yet. */
  private static void add(KernelContext c, TensorValue to, int at, TensorValue x, int i) {
    DataType t = x.dtype();
    Result r = new Result(t, Shape.scalar());
    if (t.isFloating()) {
      r.setDouble(0, to.getDouble(at) + x.getDouble(i));
    } else if (t.isInteger()) {
      r.setLong(0, to.getLong(at) + x.getLong(i));
    } else if (t == DataType.BOOL) {
      r.setBoolean(0, to.getBoolean(at) || x.getBoolean(i));
    } else {
      throw Elementwise.unsupported(c, t);
    }
    Elements.copy(t, r.value().data(), 0, to.data(), at, 1);
  }

  /** The slices of a tensor that an index tensor names. */
  private static final class Slices {
    /** The shape of the index tensor without its last dimension. */
    final Shape outer;

    /** How many coordinates an index has. */
    final int depth;

    /** How many slices are named. */
    final int count;

    /** The elements in a slice. */
    final int size;

    private final Shape of;
    private final TensorValue indices;

    Slices(Shape of, TensorValue indices) {
      Shape n = indices.shape();
      if (n.rank() == 0 || n.dim(-1) > of.rank()) {
        throw new InvalidArgumentException(
            "indices of shape "
                + n
                + " must have from one to "
                + of.rank()
                + " coordinates in the last dimension, for the shape "
                + of);
      }
      this.of = of;
      this.indices = indices;
      outer = n.slice(0, n.rank() - 1);
      depth = (int) n.dim(-1);
      count = Dims.count(outer);
      size = Dims.count(of.dims(), depth, of.rank());
    }

    /** Where slice {@code i} begins. */
    int at(int i) {
      int at = 0;
      for (int d = 0; d < depth; d++) {
        long index = indices.getLong(i * depth + d);
        if (index < 0 || index >= of.dim(d)) {
          throw new InvalidArgumentException(
              "indices"
                  + Rows.place(outer, i)
                  + " = "
                  + coordinates(i)
                  + " does not index into shape "
                  + of);
        }
        at = at * (int) of.dim(d) + (int) index;
      }
      return at * size;
    }

    private String coordinates(int i) {
      long[] x = new long[depth];
      for (int d = 0; d < depth; d++) {
        x[d] = indices.getLong(i * depth + d);
      }
      return Arrays.toString(x).replace(" ", "");
    }
  }
}
