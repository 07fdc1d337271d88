package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/**
 * Sparse tensors: three tensors each, the places of the elements that are there as int64 [n, rank],
 * the elements [n], and the dense shape as int64 [rank].
 */
final class SparseOps {
  private static final String NUMBERS = "T: numbertype";
  private static final String REALS = "T: realnumbertype";

  private SparseOps() {}

  static void register(OpRegistry r) {
    dense(r);
    sums(r);
    reductions(r);
    arrangements(r);
    rows(r);
    r.add(
        OpDef.named("EditDistance")
            .inputs(
                "hypothesis_indices: int64",
                "hypothesis_values: T",
                "hypothesis_shape: int64",
                "truth_indices: int64",
                "truth_values: T",
                "truth_shape: int64")
            .outputs("output: float")
            .attrs("normalize: bool = true", "T: type")
            .valueInputs(2, 5)
            .shape(SparseOps::distanceShape));
    r.add(
        OpDef.named("SparseCross")
            .inputs(
                "indices: N * int64",
                "values: sparse_types",
                "shapes: N * int64",
                "dense_inputs: dense_types")
            .outputs("output_indices: int64", "output_values: out_type", "output_shape: int64")
            .attrs(
                "N: int >= 0",
                "hashed_output: bool",
                "num_buckets: int >= 0",
                "hash_key: int",
                "sparse_types: list({int64, string}) >= 0",
                "dense_types: list({int64, string}) >= 0",
                "out_type: {int64, string}",
                "internal_type: {int64, string}")
            .valueInputs(0)
            .shape(SparseOps::crossShape));
  }

  private static void crossShape(ShapeContext c) {
    int n = (int) c.attrs().getInt("N");
    for (int i = 0; i < n; i++) {
      c.inputOfRank(i, 2);
      c.inputOfRank(n + i, 1);
      c.inputOfRank(2 * n + i, 1);
    }
    for (int i = 3 * n; i < c.inputCount(); i++) {
      c.inputOfRank(i, 2);
    }
    sparseOutput(c, 0, Shape.UNKNOWN, 2);
  }

  // ---- parts of shape functions

  /** Checks the three parts of a sparse tensor and gives its rank, -1 where it is not known. */
  static long sparse(ShapeContext c, int at) {
    return sparse(c, at, at + 1, at + 2);
  }

  private static long sparse(ShapeContext c, int indices, int values, int shape) {
    Shape i = c.inputOfRank(indices, 2);
    long n = c.inputOfRank(values, 1).dim(0);
    Shapes.mergeDims(i.dim(0), n, "the numbers of indices and of values");
    return Shapes.mergeDims(
        i.dim(1),
        c.inputOfRank(shape, 1).dim(0),
        "the indices' columns and the length of the shape");
  }

  /** Output {@code at} and the two after it are a sparse tensor of which only the rank is known. */
  private static void sparseOutput(ShapeContext c, int at, long n, long rank) {
    c.output(at, Shape.matrix(n, rank));
    c.output(at + 1, Shape.vector(n));
    c.output(at + 2, Shape.vector(rank));
  }

  /** The number of elements that the sparse tensor from input {@code at} has. */
  private static long count(ShapeContext c, int at) {
    return Shapes.mergeDims(
        c.inputOfRank(at, 2).dim(0),
        c.inputOfRank(at + 1, 1).dim(0),
        "the numbers of indices and of values");
  }

  // ---- with dense tensors

