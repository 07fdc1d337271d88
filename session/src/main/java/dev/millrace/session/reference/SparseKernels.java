package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.IntUnaryOperator;

/** Sparse tensors with dense ones, with each other, and their sums. */
final class SparseKernels {
  private SparseKernels() {}

  static void register(ReferenceKernels k) {
    k.add("SparseToDense", SparseKernels::toDense);
    k.add("SparseTensorDenseMatMul", SparseKernels::matMul);
    k.add("SparseTensorDenseAdd", SparseKernels::addDense);
    k.add("SparseDenseCwiseMul", c -> withDense(c, Scalars::multiply));
    k.add("SparseDenseCwiseAdd", c -> withDense(c, Scalars::add));
    k.add(
        "SparseDenseCwiseDiv",
        c -> withDense(c, (a, b) -> Scalars.divide(a, b, c.input(1).dtype())));
    k.add("SparseSoftmax", SparseKernels::softmax);
    k.add("SparseAdd", SparseKernels::add);
    k.add("SparseAddGrad", SparseKernels::addGrad);
    k.add("SparseSparseMaximum", c -> union(c, (a, b) -> Scalars.max(a, b, c.input(1).dtype())));
    k.add("SparseSparseMinimum", c -> union(c, (a, b) -> Scalars.min(a, b, c.input(1).dtype())));
    k.add("SparseReduceSum", c -> reduce(c, Scalars::add));
    k.add("SparseReduceMax", c -> reduce(c, (a, b) -> Scalars.max(a, b, c.input(1).dtype())));
    k.add("SparseReduceSumSparse", c -> reduceSparse(c, Scalars::add));
    k.add(
        "SparseReduceMaxSparse",
        c -> reduceSparse(c, (a, b) -> Scalars.max(a, b, c.input(1).dtype())));
    SparseArrangeKernels.register(k);
  }

  // ---- with dense tensors

  /** Indices may be a matrix, of places; a vector, of places in a vector; or one such place. */
  private static void toDense(KernelContext c) {
    TensorValue indices = c.input(0);
    TensorValue values = c.input(2);
    Shape shape = Dims.shape(Dims.requireRank(c.input(1), 1, "output_shape"), "output_shape");
    int rank = indices.shape().rank() == 2 ? (int) indices.shape().dim(1) : 1;
    long n = indices.shape().rank() == 0 ? 1 : indices.shape().dim(0);
    if (indices.shape().rank() > 2 || rank != shape.rank()) {
      throw new InvalidArgumentException(
          "sparse_indices of shape " + indices.shape() + " are no places in a tensor of " + shape);
    }
    if (values.shape().rank() > 1 || (values.shape().rank() == 1 && values.size() != n)) {
      throw new InvalidArgumentException(
          "sparse_values of shape " + values.shape() + " must be a scalar or " + n + " values");
    }
    long[][] places = SparseValue.rows(indices.reshape(Shape.matrix(n, rank)));
    boolean validate = c.attrs().getBool("validate_indices");
    Result r =
        Result.copyOf(Elements.filled(Dims.requireScalar(c.input(3), "default_value"), shape));
    for (int i = 0; i < places.length; i++) {
      for (int d = 0; d < rank; d++) {
        if (places[i][d] < 0 || places[i][d] >= shape.dim(d)) {
          throw bad(i, places[i], "is outside the shape " + shape);
        }
      }
      int order = i == 0 || !validate ? -1 : Arrays.compare(places[i - 1], places[i]);
      if (order >= 0) {
        throw bad(i, places[i], order == 0 ? "is repeated" : "is out of order");
      }
      r.copy(SparseValue.flat(places[i], shape.dims()), values, values.size() == 1 ? 0 : i);
    }
    c.output(0, r.value());
  }

  private static InvalidArgumentException bad(int i, long[] place, String what) {
    return new InvalidArgumentException("index " + i + ", " + Arrays.toString(place) + ", " + what);
  }

