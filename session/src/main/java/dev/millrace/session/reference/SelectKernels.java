package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.IntUnaryOperator;

/** Choosing between values, limiting them, and adding many. */
final class SelectKernels {
  private SelectKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Select", SelectKernels::select);
    k.add("SelectV2", SelectKernels::selectV2);
    k.add("ClipByValue", SelectKernels::clipByValue);
    k.add("AddN", SelectKernels::addN);
    k.add("AccumulateNV2", SelectKernels::addN);
  }

  /**
   * No broadcasting: the condition is of the values' shape, a scalar, or a vector choosing rows.
   */
  private static void select(KernelContext c) {
    TensorValue condition = c.input(0);
    TensorValue x = c.input(1);
    TensorValue y = c.input(2);
    Dims.requireSame(x, "the value for true", y, "the value for false");
    Shape s = x.shape();
    Shape of = condition.shape();
    IntUnaryOperator which;
    if (of.equals(s)) {
      which = i -> i;
    } else if (of.rank() == 0) {
      which = i -> 0;
    } else if (of.rank() == 1 && s.rank() > 1 && of.dim(0) == s.dim(0)) {
      int row = Dims.count(s.dims(), 1, s.rank());
      which = i -> i / row;
    } else {
      throw new InvalidArgumentException(
          "a condition of shape "
              + of
              + " cannot choose between values of shape "
              + s
              + ": it must be of their shape, a scalar, or a vector as long as their first dimension");
    }
    Result r = new Result(x.dtype(), s);
    for (int i = 0; i < x.size(); i++) {
      r.copy(i, condition.getBoolean(which.applyAsInt(i)) ? x : y, i);
    }
    c.output(0, r.value());
  }

  private static void selectV2(KernelContext c) {
    TensorValue condition = c.input(0);
    TensorValue x = c.input(1);
    TensorValue y = c.input(2);
    Shape s = condition.shape().broadcast(x.shape()).broadcast(y.shape());
    IntUnaryOperator which = Broadcast.map(condition.shape(), s);
    IntUnaryOperator atX = Broadcast.map(x.shape(), s);
    IntUnaryOperator atY = Broadcast.map(y.shape(), s);
    Result r = new Result(x.dtype(), s);
    for (int i = 0; i < Dims.count(s); i++) {
      if (condition.getBoolean(which.applyAsInt(i))) {
        r.copy(i, x, atX.applyAsInt(i));
      } else {
        r.copy(i, y, atY.applyAsInt(i));
      }
    }
    c.output(0, r.value());
  }

  /** Either limit is a scalar or of the value's shape. Of crossed limits the lower one wins. */
  private static void clipByValue(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue low = limit(c, 1, "clip_value_min");
    TensorValue high = limit(c, 2, "clip_value_max");
    IntUnaryOperator atLow = Broadcast.map(low.shape(), x.shape());
    IntUnaryOperator atHigh = Broadcast.map(high.shape(), x.shape());
    DataType t = x.dtype();
    Result r = new Result(t, x.shape());
    for (int i = 0; i < x.size(); i++) {
      int l = atLow.applyAsInt(i);
      int h = atHigh.applyAsInt(i);
      if (t.isFloating()) {
        double v = x.getDouble(i);
        double below = high.getDouble(h) < v ? high.getDouble(h) : v;
        r.setDouble(i, below < low.getDouble(l) ? low.getDouble(l) : below);
      } else if (t.isInteger()) {
        long below = IntegerArithmetic.min(x.getLong(i), high.getLong(h), t);
        r.setLong(i, IntegerArithmetic.max(below, low.getLong(l), t));
      } else {
        throw Elementwise.unsupported(c, t);
      }
    }
    c.output(0, r.value());
  }

  private static TensorValue limit(KernelContext c, int i, String name) {
    if (c.input(i).shape().rank() != 0) {
      Dims.requireSame(c.input(i), name, c.input(0), "t");
    }
    return c.input(i);
  }

  /** Adds in the order of the inputs. */
  private static void addN(KernelContext c) {
    TensorValue x = c.input(0);
    DataType t = x.dtype();
    for (int n = 1; n < c.inputCount(); n++) {
      Dims.requireSame(x, "input 0", c.input(n), "input " + n);
    }
    if (t == DataType.VARIANT) {
      TensorValue sum = x;
      for (int n = 1; n < c.inputCount(); n++) {
        sum = ListKernels.sum(sum, c.input(n));
      }
      c.output(0, sum);
      return;
    }
    Result r = new Result(t, x.shape());
    for (int i = 0; i < x.size(); i++) {
      if (t.isFloating()) {
        double sum = x.getDouble(i);
        for (int n = 1; n < c.inputCount(); n++) {
          sum += c.input(n).getDouble(i);
        }
        r.setDouble(i, sum);
      } else if (t.isInteger()) {
        long sum = x.getLong(i);
        for (int n = 1; n < c.inputCount(); n++) {
          sum += c.input(n).getLong(i);
        }
        r.setLong(i, sum);
      } else {
        throw Elementwise.unsupported(c, t);
      }
    }
    c.output(0, r.value());
  }
}
