package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** The rows of the gradient check for complex numbers, made of real ones and taken apart again. */
final class ComplexGradientCases {
  private ComplexGradientCases() {}

  private static List<Tensor> parts(Ops tf, Tensor z) {
    return List.of(tf.real(z), tf.imag(z));
  }

  /** Of the complex numbers whose parts are the first two inputs. */
  private static GradientCase unary(String type, UnaryOperator<Tensor> f) {
    return row(type, "complex")
        .notSmall(2, 3)
        .notSmall(2, 3)
        .withAll((tf, x) -> parts(tf, f.apply(tf.complex(x.get(0), x.get(1)))));
  }

  /** Of two complex numbers whose parts are the inputs. */
  private static GradientCase.Function of(BinaryOperator<Tensor> f) {
    return (tf, x) ->
        parts(tf, f.apply(tf.complex(x.get(0), x.get(1)), tf.complex(x.get(2), x.get(3))));
  }

  private static GradientCase binary(String type, BinaryOperator<Tensor> f) {
    return row(type, "complex").any(2, 1).any(2, 1).notSmall(3).notSmall(3).withAll(of(f));
  }

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    r.add(row("Complex").any(2, 1).any(3).withAll((tf, x) -> square(tf, x)));
    functions(r);
    r.add(unary("Conj", z -> z.mul(z.ops().conj(z))));
    r.add(row("Real").any(4).any(4).with((tf, x) -> tf.real(squared(tf, x)).square()));
    r.add(row("Imag").any(4).any(4).with((tf, x) -> tf.imag(squared(tf, x)).square()));
    r.add(
        row("ComplexAbs")
            .notSmall(4)
            .notSmall(4)
            .with((tf, x) -> tf.abs(tf.complex(x.get(0), x.get(1)))));
    r.add(
        row("Angle")
            .notSmall(4)
            .notSmall(4)
            .with((tf, x) -> tf.angle(tf.complex(x.get(0), x.get(1)))));
    r.add(unary("Neg", Tensor::neg));
    r.add(unary("Square", Tensor::square));
    r.add(unary("Reciprocal", Tensor::reciprocal));
    r.add(unary("Exp", Tensor::exp));
    r.add(unary("AddN", z -> z.ops().addN(List.of(z, z.square(), z.exp()))));
    r.add(unary("Sum", z -> z.square().reduceSum(0)));
    r.add(unary("Mean", z -> z.square().reduceMean(1)));
    r.add(unary("Cast", z -> z.square().cast(DataType.FLOAT64).cast(DataType.COMPLEX128)));
    r.add(binary("AddV2", (a, b) -> a.add(b).square()));
    r.add(binary("Sub", (a, b) -> a.sub(b).square()));
    r.add(binary("Mul", Tensor::mul));
    r.add(binary("RealDiv", Tensor::div));
    r.add(binary("DivNoNan", (a, b) -> a.ops().divNoNan(a, b)));
    for (boolean left : new boolean[] {false, true}) {
      for (boolean right : new boolean[] {false, true}) {
        r.add(matrices("MatMul", left, right).withAll(of((a, b) -> a.matmul(b, left, right))));
        r.add(
            matrices("BatchMatMulV2", left, right)
                .withAll(of((a, b) -> adjoints(a, left, b, right))));
      }
    }
    return r;
  }

  private static Tensor squared(Ops tf, List<Tensor> x) {
    return tf.complex(x.get(0), x.get(1)).square();
  }

  private static List<Tensor> square(Ops tf, List<Tensor> x) {
    return parts(tf, squared(tf, x));
  }

  private static GradientCase matrices(String type, boolean left, boolean right) {
    GradientCase c = row(type, "complex" + (left ? " left" : "") + (right ? " right" : ""));
    long[] a = left ? new long[] {3, 2} : new long[] {2, 3};
    long[] b = right ? new long[] {4, 3} : new long[] {3, 4};
    return c.any(a).any(a).any(b).any(b);
  }

  private static Tensor adjoints(Tensor a, boolean left, Tensor b, boolean right) {
    return a.ops()
        .tensor(
            a.ops()
                .op("BatchMatMulV2", null)
                .input(a)
                .input(b)
                .attr("adj_x", left)
                .attr("adj_y", right)
                .build()
                .output(0));
  }

  private static void functions(List<GradientCase> r) {
    r.add(unary("Sqrt", Tensor::sqrt));
    r.add(unary("Rsqrt", Tensor::rsqrt));
    r.add(unary("Log", Tensor::log));
    r.add(unary("Sin", Tensor::sin));
    r.add(unary("Cos", Tensor::cos));
    r.add(unary("Tan", Tensor::tan));
    r.add(unary("Sinh", Tensor::sinh));
    r.add(unary("Cosh", Tensor::cosh));
    r.add(unary("Tanh", Tensor::tanh));
    r.add(unary("Sigmoid", Tensor::sigmoid));
    for (String type : new String[] {"Log1p", "Expm1", "Asinh", "Acosh", "Atanh"}) {
      r.add(unary(type, z -> Build.op(z.ops(), type, z)));
    }
    r.add(binary("Pow", (x, y) -> Build.op(x.ops(), "Pow", y, x)));
    r.add(binary("Xdivy", (x, y) -> Build.op(x.ops(), "Xdivy", x, y)));
    r.add(binary("Xlogy", (x, y) -> Build.op(x.ops(), "Xlogy", x, y)));
    r.add(unary("Cumsum", z -> z.mul(z.ops().cumsum(z, 1))));
  }
}
