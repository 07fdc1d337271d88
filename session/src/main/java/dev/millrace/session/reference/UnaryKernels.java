package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;

/** Functions of one number, element by element: a table. */
final class UnaryKernels {
  private UnaryKernels() {}

  static void register(ReferenceKernels k) {
    number(k, "Abs", Math::abs, Math::abs);
    number(k, "Neg", x -> -x, x -> -x);
    number(k, "Sign", UnaryKernels::sign, Long::signum);
    number(k, "Square", x -> x * x, x -> x * x);
    number(k, "Round", Math::rint, x -> x);

    real(k, "Reciprocal", x -> 1 / x);
    real(k, "Inv", x -> 1 / x);
    real(k, "Sqrt", Math::sqrt);
    real(k, "Rsqrt", x -> 1 / Math.sqrt(x));
    real(k, "Exp", Math::exp);
    real(k, "Expm1", Math::expm1);
    real(k, "Log", Math::log);
    real(k, "Log1p", Math::log1p);
    real(k, "Sin", Math::sin);
    real(k, "Cos", Math::cos);
    real(k, "Tan", Math::tan);
    real(k, "Asin", Math::asin);
    real(k, "Acos", Math::acos);
    real(k, "Atan", Math::atan);
    real(k, "Sinh", Math::sinh);
    real(k, "Cosh", Math::cosh);
    real(k, "Tanh", Math::tanh);
    real(k, "Asinh", SpecialFunctions::asinh);
    real(k, "Acosh", SpecialFunctions::acosh);
    real(k, "Atanh", SpecialFunctions::atanh);
    real(k, "Sigmoid", UnaryKernels::sigmoid);
    real(k, "Erf", SpecialFunctions::erf);
    real(k, "Erfc", SpecialFunctions::erfc);
    real(k, "Lgamma", SpecialFunctions::lgamma);
    real(k, "Digamma", SpecialFunctions::digamma);
    real(k, "Floor", Math::floor);
    real(k, "Ceil", Math::ceil);
    real(k, "Rint", Math::rint);

    predicate(k, "IsNan", Double::isNaN);
    predicate(k, "IsInf", Double::isInfinite);
    predicate(k, "IsFinite", Double::isFinite);
    k.add("LogicalNot", UnaryKernels::not);
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** -1, 0 or 1; 0 for NaN, as TensorFlow's CPU kernel has it. */
  private static double sign(double x) {
    return x > 0 ? 1 : x < 0 ? -1 : 0;
  }

  static void real(ReferenceKernels k, String type, DoubleUnaryOperator f) {
    k.add(
        type,
        c -> {
          TensorValue x = c.input(0);
          if (!x.dtype().isFloating()) {
            throw Elementwise.unsupported(c, x.dtype());
          }
          c.output(0, Elementwise.map(x, f));
        });
  }

  static void number(ReferenceKernels k, String type, DoubleUnaryOperator f, LongUnaryOperator g) {
    k.add(
        type,
        c -> {
          TensorValue x = c.input(0);
          if (x.dtype().isFloating()) {
            c.output(0, Elementwise.map(x, f));
          } else if (x.dtype().isInteger()) {
            c.output(0, Elementwise.mapLongs(x, g));
          } else {
            throw Elementwise.unsupported(c, x.dtype());
          }
        });
  }

  private static void predicate(ReferenceKernels k, String type, DoublePredicate f) {
    k.add(
        type,
        c -> {
          TensorValue x = c.input(0);
          if (!x.dtype().isFloating()) {
            throw Elementwise.unsupported(c, x.dtype());
          }
          c.output(0, Elementwise.test(x, f));
        });
  }

  private static void not(KernelContext c) {
    TensorValue x = c.input(0);
    Result r = new Result(DataType.BOOL, x.shape());
    for (int i = 0; i < x.size(); i++) {
      r.setBoolean(i, !x.getBoolean(i));
    }
    c.output(0, r.value());
  }
}