  private static void dense(OpRegistry r) {
    r.add(
        OpDef.named("SparseToDense")
            .inputs(
                "sparse_indices: Tindices",
                "output_shape: Tindices",
                "sparse_values: T",
                "default_value: T")
            .outputs("dense: T")
            .attrs("validate_indices: bool = true", "T: type", "Tindices: {int32, int64}")
            .valueInputs(1)
            .shape(c -> c.output(0, Shapes.spelledBy(c, 1))));
    r.add(
        OpDef.named("SparseTensorDenseMatMul")
            .inputs("a_indices: Tindices", "a_values: T", "a_shape: int64", "b: T")
            .outputs("product: T")
            .attrs(
                "T: type",
                "Tindices: {int32, int64} = int64",
                "adjoint_a: bool = false",
                "adjoint_b: bool = false")
            .valueInputs(2)
            .shape(SparseOps::productShape));
    r.add(
        OpDef.named("SparseTensorDenseAdd")
            .inputs("a_indices: Tindices", "a_values: T", "a_shape: Tindices", "b: T")
            .outputs("output: T")
            .attrs(NUMBERS, "Tindices: {int32, int64}")
            .shape(
                c -> {
                  sparse(c, 0);
                  c.output(0, c.input(3));
                }));
    for (String op : new String[] {"Mul", "Add", "Div"}) {
      r.add(
          OpDef.named("SparseDenseCwise" + op)
              .inputs("sp_indices: int64", "sp_values: T", "sp_shape: int64", "dense: T")
              .outputs("output: T")
              .attrs(NUMBERS)
              .shape(
                  c -> {
                    sparse(c, 0);
                    c.output(0, Shape.vector(count(c, 0)));
                  }));
    }
    r.add(
        OpDef.named("SparseSoftmax")
            .inputs("sp_indices: int64", "sp_values: T", "sp_shape: int64")
            .outputs("output: T")
            .attrs("T: {float, double}")
            .shape(
                c -> {
                  sparse(c, 0);
                  c.output(0, Shape.vector(count(c, 0)));
                }));
  }

  private static void productShape(ShapeContext c) {
    sparse(c, 0);
    Shapes.mergeDims(c.inputOfRank(2, 1).dim(0), 2, "the length of a_shape and 2");
    Shape b = c.inputOfRank(3, 2);
    Shape a = c.shapeFromInput(2);
    a = a.hasRank() ? a : Shape.ofRank(2);
    boolean adjointA = c.attrs().getBool("adjoint_a");
    boolean adjointB = c.attrs().getBool("adjoint_b");
    Shapes.mergeDims(a.dim(adjointA ? 0 : 1), b.dim(adjointB ? 1 : 0), "the inner dimensions");
    c.output(0, Shape.matrix(a.dim(adjointA ? 1 : 0), b.dim(adjointB ? 0 : 1)));
  }

  // ---- with sparse tensors

  private static String[] both(String... more) {
    String[] two = {
      "a_indices: int64",
      "a_values: T",
      "a_shape: int64",
      "b_indices: int64",
      "b_values: T",
      "b_shape: int64"
    };
    String[] all = new String[two.length + more.length];
    System.arraycopy(two, 0, all, 0, two.length);
    System.arraycopy(more, 0, all, two.length, more.length);
    return all;
  }

  private static long sameRank(ShapeContext c) {
    return Shapes.mergeDims(sparse(c, 0), sparse(c, 3), "the ranks of both sparse tensors");
  }

  private static void sums(OpRegistry r) {
    r.add(
        OpDef.named("SparseAdd")
            .inputs(both("thresh: Treal"))
            .outputs("sum_indices: int64", "sum_values: T", "sum_shape: int64")
            .attrs(NUMBERS, "Treal: realnumbertype")
            .allValueInputs()
            .shape(
                c -> {
                  long rank = sameRank(c);
                  Shapes.requireScalar(c, 6, "the threshold");
                  sparseOutput(c, 0, Shape.UNKNOWN, rank);
                }));
    r.add(
        OpDef.named("SparseAddGrad")
            .inputs(
                "backprop_val_grad: T",
                "a_indices: int64",
                "b_indices: int64",
                "sum_indices: int64")
            .outputs("a_val_grad: T", "b_val_grad: T")
            .attrs(NUMBERS)
            .shape(
                c -> {
                  long sum = c.inputOfRank(0, 1).dim(0);
                  Shapes.mergeDims(
                      sum, c.inputOfRank(3, 2).dim(0), "the numbers of gradients and of indices");
                  c.output(0, Shape.vector(c.inputOfRank(1, 2).dim(0)));
                  c.output(1, Shape.vector(c.inputOfRank(2, 2).dim(0)));
                }));
    for (String which : new String[] {"Maximum", "Minimum"}) {
      r.add(
          OpDef.named("SparseSparse" + which)
              .inputs(both())
              .outputs("output_indices: int64", "output_values: T")
              .attrs(which.equals("Maximum") ? REALS : NUMBERS)
              .allValueInputs()
              .shape(
                  c -> {
                    c.output(0, Shape.matrix(Shape.UNKNOWN, sameRank(c)));
                    c.output(1, Shape.vector(Shape.UNKNOWN));
                  }));
    }
  }

