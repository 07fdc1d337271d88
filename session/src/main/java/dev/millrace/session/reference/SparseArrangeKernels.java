package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Sparse tensors in other arrangements, their empty rows, and distances between sequences. */
final class SparseArrangeKernels {
  private SparseArrangeKernels() {}

  static void register(ReferenceKernels k) {
    CrossKernel.register(k);
    k.add("SparseConcat", SparseArrangeKernels::concat);
    k.add("SparseSplit", SparseArrangeKernels::split);
    k.add("SparseSlice", SparseArrangeKernels::slice);
    k.add("SparseSliceGrad", SparseArrangeKernels::sliceGrad);
    k.add("SparseReorder", SparseArrangeKernels::reorder);
    k.add("SparseReshape", SparseArrangeKernels::reshape);
    k.add("SparseFillEmptyRows", SparseArrangeKernels::fillEmptyRows);
    k.add("SparseFillEmptyRowsGrad", SparseArrangeKernels::fillEmptyRowsGrad);
    k.add("EditDistance", SparseArrangeKernels::editDistance);
  }

  /** Elements of several sparse tensors, in row-major order of their places. */
  private static void concat(KernelContext c) {
    int n = c.inputCount() / 3;
    List<long[]> places = new ArrayList<>();
    List<TensorValue> sources = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    long[] shape = null;
    for (int k = 0; k < n; k++) {
      SparseValue v = SparseValue.of(c.input(k), c.input(n + k), c.input(2 * n + k));
      int axis = Dims.axis(c.attrs().getInt("concat_dim"), v.rank());
      if (shape == null) {
        shape = v.shape().clone();
        shape[axis] = 0;
      }
      long[] other = v.shape().clone();
      other[axis] = shape.length == other.length ? shape[axis] : 0;
      if (!Arrays.equals(shape, other)) {
        throw new InvalidArgumentException(
            "the inputs' shapes may differ along dimension "
                + axis
                + " only, but input "
                + k
                + " is of "
                + Arrays.toString(v.shape()));
      }
      for (int i = 0; i < v.size(); i++) {
        long[] place = v.places()[i].clone();
        place[axis] += shape[axis];
        places.add(place);
        sources.add(v.values());
        numbers.add(i);
      }
      shape[axis] += v.shape()[axis];
    }
    DataType t = c.input(n).dtype();
    SparseValue all =
        new SparseValue(
            places.toArray(new long[0][]),
            TensorValue.zeros(t, Shape.vector(places.size())),
            shape);
    Object data = TensorValue.newStorage(t, places.size());
    List<long[]> sorted = new ArrayList<>();
    for (int i : all.sorted()) {
      Elements.copy(t, sources.get(i).data(), numbers.get(i), data, sorted.size(), 1);
      sorted.add(places.get(i));
    }
    TensorValue values = TensorValue.wrap(t, Shape.vector(sorted.size()), data);
    SparseValue.output(c, 0, sorted, shape.length, values, shape);
  }

  /** The first parts have one row more, as long as there are such. */
  private static void split(KernelContext c) {
    SparseValue a = SparseValue.of(c, 1);
    int axis = Dims.axis(Dims.requireScalar(c.input(0), "split_dim").getLong(0), a.rank());
    int n = (int) c.attrs().getInt("num_split");
    long size = a.shape()[axis];
    if (n > size) {
      throw new InvalidArgumentException(
          "dimension " + axis + " of size " + size + " cannot be split into " + n + " parts");
    }
    long from = 0;
    for (int k = 0; k < n; k++) {
      long width = size / n + (k < size % n ? 1 : 0);
      long[] shape = a.shape().clone();
      shape[axis] = width;
      List<long[]> places = new ArrayList<>();
      List<Integer> which = new ArrayList<>();
      for (int i = 0; i < a.size(); i++) {
        long at = a.places()[i][axis] - from;
        if (at >= 0 && at < width) {
          long[] place = a.places()[i].clone();
          place[axis] = at;
          places.add(place);
          which.add(i);
        }
      }
      c.output(k, SparseValue.matrix(places, a.rank()));
      c.output(n + k, SparseValue.picked(a.values(), which));
      c.output(2 * n + k, TensorValue.ofLongs(shape));
      from += width;
    }
  }

