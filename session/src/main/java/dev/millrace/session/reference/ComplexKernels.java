package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * Kernels of complex64 and complex128: making, taking apart, and basic arithmetic. Of op types that
 * take real numbers too they are the alternatives for complex ones. Everything is computed in
 * doubles and rounded at the end.
 */
final class ComplexKernels {
  private ComplexKernels() {}

  /** To be called when the kernels of real numbers are there. */
  static void register(ReferenceKernels k) {
    k.add("Complex", ComplexKernels::make);
    part(k, "Real", Complex::re);
    part(k, "Imag", Complex::im);
    part(k, "Angle", Complex::angle);
    part(k, "ComplexAbs", Complex::magnitude);
    k.add("Conj", c -> c.output(0, ComplexValues.map(requireComplex(c), Complex::conjugate)));
    unary(k, "Neg", Complex::negated);
    unary(k, "Square", x -> x.times(x));
    unary(k, "Reciprocal", Complex.ONE::over);
    unary(k, "Inv", Complex.ONE::over);
    unary(k, "Exp", Complex::exp);
    unary(k, "OnesLike", x -> Complex.ONE);
    functions(k);
    binary(k, "Add", Complex::plus);
    binary(k, "AddV2", Complex::plus);
    binary(k, "Sub", Complex::minus);
    binary(k, "Mul", Complex::times);
    binary(k, "Div", Complex::over);
    binary(k, "RealDiv", Complex::over);
    binary(k, "DivNoNan", (x, y) -> y.isZero() ? Complex.ZERO : x.over(y));
    binary(k, "MulNoNan", (x, y) -> y.isZero() ? Complex.ZERO : x.times(y));
    for (String inverse : new String[] {"ReciprocalGrad", "InvGrad"}) {
      binary(k, inverse, (y, dy) -> dy.times(y.times(y).conjugate()).negated());
    }
    relation(k, "Equal", Complex::equals);
    relation(k, "NotEqual", (x, y) -> !x.equals(y));
    k.forComplex("AddN", ComplexKernels::addN);
    reduction(k, "Sum", Complex.ZERO, Complex::plus, false);
    reduction(k, "Mean", Complex.ZERO, Complex::plus, true);
    reduction(k, "Prod", Complex.ONE, Complex::times, false);
    running(k, "Cumsum", Complex.ZERO, Complex::plus);
    running(k, "Cumprod", Complex.ONE, Complex::times);
    k.forComplex("MatMul", ComplexKernels::matMul);
    k.forComplex("BatchMatMul", c -> batchMatMul(c, false));
    k.forComplex("BatchMatMulV2", c -> batchMatMul(c, true));
    k.forComplex("Cast", ComplexKernels::cast);
  }

  private static void functions(ReferenceKernels k) {
    unary(k, "Sqrt", ComplexFunctions::sqrt);
    unary(k, "Rsqrt", x -> Complex.ONE.over(ComplexFunctions.sqrt(x)));
    unary(k, "Log", ComplexFunctions::log);
    unary(k, "Log1p", ComplexFunctions::log1p);
    unary(k, "Expm1", ComplexFunctions::expm1);
    unary(k, "Sin", ComplexFunctions::sin);
    unary(k, "Cos", ComplexFunctions::cos);
    unary(k, "Tan", ComplexFunctions::tan);
    unary(k, "Sinh", ComplexFunctions::sinh);
    unary(k, "Cosh", ComplexFunctions::cosh);
    unary(k, "Tanh", ComplexFunctions::tanh);
    unary(k, "Asinh", ComplexFunctions::asinh);
    unary(k, "Acosh", ComplexFunctions::acosh);
    unary(k, "Atanh", ComplexFunctions::atanh);
    unary(k, "Sigmoid", ComplexFunctions::sigmoid);
    unary(k, "Sign", ComplexFunctions::sign);
    binary(k, "Pow", ComplexFunctions::pow);
    binary(k, "SquaredDifference", (x, y) -> x.minus(y).times(x.minus(y).conjugate()));
    binary(k, "Xlogy", (x, y) -> x.isZero() ? x : x.times(ComplexFunctions.log(y)));
    binary(k, "Xdivy", (x, y) -> x.isZero() ? x : x.over(y));
    // Of the function's result y and the gradient that comes for it; as in TensorFlow, the first
    // two
    // conjugate y, and whoever makes the others does.
    binary(k, "SqrtGrad", (y, dy) -> dy.times(new Complex(0.5, 0)).over(y.conjugate()));
    binary(
        k,
        "RsqrtGrad",
        (y, dy) -> {
          Complex c = y.conjugate();
          return dy.times(c.times(c).times(c)).times(new Complex(-0.5, 0));
        });
    binary(k, "TanhGrad", (y, dy) -> dy.times(Complex.ONE.minus(y.times(y))));
    binary(k, "SigmoidGrad", (y, dy) -> dy.times(y).times(Complex.ONE.minus(y)));
    cumulative(k, "Cumsum", Complex.ZERO, Complex::plus);
    cumulative(k, "Cumprod", Complex.ONE, Complex::times);
  }

