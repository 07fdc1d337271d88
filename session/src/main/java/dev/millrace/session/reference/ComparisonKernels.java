package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** Relations and logic. NaN is unequal to everything, itself included. */
final class ComparisonKernels {
  private ComparisonKernels() {}

  static void register(ReferenceKernels k) {
    order(k, "Less", (x, y) -> x < y, n -> n < 0);
    order(k, "LessEqual", (x, y) -> x <= y, n -> n <= 0);
    order(k, "Greater", (x, y) -> x > y, n -> n > 0);
    order(k, "GreaterEqual", (x, y) -> x >= y, n -> n >= 0);
    k.add("Equal", c -> equality(c, true));
    k.add("NotEqual", c -> equality(c, false));
    k.add("ApproximateEqual", ComparisonKernels::approximateEqual);
    logical(k, "LogicalAnd", (x, y) -> x && y);
    logical(k, "LogicalOr", (x, y) -> x || y);
  }

  private static void order(
      ReferenceKernels k, String type, Elementwise.RealRelation f, IntPredicate ofComparison) {
    k.add(
        type,
        c -> {
          DataType t = c.input(0).dtype();
          if (!t.isFloating() && !t.isInteger()) {
            throw Elementwise.unsupported(c, t);
          }
          c.output(0, compare(c.input(0), c.input(1), f, ofComparison));
        });
  }

  private static TensorValue compare(
      TensorValue x, TensorValue y, Elementwise.RealRelation f, IntPredicate ofComparison) {
    Elementwise.Pairs p = new Elementwise.Pairs(x, y);
    DataType t = x.dtype();
    Result r = new Result(DataType.BOOL, p.shape);
    for (int i = 0; i < p.size; i++) {
      int a = p.left(i);
      int b = p.right(i);
      boolean holds;
      if (t.isFloating()) {
        holds = f.test(x.getDouble(a), y.getDouble(b));
      } else if (t == DataType.STRING) {
        holds = ofComparison.test(Arrays.compareUnsigned(x.strings()[a], y.strings()[b]));
      } else {
        holds = ofComparison.test(IntegerArithmetic.compare(x.getLong(a), y.getLong(b), t));
      }
      r.setBoolean(i, holds);
    }
    return r.value();
  }

  /** Values that do not broadcast are an error, or simply unequal where the attribute says so. */
  private static void equality(KernelContext c, boolean equal) {
    TensorValue x = c.input(0);
    TensorValue y = c.input(1);
    DataType t = x.dtype();
    if (!t.isFloating() && !t.isInteger() && t != DataType.BOOL && t != DataType.STRING) {
      throw Elementwise.unsupported(c, t);
    }
    boolean tolerant =
        c.attrs().has("incompatible_shape_error") && !c.attrs().getBool("incompatible_shape_error");
    if (tolerant && !Broadcast.compatible(x.shape(), y.shape())) {
      c.output(0, TensorValue.of(!equal));
      return;
    }
    c.output(0, compare(x, y, (a, b) -> a == b == equal, n -> n == 0 == equal));
  }

  private static void approximateEqual(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue y = c.input(1);
    Dims.requireSame(x, "x", y, "y");
    DataType t = x.dtype();
    float tolerance = c.attrs().getFloat("tolerance");
    Result r = new Result(DataType.BOOL, x.shape());
    for (int i = 0; i < x.size(); i++) {
      if (t.isFloating()) {
        double d = Result.rounding(t).applyAsDouble(x.getDouble(i) - y.getDouble(i));
        r.setBoolean(i, Math.abs(d) < Result.rounding(t).applyAsDouble(tolerance));
      } else if (t.isInteger()) {
        // The tolerance is cut to an integer, as the dtype would have it.
        r.setBoolean(i, Math.abs(x.getLong(i) - y.getLong(i)) < (long) tolerance);
      } else {
        throw Elementwise.unsupported(c, t);
      }
    }
    c.output(0, r.value());
  }

  private static void logical(ReferenceKernels k, String type, Elementwise.Booleans f) {
    k.add(type, c -> c.output(0, Elementwise.combineBooleans(c.input(0), c.input(1), f)));
  }
}
