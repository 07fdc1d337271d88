package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.ArrayList;
import java.util.List;

/**
 * Sparse tensors ({@link Ops#sparse}): tf.sparse.
 *
 * <pre>{@code
 * SparseTensor x = tf.sparse().of(new long[][] {{0, 1}, {2, 0}}, new float[] {3, 4}, new long[] {3, 3});
 * Tensor y = tf.sparse().matmul(x, w);
 * }</pre>
 */
public final class Sparse {
  private final Ops ops;

  Sparse(Ops ops) {
    this.ops = ops;
  }

  // ---- making

  /**
   * A sparse tensor of its three parts, tensors or Java arrays.
   *
   * @param indices [n, rank] of int64
   * @param values n elements
   * @param denseShape int64
   */
  public SparseTensor of(Object indices, Object values, Object denseShape) {
    return new SparseTensor(
        int64(indices, "indices"),
        ops.tensor(ops.convert(values, null, "values")),
        int64(denseShape, "shape"));
  }

  private Tensor int64(Object x, String name) {
    return ops.tensor(ops.convert(x, DataType.INT64, name));
  }

  /** The elements of a dense tensor that are not 0, or not empty (Where, GatherNd). */
  public SparseTensor fromDense(Object x) {
    Tensor t = ops.tensor(ops.convert(x, null, "tensor"));
    Object zero = t.dtype() == DataType.STRING ? "" : ops.zerosLike(t);
    Tensor at = ops.where(ops.notEqual(t, zero));
    return new SparseTensor(at, ops.gatherNd(t, at), ops.shapeTensor(t).cast(DataType.INT64));
  }

  private SparseTensor sparse(Operation op, int from) {
    return new SparseTensor(
        ops.tensor(op.output(from)),
        ops.tensor(op.output(from + 1)),
        ops.tensor(op.output(from + 2)));
  }

  private OpBuilder begin(String type, SparseTensor x) {
    return ops.op(type, null).input(x.indices()).input(x.values()).input(x.denseShape());
  }

  private static OpBuilder and(OpBuilder b, SparseTensor y) {
    return b.input(y.indices()).input(y.values()).input(y.denseShape());
  }

  /** A Java number becomes one of x's dtype where none is changed by it. */
  private Output like(SparseTensor x, Object y, String name) {
    boolean narrow = y instanceof Long && x.dtype() == DataType.INT32;
    return ops.convert(narrow ? (Object) Math.toIntExact((Long) y) : y, x.dtype(), name);
  }

  // ---- with dense tensors

  /** The dense tensor, with 0, false or "" where x has nothing (SparseToDense). */
  public Tensor toDense(SparseTensor x) {
    Object zero =
        x.dtype() == DataType.STRING
            ? ""
            : x.dtype() == DataType.BOOL ? (Object) false : ops.zeros(x.dtype());
    return toDense(x, zero);
  }

  /** The dense tensor, with a value of its own where x has nothing (SparseToDense). */
  public Tensor toDense(SparseTensor x, Object defaultValue) {
    Output filler = like(x, defaultValue, "default_value");
    return ops.finish(
        ops.op("SparseToDense", null)
            .input(x.indices())
            .input(x.denseShape())
            .input(x.values())
            .input(filler));
  }

  /** Which elements are there: bool of x's dense shape. */
  public Tensor toIndicator(SparseTensor x) {
    Tensor yes = ops.fill(ops.shapeTensor(x.values()), true);
    return toDense(x.withValues(yes), false);
  }

  /** The matrix product {@code x b} (SparseTensorDenseMatMul). */
  public Tensor matmul(SparseTensor x, Object b) {
    return matmul(x, b, false, false);
  }

  /**
   * The matrix product with x or b transposed first. Of complex numbers b's adjoint is conjugated,
   * x's is not: as TensorFlow 1.15 computes it.
   */
  public Tensor matmul(SparseTensor x, Object b, boolean adjointX, boolean adjointB) {
    Output dense = like(x, b, "b");
    return ops.finish(
        begin("SparseTensorDenseMatMul", x)
            .input(dense)
            .attr("adjoint_a", adjointX)
            .attr("adjoint_b", adjointB));
  }

  /** The dense sum of x and a dense tensor of its shape (SparseTensorDenseAdd). */
  public Tensor addDense(SparseTensor x, Object y) {
    Output dense = like(x, y, "b");
    return ops.finish(begin("SparseTensorDenseAdd", x).input(dense));
  }

  /** x times a dense tensor that broadcasts to its shape (SparseDenseCwiseMul). */
  public SparseTensor multiply(SparseTensor x, Object y) {
    return withDense("SparseDenseCwiseMul", x, y);
  }

  /** x divided by a dense tensor that broadcasts to its shape (SparseDenseCwiseDiv). */
  public SparseTensor divide(SparseTensor x, Object y) {
    return withDense("SparseDenseCwiseDiv", x, y);
  }