  /** Sums or products of all elements up to each, along an axis. */
  private static void cumulative(
      ReferenceKernels k, String type, Complex start, BinaryOperator<Complex> step) {
    k.forComplex(
        type,
        c -> {
          TensorValue x = c.input(0);
          int axis = Dims.axis(Dims.scalar(c.input(1), "axis"), x.shape().rank());
          boolean exclusive = c.attrs().getBool("exclusive");
          boolean reverse = c.attrs().getBool("reverse");
          int n = (int) x.shape().dim(axis);
          int stride = Dims.strides(x.shape())[axis];
          ComplexValues.Builder r = new ComplexValues.Builder(x.dtype(), x.shape());
          for (int line = 0; line < x.size(); line++) {
            if (line / stride % n != 0) {
              continue;
            }
            Complex sum = start;
            for (int i = 0; i < n; i++) {
              int at = line + (reverse ? n - 1 - i : i) * stride;
              Complex next = step.apply(sum, ComplexValues.get(x, at));
              r.set(at, exclusive ? sum : next);
              sum = next;
            }
          }
          c.output(0, r.value());
        });
  }

  private static TensorValue requireComplex(KernelContext c) {
    if (!c.input(0).dtype().isComplex()) {
      throw Elementwise.unsupported(c, c.input(0).dtype());
    }
    return c.input(0);
  }

  // ---- making and taking apart

  private static void make(KernelContext c) {
    TensorValue re = c.input(0);
    TensorValue im = c.input(1);
    Elementwise.Pairs p = new Elementwise.Pairs(re, im);
    ComplexValues.Builder r = new ComplexValues.Builder(c.attrs().getType("Tout"), p.shape);
    for (int i = 0; i < p.size; i++) {
      r.set(i, re.getDouble(p.left(i)), im.getDouble(p.right(i)));
    }
    c.output(0, r.value());
  }

  private static void part(ReferenceKernels k, String type, ToDoubleFunction<Complex> f) {
    k.add(
        type,
        c -> {
          TensorValue x = requireComplex(c);
          Result r = new Result(c.attrs().getType("Tout"), x.shape());
          for (int i = 0; i < x.size(); i++) {
            r.setDouble(i, f.applyAsDouble(ComplexValues.get(x, i)));
          }
          c.output(0, r.value());
        });
  }

  /** Of a complex number that becomes real, the real part stays. */
  private static void cast(KernelContext c) {
    TensorValue x = c.input(0);
    DataType to = c.attrs().getType("DstT");
    if (x.dtype() == to) {
      c.output(0, x);
    } else if (!to.isComplex()) {
      TensorValue re = ComplexValues.reals(x, Complex::re);
      c.output(0, CastKernels.cast(c, re, to));
    } else if (x.dtype().isComplex()) {
      ComplexValues.Builder r = new ComplexValues.Builder(to, x.shape());
      for (int i = 0; i < x.size(); i++) {
        r.set(i, ComplexValues.get(x, i));
      }
      c.output(0, r.value());
    } else {
      DataType part = to == DataType.COMPLEX64 ? DataType.FLOAT32 : DataType.FLOAT64;
      TensorValue re = x.dtype() == part ? x : CastKernels.cast(c, x, part);
      ComplexValues.Builder r = new ComplexValues.Builder(to, x.shape());
      for (int i = 0; i < x.size(); i++) {
        r.set(i, re.getDouble(i), 0);
      }
      c.output(0, r.value());
    }
  }

  // ---- element by element

  private static void unary(ReferenceKernels k, String type, UnaryOperator<Complex> f) {
    k.forComplex(type, c -> c.output(0, ComplexValues.map(c.input(0), f)));
  }

  private static void binary(ReferenceKernels k, String type, BinaryOperator<Complex> f) {
    k.forComplex(
        type,
        c -> {
          TensorValue x = c.input(0);
          TensorValue y = c.input(1);
          Elementwise.Pairs p = new Elementwise.Pairs(x, y);
          ComplexValues.Builder r = new ComplexValues.Builder(x.dtype(), p.shape);
          for (int i = 0; i < p.size; i++) {
            r.set(i, f.apply(ComplexValues.get(x, p.left(i)), ComplexValues.get(y, p.right(i))));
          }
          c.output(0, r.value());
        });
  }

  /** Values that do not broadcast are an error, or simply unequal where the attribute says so. */
  private static void relation(ReferenceKernels k, String type, BiPredicate<Complex, Complex> f) {
    k.forComplex(
        type,
        c -> {
          TensorValue x = c.input(0);
          TensorValue y = c.input(1);
          boolean tolerant =
              c.attrs().has("incompatible_shape_error")
                  && !c.attrs().getBool("incompatible_shape_error");
          if (tolerant && !Broadcast.compatible(x.shape(), y.shape())) {
            c.output(0, TensorValue.of(type.equals("NotEqual")));
            return;
          }
          Elementwise.Pairs p = new Elementwise.Pairs(x, y);
          Result r = new Result(DataType.BOOL, p.shape);
          for (int i = 0; i < p.size; i++) {
            r.setBoolean(
                i, f.test(ComplexValues.get(x, p.left(i)), ComplexValues.get(y, p.right(i))));
          }
          c.output(0, r.value());
        });
  }