  // ---- reductions

  private static void reductions(OpRegistry r) {
    for (String op : new String[] {"Sum", "Max"}) {
      String types = op.equals("Max") ? REALS : NUMBERS;
      String[] inputs = {
        "input_indices: int64", "input_values: T", "input_shape: int64", "reduction_axes: int32"
      };
      r.add(
          OpDef.named("SparseReduce" + op)
              .inputs(inputs)
              .outputs("output: T")
              .attrs("keep_dims: bool = false", types)
              .valueInputs(2, 3)
              .shape(SparseOps::reducedShape));
      r.add(
          OpDef.named("SparseReduce" + op + "Sparse")
              .inputs(inputs)
              .outputs("output_indices: int64", "output_values: T", "output_shape: int64")
              .attrs("keep_dims: bool = false", types)
              .allValueInputs()
              .shape(
                  c -> {
                    sparse(c, 0);
                    sparseOutput(c, 0, Shape.UNKNOWN, Shape.UNKNOWN);
                  }));
    }
  }

  private static void reducedShape(ShapeContext c) {
    long rank = sparse(c, 0);
    Shape in = c.shapeFromInput(2);
    if (!in.hasRank() && rank != Shape.UNKNOWN) {
      in = Shape.ofRank((int) rank);
    }
    c.output(0, ReductionOps.reduced(in, c.ints(3), c.input(3), c.attrs().getBool("keep_dims")));
  }

  // ---- other arrangements

  private static void arrangements(OpRegistry r) {
    String[] inputs = {"indices: int64", "values: T", "shape: int64"};
    String[] outputs = {"output_indices: int64", "output_values: T", "output_shape: int64"};
    r.add(
        OpDef.named("SparseConcat")
            .inputs("indices: N * int64", "values: N * T", "shapes: N * int64")
            .outputs(outputs)
            .attrs("concat_dim: int", "N: int >= 2", "T: type")
            .shape(SparseOps::concatShape));
    r.add(
        OpDef.named("SparseSplit")
            .inputs("split_dim: int64", "indices: int64", "values: T", "shape: int64")
            .outputs(
                "output_indices: num_split * int64",
                "output_values: num_split * T",
                "output_shape: num_split * int64")
            .attrs("num_split: int >= 1", "T: type")
            .allValueInputs()
            .shape(SparseOps::splitShape));
    r.add(
        OpDef.named("SparseSlice")
            .inputs(inputs)
            .inputs("start: int64", "size: int64")
            .outputs(outputs)
            .attrs("T: type")
            .allValueInputs()
            .shape(
                c -> {
                  long rank = sparse(c, 0);
                  for (int i = 3; i < 5; i++) {
                    rank =
                        Shapes.mergeDims(
                            rank, c.inputOfRank(i, 1).dim(0), "the rank and the slice's");
                  }
                  sparseOutput(c, 0, Shape.UNKNOWN, rank);
                }));
    r.add(
        OpDef.named("SparseSliceGrad")
            .inputs(
                "backprop_val_grad: T",
                "input_indices: int64",
                "input_start: int64",
                "output_indices: int64")
            .outputs("val_grad: T")
            .attrs(NUMBERS)
            .shape(
                c -> {
                  Shapes.mergeDims(
                      c.inputOfRank(0, 1).dim(0),
                      c.inputOfRank(3, 2).dim(0),
                      "the numbers of gradients and of indices");
                  c.output(0, Shape.vector(c.inputOfRank(1, 2).dim(0)));
                }));
    r.add(
        OpDef.named("SparseReorder")
            .inputs("input_indices: int64", "input_values: T", "input_shape: int64")
            .outputs("output_indices: int64", "output_values: T")
            .attrs("T: type")
            .shape(
                c -> {
                  long rank = sparse(c, 0);
                  c.output(0, Shape.matrix(count(c, 0), rank));
                  c.output(1, Shape.vector(count(c, 0)));
                }));
    r.add(
        OpDef.named("SparseReshape")
            .inputs("input_indices: int64", "input_shape: int64", "new_shape: int64")
            .outputs("output_indices: int64", "output_shape: int64")
            .shape(
                c -> {
                  Shape in = c.inputOfRank(0, 2);
                  Shapes.mergeDims(
                      in.dim(1),
                      c.inputOfRank(1, 1).dim(0),
                      "the indices' columns and the length of the shape");
                  Shape to = c.inputOfRank(2, 1);
                  c.output(0, Shape.matrix(in.dim(0), to.dim(0)));
                  c.output(1, to);
                }));
  }

