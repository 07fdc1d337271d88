package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Recorded cases of linear algebra. */
final class LinalgCases {
  private static final DataType[] TYPES = {DataType.FLOAT32, DataType.FLOAT64};

  private LinalgCases() {}

  static void addTo(CaseList list) {
    for (DataType t : TYPES) {
      squares(list, t);
      systems(list, t);
      decompositions(list, t);
    }
    sums(list);
  }

  private static TensorValue random(DataType t, int seed, long... dims) {
    Random random = new Random(seed);
    Shape s = Shape.of(dims);
    double[] v = new double[(int) s.numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = Math.round(random.nextGaussian() * 64) / 32.0;
    }
    return CaseList.as(t, TensorValue.ofDoubles(v).reshape(s));
  }

  private static TensorValue positive(DataType t) {
    double[][][] a = {
      {{4, 12, -16}, {12, 37, -43}, {-16, -43, 98}}, {{2, 0.5, 0}, {0.5, 3, 1}, {0, 1, 5}}
    };
    return CaseList.as(t, TensorValue.of(a));
  }

  private static String name(DataType t, String variant) {
    return (t == DataType.FLOAT32 ? "f32" : "f64") + (variant.isEmpty() ? "" : "_" + variant);
  }

  private static void squares(CaseList list, DataType t) {
    TensorValue a = random(t, 1, 2, 3, 4, 4);
    TensorValue singular =
        CaseList.as(t, TensorValue.of(new double[][][] {{{1, 2}, {2, 4}}, {{0, 3}, {-2, 1}}}));
    list.op("MatrixDeterminant", name(t, "batch"), a);
    list.op("MatrixDeterminant", name(t, "singular"), singular);
    list.op("LogMatrixDeterminant", name(t, "batch"), a);
    list.op("LogMatrixDeterminant", name(t, "singular"), singular);
    for (boolean adjoint : new boolean[] {false, true}) {
      list.op(
          "MatrixInverse",
          name(t, adjoint ? "adjoint" : "batch"),
          1e-4f,
          b -> b.attr("adjoint", adjoint),
          a);
    }
    list.op("Cholesky", name(t, "batch"), positive(t));
    list.op("CholeskyGrad", name(t, ""), 1e-4f, b -> b, cholesky(t), random(t, 2, 3, 3));
    list.op("MatrixSquareRoot", name(t, "positive"), positive(t));
    TensorValue turning =
        CaseList.as(t, TensorValue.of(new double[][] {{3, -4, 1}, {2, 1, 0}, {0.5, 0, 2}}));
    list.op("MatrixSquareRoot", name(t, "complex_eigenvalues"), turning);
    list.op("Lu", name(t, "batch"), 1e-4f, b -> b.attr("output_idx_type", DataType.INT64), a);
  }

  private static TensorValue cholesky(DataType t) {
    return CaseList.as(t, TensorValue.of(new double[][] {{2, 0, 0}, {1, 3, 0}, {-1, 0.5, 1.5}}));
  }

  private static void systems(CaseList list, DataType t) {
    TensorValue a = random(t, 3, 2, 4, 4);
    TensorValue b = random(t, 4, 2, 4, 3);
    for (boolean adjoint : new boolean[] {false, true}) {
      String variant = adjoint ? "adjoint" : "plain";
      list.op("MatrixSolve", name(t, variant), 1e-4f, n -> n.attr("adjoint", adjoint), a, b);
      for (boolean lower : new boolean[] {false, true}) {
        list.op(
            "MatrixTriangularSolve",
            name(t, (lower ? "lower_" : "upper_") + variant),
            1e-4f,
            n -> n.attr("lower", lower).attr("adjoint", adjoint),
            random(t, 5, 2, 4, 4),
            b);
      }
    }
    for (boolean fast : new boolean[] {false, true}) {
      UnaryOperator<OpBuilder> attrs = n -> n.attr("fast", fast);
      String variant = fast ? "fast" : "slow";
      TensorValue l2 = TensorValue.of(0.3);
      TensorValue tall = random(t, 6, 2, 5, 3);
      TensorValue wide = random(t, 7, 2, 3, 5);
      list.op(
          "MatrixSolveLs",
          name(t, "tall_" + variant),
          1e-4f,
          attrs,
          tall,
          random(t, 8, 2, 5, 2),
          l2);
      list.op(
          "MatrixSolveLs",
          name(t, "wide_" + variant),
          1e-4f,
          attrs,
          wide,
          random(t, 9, 2, 3, 2),
          l2);
    }
  }