  /** As in TensorFlow 1.15, the adjoint of a is not conjugated, that of b is. */
  private static void matMul(KernelContext c) {
    SparseValue a = SparseValue.of(c, 0);
    TensorValue b = Dims.requireRank(c.input(3), 2, "b");
    if (a.rank() != 2) {
      throw new InvalidArgumentException("a must be a matrix, but has " + a.rank() + " dimensions");
    }
    boolean adjointA = c.attrs().getBool("adjoint_a");
    boolean adjointB = c.attrs().getBool("adjoint_b");
    long inner = a.shape()[adjointA ? 0 : 1];
    int rows = (int) a.shape()[adjointA ? 1 : 0];
    int columns = (int) b.shape().dim(adjointB ? 0 : 1);
    if (inner != b.shape().dim(adjointB ? 1 : 0)) {
      throw new InvalidArgumentException(
          "the inner dimensions of a, of shape "
              + Arrays.toString(a.shape())
              + ", and b, of shape "
              + b.shape()
              + ", differ");
    }
    Shape shape = Shape.matrix(rows, columns);
    int width = (int) b.shape().dim(1);
    IntUnaryOperator step = j -> adjointB ? j * width : j;
    if (a.dtype().isFloating()) {
      double[] sums = new double[Dims.count(shape)];
      for (int n = 0; n < a.size(); n++) {
        int row = (int) a.places()[n][adjointA ? 1 : 0] * columns;
        int k = (int) a.places()[n][adjointA ? 0 : 1] * (adjointB ? 1 : width);
        double x = a.values().getDouble(n);
        for (int j = 0; j < columns; j++) {
          sums[row + j] += x * b.getDouble(k + step.applyAsInt(j));
        }
      }
      c.output(0, ConvKernels.rounded(a.dtype(), shape, sums));
      return;
    }
    if (!a.dtype().isComplex() && !a.dtype().isInteger()) {
      throw Elementwise.unsupported(c, a.dtype());
    }
    List<Object> sums =
        new ArrayList<>(Collections.nCopies(Dims.count(shape), Scalars.zero(a.dtype())));
    for (int n = 0; n < a.size(); n++) {
      int row = (int) a.places()[n][adjointA ? 1 : 0] * columns;
      int k = (int) a.places()[n][adjointA ? 0 : 1] * (adjointB ? 1 : width);
      Object x = a.get(n);
      for (int j = 0; j < columns; j++) {
        Object y = Scalars.get(b, k + step.applyAsInt(j));
        Object product = Scalars.multiply(x, adjointB ? Scalars.conjugate(y) : y);
        sums.set(row + j, Scalars.add(sums.get(row + j), product));
      }
    }
    c.output(0, Scalars.tensor(a.dtype(), shape, sums));
  }

  private static void addDense(KernelContext c) {
    SparseValue a = SparseValue.of(c, 0);
    TensorValue b = c.input(3);
    if (!Shape.of(a.shape()).equals(b.shape())) {
      throw new InvalidArgumentException(
          "a, of shape "
              + Arrays.toString(a.shape())
              + ", and b, of shape "
              + b.shape()
              + ", differ");
    }
    List<Object> sums = new ArrayList<>();
    for (int i = 0; i < b.size(); i++) {
      sums.add(Scalars.get(b, i));
    }
    for (int n = 0; n < a.size(); n++) {
      int at = SparseValue.flat(a.places()[n], a.shape());
      sums.set(at, Scalars.add(sums.get(at), a.get(n)));
    }
    c.output(0, Scalars.tensor(b.dtype(), b.shape(), sums));
  }

  /** The dense tensor broadcasts to the sparse one's shape, never the reverse. */
  private static void withDense(KernelContext c, BinaryOperator<Object> f) {
    SparseValue a = SparseValue.of(c, 0);
    TensorValue b = c.input(3);
    Shape shape = Shape.of(a.shape());
    if (b.shape().rank() > a.rank()
        || !Broadcast.compatible(shape, b.shape())
        || !shape.broadcast(b.shape()).equals(shape)) {
      throw new InvalidArgumentException(
          "the dense tensor, of shape " + b.shape() + ", does not broadcast to " + shape);
    }
    IntUnaryOperator at = Broadcast.map(b.shape(), shape);
    List<Object> r = new ArrayList<>();
    for (int n = 0; n < a.size(); n++) {
      int i = at.applyAsInt(SparseValue.flat(a.places()[n], a.shape()));
      r.add(f.apply(a.get(n), Scalars.get(b, i)));
    }
    c.output(0, Scalars.tensor(a.dtype(), Shape.vector(a.size()), r));
  }