  private static void concatShape(ShapeContext c) {
    int n = c.inputCount() / 3;
    long rank = Shape.UNKNOWN;
    long all = 0;
    for (int i = 0; i < n; i++) {
      rank = Shapes.mergeDims(rank, sparse(c, i, n + i, 2 * n + i), "the ranks of the inputs");
      long here =
          Shapes.mergeDims(
              c.inputOfRank(i, 2).dim(0),
              c.inputOfRank(n + i, 1).dim(0),
              "the numbers of indices and of values");
      all = Shapes.add(all, here);
    }
    if (rank != Shape.UNKNOWN) {
      Shapes.axis(c.attrs().getInt("concat_dim"), (int) rank, "concat_dim");
    }
    sparseOutput(c, 0, all, rank);
  }

  private static void splitShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "split_dim");
    long rank = sparse(c, 1);
    int n = (int) c.attrs().getInt("num_split");
    for (int i = 0; i < n; i++) {
      c.output(i, Shape.matrix(Shape.UNKNOWN, rank));
      c.output(n + i, Shape.vector(Shape.UNKNOWN));
      c.output(2 * n + i, Shape.vector(rank));
    }
  }

  private static void rows(OpRegistry r) {
    r.add(
        OpDef.named("SparseFillEmptyRows")
            .inputs("indices: int64", "values: T", "dense_shape: int64", "default_value: T")
            .outputs(
                "output_indices: int64",
                "output_values: T",
                "empty_row_indicator: bool",
                "reverse_index_map: int64")
            .attrs("T: type")
            .allValueInputs()
            .shape(
                c -> {
                  long rank = sparse(c, 0);
                  Shapes.requireScalar(c, 3, "the default value");
                  KnownInts k = c.ints(2);
                  Long known = k == null || k.size() == 0 ? null : Shapes.at(k, 0);
                  c.output(0, Shape.matrix(Shape.UNKNOWN, rank));
                  c.output(1, Shape.vector(Shape.UNKNOWN));
                  c.output(2, Shape.vector(known == null ? Shape.UNKNOWN : known));
                  c.output(3, Shape.vector(count(c, 0)));
                }));
    r.add(
        OpDef.named("SparseFillEmptyRowsGrad")
            .inputs("reverse_index_map: int64", "grad_values: T")
            .outputs("d_values: T", "d_default_value: T")
            .attrs("T: type")
            .shape(
                c -> {
                  c.inputOfRank(1, 1);
                  c.output(0, c.inputOfRank(0, 1));
                  c.output(1, Shape.scalar());
                }));
  }

  /** The larger of both shapes, without the last dimension. */
  private static void distanceShape(ShapeContext c) {
    long rank = Shapes.mergeDims(sparse(c, 0), sparse(c, 3), "the ranks of hypothesis and truth");
    if (rank == 0) {
      throw new InvalidArgumentException("hypothesis and truth must have a dimension to compare");
    }
    KnownInts h = c.ints(2);
    KnownInts t = c.ints(5);
    if (rank == Shape.UNKNOWN) {
      c.output(0, Shape.unknown());
      return;
    }
    long[] dims = new long[(int) rank - 1];
    for (int i = 0; i < dims.length; i++) {
      Long a = Shapes.at(h, i);
      Long b = Shapes.at(t, i);
      dims[i] = a == null || b == null ? Shape.UNKNOWN : Math.max(a, b);
    }
    c.output(0, Shape.of(dims));
  }
}
