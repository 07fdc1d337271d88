package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rows of the gradient check for mathematical operations. */
final class MathGradientCases {
  private MathGradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    unary(r);
    gradientOps(r);
    binary(r);
    choices(r);
    reductions(r);
    running(r);
    products(r);
    special(r);
    return r;
  }

  private static void unary(List<GradientCase> r) {
    for (String op :
        new String[] {
          "Neg", "Square", "Exp", "Expm1", "Sin", "Cos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh",
          "Sigmoid", "Erf", "Erfc"
        }) {
      r.add(row(op).any(2, 3));
    }
    r.add(row("Tan").between(-1.2, 1.2, 2, 3));
    for (String op : new String[] {"Asin", "Acos", "Atanh"}) {
      r.add(row(op).between(-0.9, 0.9, 2, 3));
    }
    for (String op : new String[] {"Sqrt", "Rsqrt", "Log"}) {
      r.add(row(op).between(0.4, 3, 2, 3));
    }
    r.add(row("Lgamma").between(0.4, 3, 2, 3));
    r.add(row("Digamma").between(0.4, 3, 2, 3));
    r.add(row("Log1p").between(-0.6, 2, 2, 3));
    r.add(row("Acosh").between(1.2, 3, 2, 3));
    for (String op : new String[] {"Abs", "Reciprocal", "Inv", "Sign"}) {
      r.add(row(op).notSmall(2, 3));
    }
    r.add(row("Square", "scalar").any());
    r.add(row("Square", "empty").any(0, 3));
  }

  private static void gradientOps(List<GradientCase> r) {
    for (String op : new String[] {"TanhGrad", "SigmoidGrad"}) {
      r.add(row(op).between(-0.9, 0.9, 2, 3).any(2, 3));
    }
    for (String op : new String[] {"SqrtGrad", "RsqrtGrad", "ReciprocalGrad", "InvGrad"}) {
      r.add(row(op).between(0.5, 2, 2, 3).any(2, 3));
    }
  }

  private static void binary(List<GradientCase> r) {
    for (String op : new String[] {"Add", "AddV2", "Sub", "Mul", "SquaredDifference"}) {
      r.add(row(op).any(2, 3).any(2, 3));
      r.add(row(op, "row").any(2, 3).any(3));
      r.add(row(op, "column and row").any(2, 1).any(3));
      r.add(row(op, "scalar").any().any(2, 3));
    }
    r.add(
        row("Mul", "of a tensor with itself")
            .any(2, 3)
            .with((tf, x) -> op(tf, "Mul", x.get(0), x.get(0))));
    r.add(row("Add", "inner and leading ones").any(1, 3, 1).any(2, 2, 3, 4));
    for (String op : new String[] {"Div", "RealDiv", "DivNoNan"}) {
      r.add(row(op).any(2, 3).notSmall(2, 3));
      r.add(row(op, "broadcast").any(3).notSmall(2, 1));
    }
    r.add(
        row("DivNoNan", "by 0").any(2).with((tf, x) -> tf.divNoNan(x.get(0), new double[] {0, 2})));
    r.add(row("Pow").between(0.5, 2, 2, 3).any(3));
    r.add(row("Pow", "negative base").notSmall(4).with((tf, x) -> x.get(0).pow(3)));
    r.add(
        row("FloorMod")
            .values(Shape.of(4), 5.3, -4.7, 2.2, -7.6)
            .values(Shape.of(4), 2.1, 1.3, -1.7, -2.9));
    for (String op : new String[] {"Mod", "TruncateMod"}) {
      r.add(
          row(op)
              .values(Shape.of(4), 5.3, -4.7, 2.2, -7.6)
              .values(Shape.of(4), 2.1, 1.3, -1.7, -2.9));
    }
    r.add(row("Atan2").notSmall(2, 3).notSmall(3));
    r.add(row("MulNoNan").any(2, 3).notSmall(3));
    r.add(row("Xlogy").notSmall(2, 3).between(0.4, 3, 3));
    r.add(row("Xdivy").notSmall(2, 3).between(0.4, 3, 3));
    // The step to the next number is lost in the difference quotient, as it should be.
    r.add(row("NextAfter").any(2, 3).any(3));
    r.add(row("AddN").any(2, 3).any(2, 3).any(2, 3).with((tf, x) -> tf.addN(x)));
    r.add(
        row("AccumulateNV2")
            .any(2, 3)
            .any(2, 3)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("AccumulateNV2", null).inputList(x).attr("shape", Shape.of(2, 3)))));
    r.add(row("Cast").any(2, 3).with((tf, x) -> x.get(0).square().cast(x.get(0).dtype())));
  }

  private static void choices(List<GradientCase> r) {
    for (String op : new String[] {"Maximum", "Minimum"}) {
      r.add(row(op).values(Shape.of(2, 2), 1, -2, 0.5, 3).values(Shape.of(2, 2), -1, 2, 0.7, 2));
      r.add(
          row(op, "broadcast")
              .values(Shape.of(2, 2), 1, -2, 0.5, 3)
              .values(Shape.of(2), -0.5, 2.5));
    }
    r.add(
        row("Select")
            .any(2, 2)
            .any(2, 2)
            .with(
                (tf, x) ->
                    op(
                        tf,
                        "Select",
                        tf.constant(new boolean[][] {{true, false}, {false, true}}),
                        x.get(0),
                        x.get(1))));
    r.add(
        row("Select", "of rows")
            .any(2, 3)
            .any(2, 3)
            .with(
                (tf, x) ->
                    op(
                        tf,
                        "Select",
                        tf.constant(new boolean[] {true, false}),
                        x.get(0),
                        x.get(1))));
    r.add(
        row("SelectV2")
            .any(2, 1)
            .any()
            .with(
                (tf, x) ->
                    op(
                        tf,
                        "SelectV2",
                        tf.constant(new boolean[] {true, false, true}),
                        x.get(0),
                        x.get(1))));
    r.add(
        row("ClipByValue")
            .values(Shape.of(2, 3), -2, -1, 0.1, 0.2, 1, 2)
            .values(Shape.scalar(), -1.5)
            .values(Shape.scalar(), 1.5));
  }

  private static void reductions(List<GradientCase> r) {
    for (String op : new String[] {"Sum", "Mean", "Prod", "Max", "Min", "EuclideanNorm"}) {
      for (boolean keep : new boolean[] {false, true}) {
        String k = keep ? "keeping dims " : "";
        r.add(
            row(op, k + "last").distinct(2, 3).with((tf, x) -> reduce(tf, op, x.get(0), keep, 1)));
        r.add(
            row(op, k + "first").distinct(2, 3).with((tf, x) -> reduce(tf, op, x.get(0), keep, 0)));
        r.add(
            row(op, k + "outer")
                .distinct(2, 2, 3)
                .with((tf, x) -> reduce(tf, op, x.get(0), keep, -1, 0)));
        r.add(
            row(op, k + "all")
                .distinct(2, 3)
                .with((tf, x) -> reduce(tf, op, x.get(0), keep, 0, 1)));
      }
      r.add(
          row(op, "axes known at run time")
              .distinct(2, 2, 3)
              .with((tf, x) -> reduceBy(tf, op, x.get(0), false, hidden(tf, -2, 2))));
      r.add(
          row(op, "no axes")
              .between(0.5, 2, 2, 3)
              .with((tf, x) -> reduce(tf, op, x.get(0), false)));
    }
    r.add(
        row("Prod", "with zeros")
            .firstOrderOnly()
            .values(Shape.of(2, 3), 0, 2, 3, 0, 0, 4)
            .with((tf, x) -> reduce(tf, "Prod", x.get(0), false, 1)));
    r.add(
        row("Mean", "of nothing")
            .any(0, 3)
            .with((tf, x) -> reduce(tf, "Sum", reduce(tf, "Mean", x.get(0), false, 1), false, 0)));
  }

  private static void running(List<GradientCase> r) {
    for (boolean exclusive : new boolean[] {false, true}) {
      for (boolean reverse : new boolean[] {false, true}) {
        for (String op : new String[] {"Cumsum", "Cumprod"}) {
          r.add(
              row(op, (exclusive ? "exclusive " : "") + (reverse ? "reverse" : ""))
                  .notSmall(2, 3)
                  .with(
                      (tf, x) ->
                          first(
                              tf,
                              tf.op(op, null)
                                  .input(x.get(0))
                                  .input(tf.constant(1))
                                  .attr("exclusive", exclusive)
                                  .attr("reverse", reverse))));
        }
      }
    }
  }

  private static void products(List<GradientCase> r) {
    for (boolean ta : new boolean[] {false, true}) {
      for (boolean tb : new boolean[] {false, true}) {
        String t = (ta ? "transposed " : "plain ") + (tb ? "transposed" : "plain");
        long[] a = ta ? new long[] {3, 2} : new long[] {2, 3};
        long[] b = tb ? new long[] {4, 3} : new long[] {3, 4};
        r.add(
            row("MatMul", t)
                .any(a)
                .any(b)
                .with((tf, x) -> product(tf, "MatMul", "transpose_a", "transpose_b", x, ta, tb)));
        r.add(
            row("BatchMatMul", t)
                .any(batch(a))
                .any(batch(b))
                .with((tf, x) -> product(tf, "BatchMatMul", "adj_x", "adj_y", x, ta, tb)));
        r.add(
            row("BatchMatMulV2", t + " broadcast")
                .any(batch(a))
                .any(b)
                .with((tf, x) -> product(tf, "BatchMatMulV2", "adj_x", "adj_y", x, ta, tb)));
      }
    }
  }

  private static void special(List<GradientCase> r) {
    for (String op : new String[] {"Igamma", "Igammac"}) {
      r.add(row(op).between(0.5, 4, 2, 3).between(0.3, 6, 3).firstOrderOnly());
      r.add(
          row(op, "by the second")
              .between(0.3, 6, 2, 3)
              .with((tf, x) -> op(tf, op, tf.constant(1.7, DataType.FLOAT64), x.get(0))));
    }
    for (double order : new double[] {1, 2, 5}) {
      r.add(
          row("Polygamma", "of order " + order)
              .between(0.6, 4, 2, 3)
              .with(
                  (tf, x) -> op(tf, "Polygamma", tf.constant(order, DataType.FLOAT64), x.get(0))));
    }
    r.add(
        row("Zeta")
            .between(0.6, 4, 2, 3)
            .with((tf, x) -> tf.zeta(new double[] {1.5, 2, 7}, x.get(0))));
    for (boolean scalar : new boolean[] {false, true}) {
      long[] shape = scalar ? new long[0] : new long[] {3};
      r.add(
          row("Betainc", scalar ? "scalar" : "")
              .between(0.1, 0.9, shape)
              .with(
                  (tf, x) ->
                      tf.betainc(
                          tf.constant(new double[] {0.7, 2, 5}, DataType.FLOAT64),
                          tf.constant(1.3, DataType.FLOAT64),
                          x.get(0)))
              .needsShapes());
    }
    r.add(row("Cross").any(2, 3).any(2, 3));
    for (boolean exclusive : new boolean[] {false, true}) {
      for (boolean reverse : new boolean[] {false, true}) {
        GradientCase c =
            row("CumulativeLogsumexp", (exclusive ? "exclusive " : "") + (reverse ? "reverse" : ""))
                .any(2, 4)
                .with(
                    (tf, x) ->
                        tf.cumulativeLogsumexp(x.get(0), 1, exclusive, reverse)
                            .mul(exclusive ? mask(tf, reverse) : tf.constant(1, DataType.FLOAT64)));
        r.add(exclusive ? c.firstOrderOnly() : c);
      }
    }
  }

  /** The sum of nothing is minus infinity, near enough: it is left out. */
  private static Tensor mask(Ops tf, boolean reverse) {
    double[] mask = reverse ? new double[] {1, 1, 1, 0} : new double[] {0, 1, 1, 1};
    return tf.constant(mask, DataType.FLOAT64);
  }

  private static long[] batch(long[] matrix) {
    return new long[] {2, matrix[0], matrix[1]};
  }

  private static Tensor product(
      Ops tf, String op, String aAttr, String bAttr, List<Tensor> x, boolean ta, boolean tb) {
    return first(
        tf, tf.op(op, null).input(x.get(0)).input(x.get(1)).attr(aAttr, ta).attr(bAttr, tb));
  }

  private static Tensor reduce(Ops tf, String op, Tensor x, boolean keep, int... axes) {
    return reduceBy(tf, op, x, keep, tf.constant(axes));
  }

  private static Tensor reduceBy(Ops tf, String op, Tensor x, boolean keep, Tensor axes) {
    return first(tf, tf.op(op, null).input(x).input(axes).attr("keep_dims", keep));
  }

  /** Integers that shape inference does not see. */
  static Tensor hidden(Ops tf, int... values) {
    return tf.placeholderWithDefault(values, Shape.vector(values.length));
  }

  static Tensor op(Ops tf, String type, Tensor... inputs) {
    OpBuilder b = tf.op(type, null);
    for (Tensor t : inputs) {
      b.input(t);
    }
    return first(tf, b);
  }

  static Tensor first(Ops tf, OpBuilder b) {
    return tf.tensor(b.build().output(0));
  }
}
