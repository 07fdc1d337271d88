package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Counting, finding among sorted numbers, and numbering of positions. */
final class CountingKernels {
  private CountingKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Bincount", CountingKernels::bincount);
    k.add("HistogramFixedWidth", CountingKernels::histogram);
    k.add("Bucketize", CountingKernels::bucketize);
    k.add("LowerBound", c -> bounds(c, false));
    k.add("UpperBound", c -> bounds(c, true));
    k.add("ListDiff", CountingKernels::difference);
    k.add("UnravelIndex", CountingKernels::unravel);
  }

  /** Numbers beyond the last bin are left out; without weights each counts 1. */
  private static void bincount(KernelContext c) {
    TensorValue x = c.input(0);
    long size = Dims.requireScalar(c.input(1), "size").getLong(0);
    TensorValue weights = c.input(2);
    if (size < 0) {
      throw new InvalidArgumentException("size must not be negative; it is " + size);
    }
    if (weights.size() != 0 && weights.size() != x.size()) {
      throw new InvalidArgumentException(
          "there must be a weight for each number, or none: shapes "
              + x.shape()
              + " and "
              + weights.shape());
    }
    Result r = new Result(weights.dtype(), Shape.vector(size));
    for (int i = 0; i < x.size(); i++) {
      int bin = x.ints()[i];
      if (bin < 0) {
        throw new InvalidArgumentException("numbers to count must not be negative: " + bin);
      }
      if (bin < size) {
        add(r, bin, weights, i);
      }
    }
    c.output(0, r.value());
  }

  private static void add(Result r, int bin, TensorValue weights, int i) {
    boolean weighted = weights.size() > 0;
    if (weights.dtype().isFloating()) {
      r.setDouble(bin, r.getDouble(bin) + (weighted ? weights.getDouble(i) : 1));
    } else {
      r.setLong(bin, r.getLong(bin) + (weighted ? weights.getLong(i) : 1));
    }
  }

  /** What lies outside the range counts in the first or last bin; NaN counts nowhere. */
  private static void histogram(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue range = c.input(1);
    if (!range.shape().equals(Shape.vector(2))) {
      throw new InvalidArgumentException(
          "value_range must have two elements; its shape is " + range.shape());
    }
    int bins = (int) Dims.requireScalar(c.input(2), "nbins").getLong(0);
    double low = range.getDouble(0);
    double high = range.getDouble(1);
    if (!(low < high)) {
      throw new InvalidArgumentException(
          "value_range must begin below its end; it is from " + low + " to " + high);
    }
    if (bins <= 0) {
      throw new InvalidArgumentException("nbins must be above 0; it is " + bins);
    }
    boolean single = x.dtype() == DataType.FLOAT32;
    double step = (single ? (float) (high - low) : high - low) / bins;
    Result r = new Result(c.attrs().getType("dtype"), Shape.vector(bins));
    for (int i = 0; i < x.size(); i++) {
      double v = x.getDouble(i);
      if (!Double.isNaN(v)) {
        double above = Math.max(v, low) - low;
        int bin = (int) Math.min(bins - 1.0, (single ? (float) above : above) / step);
        r.setLong(bin, r.getLong(bin) + 1);
      }
    }
    c.output(0, r.value());
  }

  private static void bucketize(KernelContext c) {
    List<Float> boundaries = c.attrs().getFloats("boundaries");
    for (int i = 1; i < boundaries.size(); i++) {
      if (!(boundaries.get(i - 1) <= boundaries.get(i))) {
        throw new InvalidArgumentException("boundaries must be sorted, not " + boundaries);
      }
    }
    TensorValue x = c.input(0);
    Result r = new Result(DataType.INT32, x.shape());
    for (int i = 0; i < x.size(); i++) {
      double v = x.getDouble(i);
      int n = 0;
      while (n < boundaries.size() && !(v < boundaries.get(n))) {
        n++;
      }
      r.setLong(i, n);
    }
    c.output(0, r.value());
  }

  /**
   * For each value how many elements of the sorted row are below it, or, for the upper bound, not
   * above it.
   */
  private static void bounds(KernelContext c, boolean upper) {
    TensorValue sorted = Dims.requireRank(c.input(0), 2, "sorted_inputs");
    TensorValue values = Dims.requireRank(c.input(1), 2, "values");
    DataType t = sorted.dtype();
    if (!t.isFloating() && !t.isInteger()) {
      throw Elementwise.unsupported(c, t);
    }
    int rows = (int) sorted.shape().dim(0);
    if (values.shape().dim(0) != rows) {
      throw new InvalidArgumentException(
          "sorted_inputs and values must have as many rows; their shapes are "
              + sorted.shape()
              + " and "
              + values.shape());
    }
    int n = (int) sorted.shape().dim(1);
    int m = (int) values.shape().dim(1);
    Result r = new Result(c.attrs().getType("out_type"), values.shape());
    for (int i = 0; i < rows * m; i++) {
      int from = i / m * n;
      int at = 0;
      int end = n;
      while (at < end) {
        int middle = (at + end) >>> 1;
        boolean further =
            upper
                ? !isBelow(values, i, sorted, from + middle)
                : isBelow(sorted, from + middle, values, i);
        if (further) {
          at = middle + 1;
        } else {
          end = middle;
        }
      }
      r.setLong(i, at);
    }
    c.output(0, r.value());
  }

  private static boolean isBelow(TensorValue x, int i, TensorValue y, int j) {
    return x.dtype().isFloating()
        ? x.getDouble(i) < y.getDouble(j)
        : IntegerArithmetic.compare(x.getLong(i), y.getLong(j), x.dtype()) < 0;
  }

  /** The elements of x that y does not have, and their indices. */
  private static void difference(KernelContext c) {
    TensorValue x = Dims.requireRank(c.input(0), 1, "x");
    TensorValue y = Dims.requireRank(c.input(1), 1, "y");
    Set<Object> out = new HashSet<>();
    for (int i = 0; i < y.size(); i++) {
      out.add(SearchKernels.key(c, y, i));
    }
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      if (!out.contains(SearchKernels.key(c, x, i))) {
        left.add(i);
      }
    }
    int[] at = left.stream().mapToInt(Integer::intValue).toArray();
    c.output(0, Elements.pick(x, Shape.vector(at.length), at));
    c.output(
        1, Dims.vector(c.attrs().getType("out_idx"), left.stream().mapToLong(i -> i).toArray()));
  }

  /** The coordinates of flat indices into a tensor of the shape that input 1 spells. */
  private static void unravel(KernelContext c) {
    TensorValue indices = c.input(0);
    if (indices.shape().rank() > 1) {
      throw new InvalidArgumentException(
          "indices must be a scalar or a vector, not of shape " + indices.shape());
    }
    Shape dims = Dims.shape(Dims.requireRank(c.input(1), 1, "dims"), "dims");
    int n = indices.size();
    long[] strides = new long[dims.rank()];
    long size = 1;
    for (int d = dims.rank() - 1; d >= 0; d--) {
      strides[d] = size;
      size = Math.multiplyExact(size, dims.dim(d));
    }
    Result r = new Result(indices.dtype(), Shape.vector(dims.rank()).concat(indices.shape()));
    for (int i = 0; i < n; i++) {
      long index = indices.getLong(i);
      if (index < 0 || index >= size) {
        throw new InvalidArgumentException(
            "index " + index + " lies outside a tensor of shape " + dims);
      }
      for (int d = 0; d < strides.length; d++) {
        r.setLong(d * n + i, index / strides[d] % dims.dim(d));
      }
    }
    c.output(0, r.value());
  }
}