  /** Over the elements of each row that are there. */
  private static void softmax(KernelContext c) {
    SparseValue a = SparseValue.of(c, 0);
    if (a.rank() < 2) {
      throw new InvalidArgumentException("softmax needs at least a matrix, not a vector");
    }
    TreeMap<long[], List<Integer>> rows = new TreeMap<>(SparseValue.order());
    for (int i = 0; i < a.size(); i++) {
      long[] row = Arrays.copyOf(a.places()[i], a.rank() - 1);
      rows.computeIfAbsent(row, k -> new ArrayList<>()).add(i);
    }
    Result r = new Result(a.dtype(), Shape.vector(a.size()));
    for (List<Integer> row : rows.values()) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i : row) {
        max = Math.max(max, a.values().getDouble(i));
      }
      double sum = 0;
      for (int i : row) {
        sum += Math.exp(a.values().getDouble(i) - max);
      }
      for (int i : row) {
        r.setDouble(i, Math.exp(a.values().getDouble(i) - max) / sum);
      }
    }
    c.output(0, r.value());
  }

  // ---- with each other

  private static void requireSameShape(SparseValue a, SparseValue b) {
    if (!Arrays.equals(a.shape(), b.shape())) {
      throw new InvalidArgumentException(
          "both must have one dense shape, but have "
              + Arrays.toString(a.shape())
              + " and "
              + Arrays.toString(b.shape()));
    }
  }

  /** The next step of a walk through both, in their order: below 0 a's, above b's, 0 both. */
  private static int next(SparseValue a, int i, SparseValue b, int j) {
    if (i == a.size() || j == b.size()) {
      return i == a.size() ? 1 : -1;
    }
    return Arrays.compare(a.places()[i], b.places()[j]);
  }

  /** Sums of elements that are in both count only from the threshold on. */
  private static void add(KernelContext c) {
    SparseValue a = SparseValue.of(c, 0);
    SparseValue b = SparseValue.of(c, 3);
    requireSameShape(a, b);
    double threshold = Dims.requireScalar(c.input(6), "thresh").getDouble(0);
    List<long[]> places = new ArrayList<>();
    List<Object> sums = new ArrayList<>();
    for (int i = 0, j = 0; i < a.size() || j < b.size(); ) {
      int order = next(a, i, b, j);
      Object sum = order == 0 ? Scalars.add(a.get(i), b.get(j)) : order < 0 ? a.get(i) : b.get(j);
      if (order != 0 || Scalars.magnitude(sum) >= threshold) {
        places.add(order <= 0 ? a.places()[i] : b.places()[j]);
        sums.add(sum);
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    TensorValue values = Scalars.tensor(a.dtype(), Shape.vector(sums.size()), sums);
    SparseValue.output(c, 0, places, a.rank(), values, a.shape());
  }

  /** Each element of a and b that went into the sum gets its gradient, others 0. */
  private static void addGrad(KernelContext c) {
    TensorValue grad = Dims.requireRank(c.input(0), 1, "backprop_val_grad");
    long[][] sum = SparseValue.rows(c.input(3));
    if (sum.length != grad.size()) {
      throw new InvalidArgumentException(
          grad.size() + " gradients do not fit " + sum.length + " indices");
    }
    TreeMap<long[], Integer> places = new TreeMap<>(SparseValue.order());
    for (int i = 0; i < sum.length; i++) {
      places.put(sum[i], i);
    }
    for (int k = 0; k < 2; k++) {
      long[][] own = SparseValue.rows(c.input(1 + k));
      Result r = new Result(grad.dtype(), Shape.vector(own.length));
      for (int i = 0; i < own.length; i++) {
        Integer at = places.get(own[i]);
        if (at != null) {
          r.copy(i, grad, at);
        }
      }
      c.output(k, r.value());
    }
  }

  /** What is missing in one of both counts as 0. */
  private static void union(KernelContext c, BinaryOperator<Object> f) {
    SparseValue a = SparseValue.of(c, 0);
    SparseValue b = SparseValue.of(c, 3);
    requireSameShape(a, b);
    if (a.dtype().isComplex()) {
      throw Elementwise.unsupported(c, a.dtype());
    }
    Object zero = Scalars.zero(a.dtype());
    List<long[]> places = new ArrayList<>();
    List<Object> r = new ArrayList<>();
    for (int i = 0, j = 0; i < a.size() || j < b.size(); ) {
      int order = next(a, i, b, j);
      places.add(order <= 0 ? a.places()[i] : b.places()[j]);
      r.add(f.apply(order <= 0 ? a.get(i++) : zero, order >= 0 ? b.get(j++) : zero));
    }
    TensorValue values = Scalars.tensor(a.dtype(), Shape.vector(r.size()), r);
    SparseValue.output(c, 0, places, a.rank(), values, null);
  }

  // ---- reductions

  /** Which dimensions stay; without axes all of them do. */
  private static boolean[] kept(KernelContext c, SparseValue a) {
    boolean[] kept = new boolean[a.rank()];
    Arrays.fill(kept, true);
    for (long axis : c.input(3).toLongs()) {
      kept[Dims.axis(axis, a.rank())] = false;
    }
    return kept;
  }

  private static long[] shapeOf(SparseValue a, boolean[] kept, boolean keepDims) {
    return project(a.shape(), kept, keepDims, 1);
  }

  /** The kept parts of {@code x}; of the others {@code instead} or nothing. */
  private static long[] project(long[] x, boolean[] kept, boolean keepDims, long instead) {
    long[] r = new long[x.length];
    int n = 0;
    for (int d = 0; d < x.length; d++) {
      if (kept[d] || keepDims) {
        r[n++] = kept[d] ? x[d] : instead;
      }
    }
    return Arrays.copyOf(r, n);
  }

  /** What came together at each place, in row-major order. */
  private static Map<long[], Object> groups(
      SparseValue a, boolean[] kept, boolean keepDims, BinaryOperator<Object> f) {
    TreeMap<long[], Object> r = new TreeMap<>(SparseValue.order());
    for (int i = 0; i < a.size(); i++) {
      r.merge(project(a.places()[i], kept, keepDims, 0), a.get(i), f);
    }
    return r;
  }

  private static void reduce(KernelContext c, BinaryOperator<Object> f) {
    SparseValue a = SparseValue.of(c, 0);
    boolean[] kept = kept(c, a);
    boolean keepDims = c.attrs().getBool("keep_dims");
    long[] shape = shapeOf(a, kept, keepDims);
    List<Object> r =
        new ArrayList<>(Collections.nCopies(Dims.count(Shape.of(shape)), Scalars.zero(a.dtype())));
    groups(a, kept, keepDims, f).forEach((place, x) -> r.set(SparseValue.flat(place, shape), x));
    c.output(0, Scalars.tensor(a.dtype(), Shape.of(shape), r));
  }

  private static void reduceSparse(KernelContext c, BinaryOperator<Object> f) {
    SparseValue a = SparseValue.of(c, 0);
    boolean[] kept = kept(c, a);
    boolean keepDims = c.attrs().getBool("keep_dims");
    Map<long[], Object> groups = groups(a, kept, keepDims, f);
    long[] shape = shapeOf(a, kept, keepDims);
    DataType t = a.dtype();
    List<Object> values = new ArrayList<>(groups.values());
    SparseValue.output(
        c,
        0,
        new ArrayList<>(groups.keySet()),
        shape.length,
        Scalars.tensor(t, Shape.vector(values.size()), values),
        shape);
  }
}
