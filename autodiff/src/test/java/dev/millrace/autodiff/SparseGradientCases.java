package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rows of the gradient check for sparse tensors, by the elements and by dense operands. */
final class SparseGradientCases {
  private static final long[][] AT = {{0, 1}, {0, 3}, {2, 0}, {2, 2}, {2, 3}};
  private static final long[][] OTHER = {{0, 0}, {0, 3}, {1, 1}, {2, 2}};

  private SparseGradientCases() {}

  private static Tensor at(Ops tf) {
    return tf.constant(AT);
  }

  private static Tensor shape(Ops tf) {
    return tf.constant(new long[] {4, 4});
  }

  private static OpBuilder node(Ops tf, String type, Tensor... inputs) {
    OpBuilder b = tf.op(type, null);
    for (Tensor in : inputs) {
      b.input(in);
    }
    return b;
  }

  private static Tensor first(Ops tf, String type, Tensor... inputs) {
    return tf.tensor(node(tf, type, inputs).build().output(0));
  }

  /** The first factor is squared, so that second derivatives are not all 0. */
  private static Tensor squared(Tensor x) {
    return x.mul(x);
  }

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    dense(r);
    products(r);
    r.add(
        row("SparseAdd")
            .any(5)
            .any(4)
            .firstOrderOnly()
            .with(
                (tf, x) ->
                    tf.tensor(
                        node(
                                tf,
                                "SparseAdd",
                                at(tf),
                                x.get(0),
                                shape(tf),
                                tf.constant(OTHER),
                                x.get(1),
                                shape(tf),
                                tf.constant(0.0, DataType.FLOAT64))
                            .build()
                            .output(1))));
    for (int[] axes : new int[][] {{0}, {1}, {-1, 0}}) {
      for (boolean keep : new boolean[] {false, true}) {
        r.add(
            row("SparseReduceSum", "axes " + axes.length + axes[0] + keep)
                .any(5)
                .with(
                    (tf, x) ->
                        tf.tensor(
                            node(
                                    tf,
                                    "SparseReduceSum",
                                    at(tf),
                                    squared(x.get(0)),
                                    shape(tf),
                                    tf.constant(axes))
                                .attr("keep_dims", keep)
                                .build()
                                .output(0))));
      }
    }
    long[][] mixed = {{2, 3}, {0, 1}, {2, 0}, {0, 3}, {2, 2}};
    r.add(
        row("SparseReorder")
            .any(5)
            .with(
                (tf, x) ->
                    tf.tensor(
                        node(tf, "SparseReorder", tf.constant(mixed), squared(x.get(0)), shape(tf))
                            .build()
                            .output(1))));
    r.add(
        row("SparseSlice")
            .any(5)
            .firstOrderOnly()
            .with(
                (tf, x) ->
                    tf.tensor(
                        node(
                                tf,
                                "SparseSlice",
                                at(tf),
                                x.get(0),
                                shape(tf),
                                tf.constant(new long[] {0, 1}),
                                tf.constant(new long[] {3, 2}))
                            .build()
                            .output(1))));
    r.add(
        row("SparseFillEmptyRows")
            .any(5)
            .any()
            .firstOrderOnly()
            .with(
                (tf, x) ->
                    tf.tensor(
                        node(tf, "SparseFillEmptyRows", at(tf), x.get(0), shape(tf), x.get(1))
                            .build()
                            .output(1))));
    return r;
  }

  private static void dense(List<GradientCase> r) {
    r.add(
        row("SparseToDense")
            .any(5)
            .any()
            .with(
                (tf, x) ->
                    first(tf, "SparseToDense", at(tf), shape(tf), squared(x.get(0)), x.get(1))));
    r.add(
        row("SparseToDense", "of vectors, one value")
            .any()
            .any()
            .with(
                (tf, x) ->
                    first(
                        tf,
                        "SparseToDense",
                        tf.constant(new int[] {1, 3}),
                        tf.constant(new int[] {5}),
                        squared(x.get(0)),
                        x.get(1))));
    r.add(
        row("SparseTensorDenseAdd")
            .any(5)
            .any(4, 4)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        "SparseTensorDenseAdd",
                        at(tf),
                        squared(x.get(0)),
                        shape(tf),
                        x.get(1))));
    long[][] others = {{4, 4}, {4}, {4, 1}, {}};
    for (String op : new String[] {"Mul", "Div", "Add"}) {
      for (long[] other : others) {
        r.add(
            row("SparseDenseCwise" + op, "with rank " + other.length + other.length)
                .any(5)
                .notSmall(other)
                .with(
                    (tf, x) ->
                        first(
                            tf,
                            "SparseDenseCwise" + op,
                            at(tf),
                            squared(x.get(0)),
                            shape(tf),
                            x.get(1))));
      }
    }
    r.add(
        row("SparseSoftmax")
            .any(5)
            .with((tf, x) -> first(tf, "SparseSoftmax", at(tf), x.get(0), shape(tf))));
  }

  private static void products(List<GradientCase> r) {
    for (boolean a : new boolean[] {false, true}) {
      for (boolean b : new boolean[] {false, true}) {
        long[] other = b ? new long[] {3, 4} : new long[] {4, 3};
        r.add(
            row("SparseTensorDenseMatMul", (a ? "left " : "") + (b ? "right" : ""))
                .any(5)
                .any(other)
                .with(
                    (tf, x) -> tf.tensor(product(tf, x.get(0), x.get(1), a, b).build().output(0))));
        r.add(
            row("SparseTensorDenseMatMul", "complex " + (a ? "left " : "") + (b ? "right" : ""))
                .any(5)
                .any(5)
                .any(other)
                .any(other)
                .withAll(
                    (tf, x) -> {
                      Tensor left = tf.complex(x.get(0), x.get(1));
                      Tensor right = tf.complex(x.get(2), x.get(3));
                      Tensor z = tf.tensor(product(tf, left, right, a, b).build().output(0));
                      return List.of(tf.real(z), tf.imag(z));
                    }));
      }
    }
  }

  private static OpBuilder product(Ops tf, Tensor left, Tensor right, boolean a, boolean b) {
    return node(tf, "SparseTensorDenseMatMul", at(tf), left, shape(tf), right)
        .attr("adjoint_a", a)
        .attr("adjoint_b", b);
  }
}
