package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.ResourceExhaustedException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.DoubleUnaryOperator;

/** Evenly spaced numbers. */
final class SequenceKernels {
  private SequenceKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Range", SequenceKernels::range);
    k.add("LinSpace", SequenceKernels::linSpace);
  }

  private static void range(KernelContext c) {
    TensorValue start = c.input(0);
    TensorValue limit = c.input(1);
    TensorValue delta = c.input(2);
    requireOne(start, "start");
    requireOne(limit, "limit");
    requireOne(delta, "delta");
    DataType t = start.dtype();
    if (t.isFloating()) {
      c.output(0, reals(start.getDouble(0), limit.getDouble(0), delta.getDouble(0), t));
    } else if (t.isInteger()) {
      c.output(0, integers(start.getLong(0), limit.getLong(0), delta.getLong(0), t));
    } else {
      throw Elementwise.unsupported(c, t);
    }
  }

  private static void requireOne(TensorValue x, String name) {
    if (x.size() != 1 || x.shape().rank() > 1) {
      throw new InvalidArgumentException(name + " must be a scalar, not of shape " + x.shape());
    }
  }

  /** Every number is the one before plus the step, in the dtype: roundings add up. */
  private static TensorValue reals(double start, double limit, double delta, DataType t) {
    if (!(delta > 0 ? start <= limit : delta < 0 && start >= limit)) {
      throw wrongWay(String.valueOf(start), String.valueOf(limit), String.valueOf(delta));
    }
    DoubleUnaryOperator round = Result.rounding(t);
    double width = round.applyAsDouble(limit - start);
    Result r = new Result(t, length(Math.ceil(Math.abs(round.applyAsDouble(width / delta)))));
    int n = Dims.count(r.shape());
    double x = start;
    for (int i = 0; i < n; i++) {
      r.setDouble(i, x);
      x = round.applyAsDouble(x + delta);
    }
    return r.value();
  }

  private static TensorValue integers(long start, long limit, long delta, DataType t) {
    if (!(delta > 0 ? start <= limit : delta < 0 && start >= limit)) {
      throw wrongWay(String.valueOf(start), String.valueOf(limit), String.valueOf(delta));
    }
    // The distance, like the step below, may need all 64 bits.
    long distance = delta > 0 ? limit - start : start - limit;
    long step = Math.abs(delta);
    long whole = Long.divideUnsigned(distance, step);
    long rest = Long.remainderUnsigned(distance, step);
    Result r = new Result(t, length((double) whole + (rest == 0 ? 0 : 1)));
    int n = Dims.count(r.shape());
    for (int i = 0; i < n; i++) {
      r.setLong(i, start + i * delta);
    }
    return r.value();
  }

  private static Shape length(double n) {
    if (!(n < Integer.MAX_VALUE - 8)) {
      throw new ResourceExhaustedException(n + " elements are too many for one tensor");
    }
    return Shape.vector((long) n);
  }

  private static InvalidArgumentException wrongWay(String start, String limit, String delta) {
    return new InvalidArgumentException(
        "no range leads from " + start + " to " + limit + " in steps of " + delta);
  }

  private static void linSpace(KernelContext c) {
    TensorValue start = Dims.requireScalar(c.input(0), "start");
    TensorValue stop = Dims.requireScalar(c.input(1), "stop");
    long n = Dims.requireScalar(c.input(2), "num").getLong(0);
    DataType t = start.dtype();
    if (!t.isFloating()) {
      throw Elementwise.unsupported(c, t);
    }
    if (n <= 0) {
      throw new InvalidArgumentException("num must be above 0; it is " + n);
    }
    Result r = new Result(t, Shape.vector(n));
    double from = start.getDouble(0);
    double to = stop.getDouble(0);
    double step = n > 1 ? Result.rounding(t).applyAsDouble((to - from) / (n - 1)) : 0;
    for (int i = 0; i < n; i++) {
      r.setDouble(i, from + step * i);
    }
    if (n > 1) {
      r.setDouble((int) n - 1, to);
    }
    c.output(0, r.value());
  }
}