  private static void addN(KernelContext c) {
    TensorValue x = c.input(0);
    ComplexValues.Builder r = new ComplexValues.Builder(x.dtype(), x.shape());
    for (int n = 1; n < c.inputCount(); n++) {
      Dims.requireSame(x, "input 0", c.input(n), "input " + n);
    }
    for (int i = 0; i < x.size(); i++) {
      Complex sum = ComplexValues.get(x, i);
      for (int n = 1; n < c.inputCount(); n++) {
        sum = sum.plus(ComplexValues.get(c.input(n), i));
      }
      r.set(i, sum);
    }
    c.output(0, r.value());
  }

  // ---- sums and products

  private static void running(
      ReferenceKernels k, String type, Complex start, BinaryOperator<Complex> f) {
    k.forComplex(
        type,
        c -> {
          TensorValue x = c.input(0);
          Shape s = x.shape();
          int axis = Dims.axis(Dims.requireScalar(c.input(1), "axis").getLong(0), s.rank());
          boolean exclusive = c.attrs().getBool("exclusive");
          boolean reverse = c.attrs().getBool("reverse");
          Reduction groups = new Reduction(s, TensorValue.of(axis), false);
          ComplexValues.Builder r = new ComplexValues.Builder(x.dtype(), s);
          int n = groups.groupSize;
          for (int i = 0; i < groups.groups; i++) {
            Complex sum = start;
            for (int j = 0; j < n; j++) {
              int at = groups.at(i, reverse ? n - 1 - j : j);
              Complex next = f.apply(sum, ComplexValues.get(x, at));
              r.set(at, exclusive ? sum : next);
              sum = next;
            }
          }
          c.output(0, r.value());
        });
  }

  private static void reduction(
      ReferenceKernels k,
      String type,
      Complex start,
      BinaryOperator<Complex> step,
      boolean divide) {
    k.forComplex(
        type,
        c -> {
          TensorValue x = c.input(0);
          Reduction groups = new Reduction(x.shape(), c.input(1), c.attrs().getBool("keep_dims"));
          ComplexValues.Builder r = new ComplexValues.Builder(x.dtype(), groups.shape);
          for (int i = 0; i < groups.groups; i++) {
            Complex sum = start;
            for (int j = 0; j < groups.groupSize; j++) {
              sum = step.apply(sum, ComplexValues.get(x, groups.at(i, j)));
            }
            int n = groups.groupSize;
            r.set(i, divide ? new Complex(sum.re() / n, sum.im() / n) : sum);
          }
          c.output(0, r.value());
        });
  }

  private static void matMul(KernelContext c) {
    TensorValue a = Dims.requireRank(c.input(0), 2, "a");
    TensorValue b = Dims.requireRank(c.input(1), 2, "b");
    boolean transposeA = c.attrs().getBool("transpose_a");
    boolean transposeB = c.attrs().getBool("transpose_b");
    c.output(0, multiply(c, a, transposeA, b, transposeB));
  }

  /** Here a matrix that is transposed is conjugated, too. */
  private static void batchMatMul(KernelContext c, boolean broadcast) {
    boolean adjointX = c.attrs().getBool("adj_x");
    boolean adjointY = c.attrs().getBool("adj_y");
    TensorValue x = c.input(0);
    TensorValue y = c.input(1);
    MatMulKernels.requireBatches(x, y, broadcast);
    c.output(
        0,
        multiply(
            c,
            adjointX ? ComplexValues.map(x, Complex::conjugate) : x,
            adjointX,
            adjointY ? ComplexValues.map(y, Complex::conjugate) : y,
            adjointY));
  }

  /** Four real products. */
  private static TensorValue multiply(
      KernelContext c, TensorValue a, boolean transposeA, TensorValue b, boolean transposeB) {
    TensorValue[] x = {ComplexValues.reals(a, Complex::re), ComplexValues.reals(a, Complex::im)};
    TensorValue[] y = {ComplexValues.reals(b, Complex::re), ComplexValues.reals(b, Complex::im)};
    TensorValue[][] p = new TensorValue[2][2];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        p[i][j] = MatMulKernels.multiply(c, x[i], transposeA, y[j], transposeB);
      }
    }
    Shape shape = p[0][0].shape();
    ComplexValues.Builder r = new ComplexValues.Builder(a.dtype(), shape);
    for (int i = 0; i < p[0][0].size(); i++) {
      r.set(
          i,
          p[0][0].getDouble(i) - p[1][1].getDouble(i),
          p[0][1].getDouble(i) + p[1][0].getDouble(i));
    }
    return r.value();
  }
}
