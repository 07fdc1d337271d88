package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Recorded cases of functions of complex numbers, made of two real inputs each. */
final class ComplexFunctionCases {
  private static final TensorValue RE =
      TensorValue.of(new float[][] {{1.5f, -2, 0.5f}, {0.25f, -0.5f, 3}});
  private static final TensorValue IM =
      TensorValue.of(new float[][] {{-1, 0.5f, 2}, {0.75f, -0.125f, 0.5f}});

  private ComplexFunctionCases() {}

  static void addTo(CaseList list) {
    String[] unary = {
      "Sqrt", "Rsqrt", "Log", "Log1p", "Expm1", "Sin", "Cos", "Sinh", "Cosh", "Tanh", "Asinh",
      "Acosh", "Atanh", "Sigmoid", "Sign", "Tan"
    };
    for (String op : unary) {
      both(list, op, 1, b -> b);
    }
    String[] binary = {
      "Pow",
      "SquaredDifference",
      "Xlogy",
      "Xdivy",
      "SqrtGrad",
      "RsqrtGrad",
      "TanhGrad",
      "SigmoidGrad"
    };
    for (String op : binary) {
      both(list, op, 2, b -> b);
    }
    for (String op : new String[] {"Cumsum", "Cumprod"}) {
      for (boolean exclusive : new boolean[] {false, true}) {
        with(
            list,
            op,
            "complex_" + (exclusive ? "exclusive" : "reverse"),
            b -> b.attr("exclusive", exclusive).attr("reverse", !exclusive),
            TensorValue.of(1));
      }
    }
    TensorValue ids = TensorValue.ofInts(1, 1);
    for (String op : new String[] {"Sum", "Mean", "Prod"}) {
      with(list, "Segment" + op, "complex", b -> b, ids);
      if (!op.equals("Mean")) {
        with(list, "UnsortedSegment" + op, "complex", b -> b, ids, TensorValue.of(3));
      }
    }
    scatter(list);
  }

  private static Output number(CaseGraph g, int k, boolean wide) {
    return g.graph()
        .opBuilder("Complex", "number" + k)
        .input(g.input(2 * k))
        .input(g.input(2 * k + 1))
        .attr("Tout", wide ? DataType.COMPLEX128 : DataType.COMPLEX64)
        .build()
        .output(0);
  }

  private static List<Output> parts(CaseGraph g, Output z, boolean wide) {
    List<Output> r = new ArrayList<>();
    for (String part : new String[] {"Real", "Imag"}) {
      DataType t = wide ? DataType.FLOAT64 : DataType.FLOAT32;
      r.add(g.graph().opBuilder(part, part).input(z).attr("Tout", t).build().output(0));
    }
    return r;
  }

  private static void both(CaseList list, String op, int arity, UnaryOperator<OpBuilder> rest) {
    for (boolean wide : new boolean[] {false, true}) {
      DataType t = wide ? DataType.FLOAT64 : DataType.FLOAT32;
      TensorValue re = CaseList.as(t, RE);
      TensorValue im = CaseList.as(t, IM);
      CaseGraph g = arity == 1 ? new CaseGraph(re, im) : new CaseGraph(re, im, im, re);
      OpBuilder b = g.graph().opBuilder(op, "op");
      for (int k = 0; k < arity; k++) {
        b.input(number(g, k, wide));
      }
      Output z = rest.apply(b).build().output(0);
      CaseGraph rough = op.equals("Pow") ? g.tolerance(1e-4f) : g;
      list.add(op, "complex_" + (wide ? "c128" : "c64"), rough.outputs(parts(g, z, wide)));
    }
  }

  private static void with(
      CaseList list,
      String op,
      String variant,
      UnaryOperator<OpBuilder> rest,
      TensorValue... more) {
    CaseGraph g = new CaseGraph(RE, IM);
    OpBuilder b = g.graph().opBuilder(op, "op").input(number(g, 0, false));
    for (int i = 0; i < more.length; i++) {
      b.input(g.constant("more" + i, more[i]));
    }
    Output z = rest.apply(b).build().output(0);
    list.add(op, variant, g.outputs(parts(g, z, false)));
  }

  private static void scatter(CaseList list) {
    CaseGraph g = new CaseGraph(RE, IM);
    Output z =
        g.graph()
            .opBuilder("ScatterNd", "op")
            .input(g.constant("at", TensorValue.of(new int[][] {{1}, {1}})))
            .input(number(g, 0, false))
            .input(g.constant("shape", TensorValue.ofInts(3, 3)))
            .build()
            .output(0);
    list.add("ScatterNd", "complex", g.outputs(parts(g, z, false)));
  }
}