  private SparseTensor withDense(String type, SparseTensor x, Object y) {
    Output dense = like(x, y, "dense");
    return x.withValues(ops.finish(begin(type, x).input(dense)));
  }

  /** The softmax over the elements of each row that are there (SparseSoftmax). */
  public SparseTensor softmax(SparseTensor x) {
    return x.withValues(ops.finish(begin("SparseSoftmax", x)));
  }

  // ---- with each other

  /** The sum of two sparse tensors of one shape (SparseAdd). */
  public SparseTensor add(SparseTensor x, SparseTensor y) {
    return add(x, y, 0);
  }

  /**
   * The sum, without the elements of both whose sum's magnitude is below {@code threshold}.
   *
   * @param threshold a number of the elements' real dtype
   */
  public SparseTensor add(SparseTensor x, SparseTensor y, Object threshold) {
    DataType real =
        switch (x.dtype()) {
          case COMPLEX64 -> DataType.FLOAT32;
          case COMPLEX128 -> DataType.FLOAT64;
          default -> x.dtype();
        };
    Output limit = ops.convert(threshold, real, "thresh");
    return sparse(and(begin("SparseAdd", x), y).input(limit).build(), 0);
  }

  /** The greater one element by element, what is missing counting as 0 (SparseSparseMaximum). */
  public SparseTensor maximum(SparseTensor x, SparseTensor y) {
    return extreme("SparseSparseMaximum", x, y);
  }

  /** The lesser one element by element, what is missing counting as 0 (SparseSparseMinimum). */
  public SparseTensor minimum(SparseTensor x, SparseTensor y) {
    return extreme("SparseSparseMinimum", x, y);
  }

  private SparseTensor extreme(String type, SparseTensor x, SparseTensor y) {
    Operation op = and(begin(type, x), y).build();
    return new SparseTensor(ops.tensor(op.output(0)), ops.tensor(op.output(1)), x.denseShape());
  }

  // ---- reductions

  /** The sums along axes, all of them where none is named: dense (SparseReduceSum). */
  public Tensor reduceSum(SparseTensor x, boolean keepDims, int... axes) {
    return ops.finish(reduction("SparseReduceSum", x, keepDims, axes));
  }

  /** The greatest along axes; 0 where nothing is there (SparseReduceMax). */
  public Tensor reduceMax(SparseTensor x, boolean keepDims, int... axes) {
    return ops.finish(reduction("SparseReduceMax", x, keepDims, axes));
  }

  /** The sums along axes where there are elements (SparseReduceSumSparse). */
  public SparseTensor reduceSumSparse(SparseTensor x, boolean keepDims, int... axes) {
    return sparse(reduction("SparseReduceSumSparse", x, keepDims, axes).build(), 0);
  }

  /** The greatest along axes where there are elements (SparseReduceMaxSparse). */
  public SparseTensor reduceMaxSparse(SparseTensor x, boolean keepDims, int... axes) {
    return sparse(reduction("SparseReduceMaxSparse", x, keepDims, axes).build(), 0);
  }

  private OpBuilder reduction(String type, SparseTensor x, boolean keepDims, int... axes) {
    Tensor along = axes.length > 0 ? ops.constant(axes) : ops.range(ops.sizeTensor(x.denseShape()));
    return begin(type, x).input(along).attr("keep_dims", keepDims);
  }

  // ---- other arrangements

  /** Sparse tensors one behind another along {@code axis} (SparseConcat). */
  public SparseTensor concat(int axis, List<SparseTensor> xs) {
    if (xs.size() < 2) {
      throw GraphApi.error("concat takes two sparse tensors or more, not " + xs.size());
    }
    List<Tensor> indices = new ArrayList<>();
    List<Tensor> values = new ArrayList<>();
    List<Tensor> shapes = new ArrayList<>();
    for (SparseTensor x : xs) {
      indices.add(x.indices());
      values.add(x.values());
      shapes.add(x.denseShape());
    }
    OpBuilder b = ops.op("SparseConcat", null);
    b.inputList(indices).inputList(values).inputList(shapes);
    return sparse(b.attr("concat_dim", axis).build(), 0);
  }