  /** What lies past the end is left out of the shape, too. */
  private static void slice(KernelContext c) {
    SparseValue a = SparseValue.of(c, 0);
    long[] start = c.input(3).toLongs();
    long[] size = c.input(4).toLongs();
    if (start.length != a.rank() || size.length != a.rank()) {
      throw new InvalidArgumentException(
          "start and size must have "
              + a.rank()
              + " elements each, not "
              + start.length
              + " and "
              + size.length);
    }
    long[] shape = new long[a.rank()];
    for (int d = 0; d < shape.length; d++) {
      if (start[d] < 0 || size[d] < 0) {
        throw new InvalidArgumentException(
            "start and size must not be negative, but are "
                + Arrays.toString(start)
                + " and "
                + Arrays.toString(size));
      }
      shape[d] = Math.max(0, Math.min(size[d], a.shape()[d] - start[d]));
    }
    List<long[]> places = new ArrayList<>();
    List<Integer> which = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      long[] place = moved(a.places()[i], start, -1);
      boolean inside = true;
      for (int d = 0; d < shape.length; d++) {
        inside &= place[d] >= 0 && place[d] < shape[d];
      }
      if (inside) {
        places.add(place);
        which.add(i);
      }
    }
    SparseValue.output(c, 0, places, a.rank(), SparseValue.picked(a.values(), which), shape);
  }

  private static long[] moved(long[] place, long[] by, int sign) {
    long[] r = place.clone();
    for (int d = 0; d < r.length; d++) {
      r[d] += sign * by[d];
    }
    return r;
  }

  /** Each element of the input that is in the slice gets its gradient, others 0. */
  private static void sliceGrad(KernelContext c) {
    TensorValue grad = Dims.requireRank(c.input(0), 1, "backprop_val_grad");
    long[][] in = SparseValue.rows(Dims.requireRank(c.input(1), 2, "input_indices"));
    long[] start = c.input(2).toLongs();
    long[][] out = SparseValue.rows(Dims.requireRank(c.input(3), 2, "output_indices"));
    TreeMap<long[], Integer> places = new TreeMap<>(SparseValue.order());
    for (int i = 0; i < out.length; i++) {
      places.put(moved(out[i], start, 1), i);
    }
    Result r = new Result(grad.dtype(), Shape.vector(in.length));
    for (int i = 0; i < in.length; i++) {
      Integer at = places.get(in[i]);
      if (at != null) {
        r.copy(i, grad, at);
      }
    }
    c.output(0, r.value());
  }

  private static void reorder(KernelContext c) {
    SparseValue a = SparseValue.of(c, 0);
    List<long[]> places = new ArrayList<>();
    List<Integer> which = new ArrayList<>();
    for (int i : a.sorted()) {
      places.add(a.places()[i]);
      which.add(i);
    }
    SparseValue.output(c, 0, places, a.rank(), SparseValue.picked(a.values(), which), null);
  }

  private static void reshape(KernelContext c) {
    long[] from = Dims.shape(Dims.requireRank(c.input(1), 1, "input_shape"), "input_shape").dims();
    long[] to = Dims.requireRank(c.input(2), 1, "new_shape").toLongs();
    long size = product(from, -1);
    int open = -1;
    for (int d = 0; d < to.length; d++) {
      if (to[d] < -1 || (to[d] == -1 && open >= 0)) {
        throw new InvalidArgumentException(
            "new_shape must have sizes, and one -1 at most, but is " + Arrays.toString(to));
      }
      open = to[d] == -1 ? d : open;
    }
    if (open >= 0) {
      long rest = product(to, open);
      if (rest == 0) {
        throw new InvalidArgumentException(
            "the open size of " + Arrays.toString(to) + " cannot be told, since another is 0");
      }
      to[open] = size / rest;
    }
    if (product(to, -1) != size) {
      throw new InvalidArgumentException(
          "a sparse tensor of shape "
              + Arrays.toString(from)
              + " has not as many elements as one of "
              + Arrays.toString(to));
    }
    List<long[]> places = new ArrayList<>();
    for (long[] place : SparseValue.rows(Dims.requireRank(c.input(0), 2, "input_indices"))) {
      long rest = 0;
      for (int d = 0; d < from.length; d++) {
        rest = rest * from[d] + place[d];
      }
      long[] r = new long[to.length];
      for (int d = to.length - 1; d >= 0; d--) {
        r[d] = to[d] == 0 ? 0 : rest % to[d];
        rest = to[d] == 0 ? 0 : rest / to[d];
      }
      places.add(r);
    }
    c.output(0, SparseValue.matrix(places, to.length));
    c.output(1, TensorValue.ofLongs(to));
  }

  private static long product(long[] dims, int without) {
    long n = 1;
    for (int d = 0; d < dims.length; d++) {
      n = d == without ? n : Math.multiplyExact(n, dims[d]);
    }
    return n;
  }

  // ---- empty rows

  /** Rows in ascending order; in each, the elements in theirs, or the default one at its start. */
  private static void fillEmptyRows(KernelContext c) {
    SparseValue a = SparseValue.of(c, 0);
    TensorValue filler = Dims.requireScalar(c.input(3), "default_value");
    if (a.rank() == 0) {
      throw new InvalidArgumentException("the sparse tensor has no rows: it is of rank 0");
    }
    int rows = (int) a.shape()[0];
    List<List<Integer>> byRow = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      byRow.add(new ArrayList<>());
    }
    for (int i = 0; i < a.size(); i++) {
      byRow.get((int) a.places()[i][0]).add(i);
    }
    long[] reverse = new long[a.size()];
    Result empty = new Result(DataType.BOOL, Shape.vector(rows));
    int n = (int) (a.size() + byRow.stream().filter(List::isEmpty).count());
    Result values = new Result(a.dtype(), Shape.vector(n));
    List<long[]> places = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      empty.setBoolean(row, byRow.get(row).isEmpty());
      if (byRow.get(row).isEmpty()) {
        values.copy(places.size(), filler, 0);
        long[] place = new long[a.rank()];
        place[0] = row;
        places.add(place);
      }
      for (int i : byRow.get(row)) {
        reverse[i] = places.size();
        values.copy(places.size(), a.values(), i);
        places.add(a.places()[i]);
      }
    }
    SparseValue.output(c, 0, places, a.rank(), values.value(), null);
    c.output(2, empty.value());
    c.output(3, TensorValue.ofLongs(reverse));
  }

  /** Each element gets back what stands at its new place; the default value, the rest's sum. */
  private static void fillEmptyRowsGrad(KernelContext c) {
    long[] reverse = Dims.requireRank(c.input(0), 1, "reverse_index_map").toLongs();
    TensorValue grad = Dims.requireRank(c.input(1), 1, "grad_values");
    Result r = new Result(grad.dtype(), Shape.vector(reverse.length));
    boolean[] taken = new boolean[grad.size()];
    for (int i = 0; i < reverse.length; i++) {
      if (reverse[i] < 0 || reverse[i] >= taken.length) {
        throw new InvalidArgumentException(
            "reverse_index_map has " + reverse[i] + " for " + taken.length + " gradients");
      }
      taken[(int) reverse[i]] = true;
      r.copy(i, grad, (int) reverse[i]);
    }
    Object sum = Scalars.zero(grad.dtype());
    for (int i = 0; i < taken.length; i++) {
      sum = taken[i] ? sum : Scalars.add(sum, Scalars.get(grad, i));
    }
    c.output(0, r.value());
    c.output(1, Scalars.tensor(grad.dtype(), Shape.scalar(), List.of(sum)));
  }

  // ---- distances

  /** Levenshtein's, of the sequences along the last dimension. */
  private static void editDistance(KernelContext c) {
    SparseValue h = SparseValue.of(c, 0);
    SparseValue t = SparseValue.of(c, 3);
    if (h.rank() != t.rank() || h.rank() == 0) {
      throw new InvalidArgumentException(
          "hypothesis and truth must have one rank of 1 or more, but are of "
              + h.rank()
              + " and "
              + t.rank());
    }
    long[] shape = new long[h.rank() - 1];
    for (int d = 0; d < shape.length; d++) {
      shape[d] = Math.max(h.shape()[d], t.shape()[d]);
    }
    boolean normalize = c.attrs().getBool("normalize");
    List<List<Integer>> hypotheses = sequences(h, shape);
    List<List<Integer>> truths = sequences(t, shape);
    Result r = new Result(DataType.FLOAT32, Shape.of(shape));
    for (int i = 0; i < hypotheses.size(); i++) {
      int n = truths.get(i).size();
      double distance = distance(h.values(), hypotheses.get(i), t.values(), truths.get(i));
      double none = hypotheses.get(i).isEmpty() ? 0 : Double.POSITIVE_INFINITY;
      r.setDouble(i, !normalize ? distance : n == 0 ? none : (float) distance / (float) n);
    }
    c.output(0, r.value());
  }

  /** The numbers of the elements of each sequence, in order. */
  private static List<List<Integer>> sequences(SparseValue v, long[] shape) {
    List<List<Integer>> r = new ArrayList<>();
    for (int i = 0; i < Dims.count(Shape.of(shape)); i++) {
      r.add(new ArrayList<>());
    }
    for (int i = 0; i < v.size(); i++) {
      r.get(SparseValue.flat(Arrays.copyOf(v.places()[i], shape.length), shape)).add(i);
    }
    return r;
  }

  private static int distance(TensorValue a, List<Integer> from, TensorValue b, List<Integer> to) {
    int[] row = new int[to.size() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.size(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (same(a, from.get(i - 1), b, to.get(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.size()];
  }

  private static boolean same(TensorValue a, int i, TensorValue b, int j) {
    if (a.dtype() == DataType.STRING) {
      return Arrays.equals(a.strings()[i], b.strings()[j]);
    }
    return a.dtype().isFloating()
        ? a.getDouble(i) == b.getDouble(j)
        : Scalars.get(a, i).equals(Scalars.get(b, j));
  }
}