  private static void decompositions(CaseList list, DataType t) {
    for (long[] s : new long[][] {{2, 5, 3}, {2, 3, 5}, {2, 4, 4}}) {
      String size = s[1] + "x" + s[2];
      for (boolean full : new boolean[] {false, true}) {
        String variant = full ? size + "_full" : size;
        list.op(
            "Qr", name(t, variant), 1e-4f, b -> b.attr("full_matrices", full), random(t, 10, s));
      }
      svd(list, t, size, random(t, 11, s));
    }
    CaseGraph c = new CaseGraph(random(t, 12, 2, 4, 4)).tolerance(1e-4f);
    Operation op = c.graph().opBuilder("SelfAdjointEigV2", "op").input(c.input(0)).build();
    list.add(
        "SelfAdjointEigV2",
        name(t, "batch"),
        c.outputs(List.of(op.output(0), magnitude(c, op.output(1)))));
    CaseGraph values = new CaseGraph(positive(t)).tolerance(1e-4f);
    Operation alone =
        values
            .graph()
            .opBuilder("SelfAdjointEigV2", "op")
            .input(values.input(0))
            .attr("compute_v", false)
            .build();
    list.add("SelfAdjointEigV2", name(t, "values"), values.outputs(List.of(alone.output(0))));
  }

  /** Vectors are determined up to their signs. */
  private static Output magnitude(CaseGraph c, Output x) {
    return c.graph().opBuilder("Abs", "abs").input(x).build().output(0);
  }

  private static void svd(CaseList list, DataType t, String size, TensorValue x) {
    CaseGraph c = new CaseGraph(x).tolerance(1e-4f);
    Operation op = c.graph().opBuilder("Svd", "op").input(c.input(0)).build();
    List<Output> shown = new ArrayList<>(List.of(op.output(0)));
    shown.add(magnitude(c, op.output(1)));
    shown.add(magnitude(c, op.output(2)));
    list.add("Svd", name(t, size), c.outputs(shown));
    CaseGraph values = new CaseGraph(x).tolerance(1e-4f);
    Operation alone =
        values
            .graph()
            .opBuilder("Svd", "op")
            .input(values.input(0))
            .attr("compute_uv", false)
            .build();
    list.add("Svd", name(t, size + "_values"), values.outputs(List.of(alone.output(0))));
  }

  private static void sums(CaseList list) {
    sum(list, "product", "ij,jk->ik", 1, new long[] {2, 3}, new long[] {3, 4});
    sum(list, "batch", "bij,bkj->kbi", 2, new long[] {2, 3, 2}, new long[] {2, 4, 2});
    sum(list, "reduced", "ijk,jl->il", 3, new long[] {2, 3, 2}, new long[] {3, 4});
    sum(list, "outer", "i,j->ji", 4, new long[] {2}, new long[] {3});
    sum(list, "trace", "ii->", 5, new long[] {4, 4});
    sum(list, "diagonal", "iji->ji", 6, new long[] {2, 3, 2});
    sum(list, "dots", "...ij,...jk->...ki", 7, new long[] {5, 1, 2, 3}, new long[] {6, 3, 4});
    sum(list, "some_dots", "i...,ij->j...", 8, new long[] {3, 2, 2}, new long[] {3, 4});
  }

  private static void sum(
      CaseList list, String variant, String equation, int seed, long[]... shapes) {
    TensorValue[] inputs = new TensorValue[shapes.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = random(DataType.FLOAT32, 10 * seed + i, shapes[i]);
    }
    list.add(
        "Einsum",
        variant,
        new CaseGraph(inputs).listOp("Einsum", b -> b.attr("equation", equation)));
  }
}
