package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.first;
import static dev.millrace.autodiff.MathGradientCases.op;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The rows of the gradient check for linear algebra. */
final class LinalgGradientCases {
  private LinalgGradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    determinants(r);
    systems(r);
    decompositions(r);
    sums(r);
    return r;
  }

  private static Tensor fixed(Ops tf, double[][] x) {
    return tf.constant(x, DataType.FLOAT64);
  }

  /** A batch of matrices of size 3 that are far from singular: x and a large diagonal. */
  private static Tensor regular(Ops tf, Tensor x) {
    return x.add(fixed(tf, new double[][] {{5, 0, 1}, {0, -6, 0}, {1, 2, 7}}));
  }

  /** A batch of positive definite matrices of size 3. */
  private static Tensor positive(Ops tf, Tensor x) {
    return tf.matmul(x, x, false, true)
        .add(fixed(tf, new double[][] {{2, 0, 0}, {0, 3, 0}, {0, 0, 4}}));
  }

  private static Tensor with(
      Ops tf, String type, UnaryOperator<OpBuilder> attrs, Tensor... inputs) {
    OpBuilder b = tf.op(type, null);
    for (Tensor in : inputs) {
      b.input(in);
    }
    return first(tf, attrs.apply(b));
  }

  private static void determinants(List<GradientCase> r) {
    r.add(
        row("MatrixDeterminant")
            .any(2, 3, 3)
            .with((tf, x) -> op(tf, "MatrixDeterminant", regular(tf, x.get(0))).mul(0.01)));
    r.add(row("MatrixDeterminant", "of one").any(2, 2));
    r.add(
        row("LogMatrixDeterminant")
            .any(2, 3, 3)
            .withAll(
                (tf, x) ->
                    outputs(
                        tf,
                        tf.op("LogMatrixDeterminant", null).input(regular(tf, x.get(0))).build())));
    for (boolean adjoint : new boolean[] {false, true}) {
      r.add(
          row("MatrixInverse", adjoint ? "adjoint" : "")
              .any(2, 3, 3)
              .with(
                  (tf, x) ->
                      with(
                          tf,
                          "MatrixInverse",
                          b -> b.attr("adjoint", adjoint),
                          regular(tf, x.get(0)))));
    }
    r.add(
        row("MatrixSquareRoot")
            .any(2, 3, 3)
            .with((tf, x) -> op(tf, "MatrixSquareRoot", positive(tf, x.get(0)))));
  }

  private static List<Tensor> outputs(Ops tf, Operation op) {
    return op.outputs().stream().map(tf::tensor).toList();
  }

  private static void systems(List<GradientCase> r) {
    for (boolean adjoint : new boolean[] {false, true}) {
      r.add(
          row("MatrixSolve", adjoint ? "adjoint" : "")
              .any(2, 3, 3)
              .any(2, 3, 2)
              .with(
                  (tf, x) ->
                      with(
                          tf,
                          "MatrixSolve",
                          b -> b.attr("adjoint", adjoint),
                          regular(tf, x.get(0)),
                          x.get(1))));
      for (boolean lower : new boolean[] {false, true}) {
        r.add(
            row("MatrixTriangularSolve", (lower ? "lower " : "upper ") + (adjoint ? "adjoint" : ""))
                .any(2, 3, 3)
                .any(2, 3, 2)
                .with(
                    (tf, x) ->
                        with(
                            tf,
                            "MatrixTriangularSolve",
                            b -> b.attr("adjoint", adjoint).attr("lower", lower),
                            regular(tf, x.get(0)),
                            x.get(1))));
      }
    }
    long[][] shapes = {{4, 3}, {2, 3}, {3, 3}};
    for (long[] s : shapes) {
      r.add(
          row("MatrixSolveLs", s[0] + " equations")
              .any(2, s[0], s[1])
              .any(2, s[0], 2)
              .with(
                  (tf, x) ->
                      with(
                          tf,
                          "MatrixSolveLs",
                          b -> b,
                          x.get(0),
                          x.get(1),
                          tf.constant(0.7, DataType.FLOAT64)))
              .needsShapes());
    }
  }

  private static void decompositions(List<GradientCase> r) {
    r.add(row("Cholesky").any(2, 3, 3).with((tf, x) -> op(tf, "Cholesky", positive(tf, x.get(0)))));
    for (long[] s : new long[][] {{3, 3}, {4, 2}, {2, 4}}) {
      r.add(
          row("Qr", s[0] + " by " + s[1])
              .any(2, s[0], s[1])
              .withAll((tf, x) -> outputs(tf, tf.op("Qr", null).input(x.get(0)).build())));
    }
    r.add(
        row("Qr", "square and full")
            .any(3, 3)
            .withAll(
                (tf, x) ->
                    outputs(
                        tf, tf.op("Qr", null).input(x.get(0)).attr("full_matrices", true).build()))
            .needsShapes());
    for (boolean vectors : new boolean[] {false, true}) {
      r.add(
          row("SelfAdjointEigV2", vectors ? "vectors" : "values")
              .any(2, 3, 3)
              .withAll(
                  (tf, x) ->
                      outputs(
                              tf,
                              tf.op("SelfAdjointEigV2", null)
                                  .input(x.get(0))
                                  .attr("compute_v", vectors)
                                  .build())
                          .subList(0, vectors ? 2 : 1)));
      for (long[] s : new long[][] {{3, 3}, {4, 2}, {2, 4}}) {
        r.add(
            row("Svd", s[0] + " by " + s[1] + (vectors ? ", vectors" : ", values"))
                .any(2, s[0], s[1])
                .withAll(
                    (tf, x) ->
                        outputs(
                                tf,
                                tf.op("Svd", null)
                                    .input(x.get(0))
                                    .attr("compute_uv", vectors)
                                    .build())
                            .subList(0, vectors ? 3 : 1)));
      }
    }
  }

  private static void sums(List<GradientCase> r) {
    sum(r, "ij,jk->ik", new long[] {2, 3}, new long[] {3, 4});
    sum(r, "bij,bkj->kbi", new long[] {2, 3, 2}, new long[] {2, 4, 2});
    sum(r, "ijk,jl->il", new long[] {2, 3, 2}, new long[] {3, 4});
    sum(r, "i,j->ij", new long[] {2}, new long[] {3});
    sum(r, "ij->j", new long[] {2, 3});
    sum(r, "ij->", new long[] {2, 3});
    sum(r, "ijk->kij", new long[] {2, 3, 2});
    sum(r, "...ij,...jk->...ik", new long[] {2, 1, 2, 3}, new long[] {3, 3, 2});
    sum(r, "...ij,jk->...ik", new long[] {2, 2, 3}, new long[] {3, 2});
  }

  private static void sum(List<GradientCase> r, String equation, long[]... shapes) {
    GradientCase c = row("Einsum", equation);
    for (long[] s : shapes) {
      c.any(s);
    }
    c.with((tf, x) -> first(tf, tf.op("Einsum", null).inputList(x).attr("equation", equation)));
    r.add(equation.contains("...") ? c.needsShapes() : c);
  }
}
