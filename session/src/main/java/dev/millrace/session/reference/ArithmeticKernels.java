package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayOutputStream;

/** Functions of two numbers that broadcast: a table. */
final class ArithmeticKernels {
  private ArithmeticKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Add", ArithmeticKernels::add);
    k.add("AddV2", ArithmeticKernels::add);
    number(k, "Sub", (x, y, r) -> x - y, (x, y, t) -> x - y);
    number(k, "Mul", (x, y, r) -> x * y, (x, y, t) -> x * y);
    number(k, "Div", (x, y, r) -> x / y, IntegerArithmetic::truncateDiv);
    number(k, "RealDiv", (x, y, r) -> x / y, null);
    number(k, "TruncateDiv", null, IntegerArithmetic::truncateDiv);
    // The quotient is rounded before it is cut: 1 / 0.1f is 10, though 0.1f is above a tenth.
    number(
        k,
        "FloorDiv",
        (x, y, r) -> Math.floor(r.applyAsDouble(x / y)),
        IntegerArithmetic::floorDiv);
    number(k, "Mod", (x, y, r) -> x % y, IntegerArithmetic::truncateMod);
    number(k, "TruncateMod", (x, y, r) -> x % y, IntegerArithmetic::truncateMod);
    number(
        k,
        "FloorMod",
        (x, y, r) -> {
          double m = x % y;
          return m != 0 && y < 0 != m < 0 ? m + y : m;
        },
        IntegerArithmetic::floorMod);
    number(k, "Pow", (x, y, r) -> pow(x, y), IntegerArithmetic::pow);
    number(
        k,
        "SquaredDifference",
        (x, y, r) -> {
          double d = r.applyAsDouble(x - y);
          return d * d;
        },
        (x, y, t) -> (x - y) * (x - y));
    // A NaN on the left stays, one on the right gives way, as in C++'s std::max.
    number(k, "Maximum", (x, y, r) -> x < y ? y : x, IntegerArithmetic::max);
    number(k, "Minimum", (x, y, r) -> y < x ? y : x, IntegerArithmetic::min);
    number(k, "DivNoNan", (x, y, r) -> y == 0 ? 0 : x / y, null);
    number(k, "MulNoNan", (x, y, r) -> y == 0 ? 0 : x * y, null);
    number(k, "Xdivy", (x, y, r) -> x == 0 ? 0 : x / y, null);
    number(k, "Xlogy", (x, y, r) -> x == 0 ? 0 : x * Math.log(y), null);
    number(k, "Atan2", (x, y, r) -> Math.atan2(x, y), null);
    k.add("NextAfter", ArithmeticKernels::nextAfter);
  }

  /** An operation on floats, integers or both; null where it does not take them. */
  static void number(ReferenceKernels k, String type, Elementwise.Reals f, Elementwise.Integers g) {
    k.add(
        type,
        c -> {
          DataType t = c.input(0).dtype();
          if (f != null && t.isFloating()) {
            c.output(0, Elementwise.combine(c.input(0), c.input(1), f));
          } else if (g != null && t.isInteger()) {
            c.output(0, Elementwise.combineLongs(c.input(0), c.input(1), g));
          } else {
            throw Elementwise.unsupported(c, t);
          }
        });
  }

  /** C's pow: unlike Java's, 1 to any power and -1 to an infinite one is 1. */
  private static double pow(double x, double y) {
    return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : Math.pow(x, y);
  }

  private static void add(KernelContext c) {
    DataType t = c.input(0).dtype();
    if (t.isFloating()) {
      c.output(0, Elementwise.combine(c.input(0), c.input(1), (x, y, r) -> x + y));
    } else if (t.isInteger()) {
      c.output(0, Elementwise.combineLongs(c.input(0), c.input(1), (x, y, u) -> x + y));
    } else if (t == DataType.STRING) {
      c.output(0, concatenated(c.input(0), c.input(1)));
    } else {
      throw Elementwise.unsupported(c, t);
    }
  }

  private static TensorValue concatenated(TensorValue x, TensorValue y) {
    Elementwise.Pairs p = new Elementwise.Pairs(x, y);
    byte[][] r = new byte[p.size][];
    for (int i = 0; i < r.length; i++) {
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      both.writeBytes(x.strings()[p.left(i)]);
      both.writeBytes(y.strings()[p.right(i)]);
      r[i] = both.toByteArray();
    }
    return TensorValue.wrap(DataType.STRING, p.shape, r);
  }

  private static void nextAfter(KernelContext c) {
    switch (c.input(0).dtype()) {
      case FLOAT32 ->
          c.output(
              0,
              Elementwise.combine(
                  c.input(0), c.input(1), (x, y, r) -> Math.nextAfter((float) x, y)));
      case FLOAT64 ->
          c.output(
              0, Elementwise.combine(c.input(0), c.input(1), (x, y, r) -> Math.nextAfter(x, y)));
      default -> throw Elementwise.unsupported(c, c.input(0).dtype());
    }
  }
}