  /** {@code n} parts along {@code axis}, the first ones larger by one if need be (SparseSplit). */
  public List<SparseTensor> split(SparseTensor x, int n, int axis) {
    OpBuilder b = ops.op("SparseSplit", null).input(ops.constant((long) axis));
    Operation op = and(b, x).attr("num_split", n).build();
    List<SparseTensor> r = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      r.add(
          new SparseTensor(
              ops.tensor(op.output(i)),
              ops.tensor(op.output(n + i)),
              ops.tensor(op.output(2 * n + i))));
    }
    return r;
  }

  /** The part from {@code start} on, of that size; it ends where x does (SparseSlice). */
  public SparseTensor slice(SparseTensor x, Object start, Object size) {
    Output from = ops.convert(start, DataType.INT64, "start");
    Output extent = ops.convert(size, DataType.INT64, "size");
    return sparse(begin("SparseSlice", x).input(from).input(extent).build(), 0);
  }

  /** The elements in row-major order of their places (SparseReorder). */
  public SparseTensor reorder(SparseTensor x) {
    Operation op = begin("SparseReorder", x).build();
    return new SparseTensor(ops.tensor(op.output(0)), ops.tensor(op.output(1)), x.denseShape());
  }

  /** The same elements in another shape, of which one size may be -1 (SparseReshape). */
  public SparseTensor reshape(SparseTensor x, Object shape) {
    Output to = ops.convert(shape, DataType.INT64, "shape");
    Operation op =
        ops.op("SparseReshape", null).input(x.indices()).input(x.denseShape()).input(to).build();
    return new SparseTensor(ops.tensor(op.output(0)), x.values(), ops.tensor(op.output(1)));
  }

  /** The elements where {@code keep}, a bool vector, is true. */
  public SparseTensor retain(SparseTensor x, Object keep) {
    Tensor at = ops.reshape(ops.where(keep), -1);
    return new SparseTensor(
        ops.gather(x.indices(), at), ops.gather(x.values(), at), x.denseShape());
  }

  /** {@link #fillEmptyRows}'s two results: the filled tensor, and which rows were empty. */
  public record Filled(SparseTensor tensor, Tensor emptyRows) {}

  /** x with one element, {@code value}, at the start of each row that has none. */
  public Filled fillEmptyRows(SparseTensor x, Object value) {
    Output filler = like(x, value, "default_value");
    Operation op = begin("SparseFillEmptyRows", x).input(filler).build();
    SparseTensor filled =
        new SparseTensor(ops.tensor(op.output(0)), ops.tensor(op.output(1)), x.denseShape());
    return new Filled(filled, ops.tensor(op.output(2)));
  }

  /** {@link #crossHashed}'s usual key. */
  public static final long HASH_KEY = 0xDECAFCAFFEL;

  /**
   * In each row all combinations of the columns' features, one of each, as text joined by {@code
   * _X_} (SparseCross). Sparse columns come before dense ones.
   *
   * @param columns sparse and dense tensors, [batch, features]: strings or integers
   */
  public SparseTensor cross(List<?> columns) {
    return cross(columns, false, 0, HASH_KEY);
  }

  /**
   * As {@link #cross}, as numbers of buckets: int64.
   *
   * @param buckets how many; 0 for as many as there are numbers
   * @param key another one gives other numbers
   */
  public SparseTensor crossHashed(List<?> columns, long buckets, long key) {
    return cross(columns, true, buckets, key);
  }

  private SparseTensor cross(List<?> columns, boolean hashed, long buckets, long key) {
    if (GraphApi.given(columns, "the columns").isEmpty()) {
      throw GraphApi.error("there must be a column at least to cross");
    }
    try (var s = ops.graph().nameScope("SparseCross")) {
      List<Output> indices = new ArrayList<>();
      List<Output> values = new ArrayList<>();
      List<Output> shapes = new ArrayList<>();
      List<Output> dense = new ArrayList<>();
      boolean texts = true;
      for (Object c : columns) {
        boolean sparse = c instanceof SparseTensor;
        Object features = sparse ? ((SparseTensor) c).values() : c;
        Output f = feature(ops.convert(features, null, "column"));
        texts &= f.dtype() == DataType.STRING;
        (sparse ? values : dense).add(f);
        if (c instanceof SparseTensor x) {
          indices.add(x.indices().asOutput());
          shapes.add(x.denseShape().asOutput());
        }
      }
      OpBuilder b =
          ops.op("SparseCross", s.name())
              .inputList(indices)
              .inputList(values)
              .inputList(shapes)
              .inputList(dense)
              .attr("hashed_output", hashed)
              .attr("num_buckets", buckets)
              .attr("hash_key", key)
              .attr("out_type", hashed ? DataType.INT64 : DataType.STRING)
              .attr("internal_type", texts ? DataType.STRING : DataType.INT64);
      return sparse(b.build(), 0);
    }
  }

  private Output feature(Output x) {
    if (x.dtype() == DataType.STRING) {
      return x;
    }
    if (!x.dtype().isInteger()) {
      throw GraphApi.error("features are strings or whole numbers, not " + Results.describe(x));
    }
    return ops.cast(x, DataType.INT64).asOutput();
  }

  /**
   * Levenshtein's distance of the sequences along the last dimension (EditDistance).
   *
   * @param normalize whether to divide by the truth's length
   */
  public Tensor editDistance(SparseTensor hypothesis, SparseTensor truth, boolean normalize) {
    return ops.finish(and(begin("EditDistance", hypothesis), truth).attr("normalize", normalize));
  }
}
