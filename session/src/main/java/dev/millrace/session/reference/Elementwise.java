package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Applies a function to every element, or to every pair of elements of two values that broadcast.
 *
 * <p>Floating-point numbers of every width are computed with as doubles and rounded at the end,
 * integers of every width as longs of which the low bits stay. For one operation of the four basic
 * ones and the square root that gives just what arithmetic of the narrow type gives; for functions,
 * the nearest value there is.
 */
final class Elementwise {
  private Elementwise() {}

  /** A function of two reals. {@code round} rounds an intermediate result to the dtype. */
  @FunctionalInterface
  interface Reals {
    double apply(double x, double y, DoubleUnaryOperator round);
  }

  /** A function of two integers of type {@code t}; uint64 comes as the bits of a long. */
  @FunctionalInterface
  interface Integers {
    long apply(long x, long y, DataType t);
  }

  /** A relation of two doubles. */
  @FunctionalInterface
  interface RealRelation {
    boolean test(double x, double y);
  }

  /** A function of two bools. */
  @FunctionalInterface
  interface Booleans {
    boolean apply(boolean x, boolean y);
  }

  /** That there is no kernel for a dtype. */
  static UnimplementedException unsupported(KernelContext c, DataType t) {
    return new UnimplementedException(c.opType() + " is not computed for " + t);
  }

  static TensorValue map(TensorValue x, DoubleUnaryOperator f) {
    Result r = new Result(x.dtype(), x.shape());
    for (int i = 0; i < x.size(); i++) {
      r.setDouble(i, f.applyAsDouble(x.getDouble(i)));
    }
    return r.value();
  }

  static TensorValue mapLongs(TensorValue x, LongUnaryOperator f) {
    Result r = new Result(x.dtype(), x.shape());
    for (int i = 0; i < x.size(); i++) {
      r.setLong(i, f.applyAsLong(x.getLong(i)));
    }
    return r.value();
  }

  static TensorValue test(TensorValue x, DoublePredicate f) {
    Result r = new Result(DataType.BOOL, x.shape());
    for (int i = 0; i < x.size(); i++) {
      r.setBoolean(i, f.test(x.getDouble(i)));
    }
    return r.value();
  }

  static TensorValue combine(TensorValue x, TensorValue y, Reals f) {
    Pairs p = new Pairs(x, y);
    Result r = new Result(x.dtype(), p.shape);
    DoubleUnaryOperator round = Result.rounding(x.dtype());
    for (int i = 0; i < p.size; i++) {
      r.setDouble(i, f.apply(x.getDouble(p.left(i)), y.getDouble(p.right(i)), round));
    }
    return r.value();
  }

  static TensorValue combineLongs(TensorValue x, TensorValue y, Integers f) {
    Pairs p = new Pairs(x, y);
    DataType t = x.dtype();
    Result r = new Result(t, p.shape);
    for (int i = 0; i < p.size; i++) {
      r.setLong(i, f.apply(x.getLong(p.left(i)), y.getLong(p.right(i)), t));
    }
    return r.value();
  }

  static TensorValue combineBooleans(TensorValue x, TensorValue y, Booleans f) {
    Pairs p = new Pairs(x, y);
    Result r = new Result(DataType.BOOL, p.shape);
    for (int i = 0; i < p.size; i++) {
      r.setBoolean(i, f.apply(x.getBoolean(p.left(i)), y.getBoolean(p.right(i))));
    }
    return r.value();
  }

  /** Which element of either operand stands at each element of what they broadcast to. */
  static final class Pairs {
    final Shape shape;
    final int size;
    private final IntUnaryOperator x;
    private final IntUnaryOperator y;

    Pairs(TensorValue x, TensorValue y) {
      shape = x.shape().broadcast(y.shape());
      size = Dims.count(shape);
      this.x = Broadcast.map(x.shape(), shape);
      this.y = Broadcast.map(y.shape(), shape);
    }

    int left(int i) {
      return x.applyAsInt(i);
    }

    int right(int i) {
      return y.applyAsInt(i);
    }
  }
}
