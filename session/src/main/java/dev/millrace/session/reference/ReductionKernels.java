package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.DoubleBinaryOperator;

/** Reductions over axes, the positions of extremes, and running sums and products. */
final class ReductionKernels {
  private ReductionKernels() {}

  /** Makes one real of a group; {@code step} takes the running result and the next element. */
  private record Reals(double start, DoubleBinaryOperator step, End end) {
    Reals(double start, DoubleBinaryOperator step) {
      this(start, step, (r, n) -> r);
    }
  }

  /** Turns the result of all steps into that of the group of {@code n} elements. */
  @FunctionalInterface
  private interface End {
    double apply(double result, int n);
  }

  /** The same for integers of type {@code t}. */
  private interface Integers {
    long start(DataType t);

    long step(long result, long x, DataType t);

    default long end(long result, int n, DataType t) {
      return result;
    }
  }

  static void register(ReferenceKernels k) {
    reduction(k, "Sum", new Reals(0, Double::sum), new Sum());
    reduction(k, "Mean", new Reals(0, Double::sum, (r, n) -> r / n), new Mean());
    reduction(k, "Prod", new Reals(1, (r, x) -> r * x), new Product());
    // NaN loses every comparison, so that it is passed over, and the extreme of none is infinite.
    reduction(k, "Max", new Reals(Double.NEGATIVE_INFINITY, (r, x) -> x > r ? x : r), new Max());
    reduction(k, "Min", new Reals(Double.POSITIVE_INFINITY, (r, x) -> x < r ? x : r), new Min());
    reduction(
        k, "EuclideanNorm", new Reals(0, (r, x) -> r + x * x, (r, n) -> Math.sqrt(r)), new Norm());
    k.add("All", c -> logical(c, true));
    k.add("Any", c -> logical(c, false));
    k.add("ArgMax", c -> extreme(c, 1));
    k.add("ArgMin", c -> extreme(c, -1));
    k.add("Cumsum", c -> running(c, 0, Double::sum, Long::sum));
    k.add("Cumprod", c -> running(c, 1, (x, y) -> x * y, (x, y) -> x * y));
    k.add("CumulativeLogsumexp", ReductionKernels::runningLogSumExp);
  }

  private static void reduction(ReferenceKernels k, String type, Reals f, Integers g) {
    k.add(
        type,
        c -> {
          TensorValue x = c.input(0);
          DataType t = x.dtype();
          Reduction groups = new Reduction(x.shape(), c.input(1), c.attrs().getBool("keep_dims"));
          Result r = new Result(t, groups.shape);
          for (int i = 0; i < groups.groups; i++) {
            if (t.isFloating()) {
              r.setDouble(i, reduce(x, groups, i, f));
            } else if (t.isInteger()) {
              r.setLong(i, reduce(x, groups, i, g));
            } else {
              throw Elementwise.unsupported(c, t);
            }
          }
          c.output(0, r.value());
        });
  }

  private static double reduce(TensorValue x, Reduction groups, int group, Reals f) {
    double r = f.start();
    for (int k = 0; k < groups.groupSize; k++) {
      r = f.step().applyAsDouble(r, x.getDouble(groups.at(group, k)));
    }
    return f.end().apply(r, groups.groupSize);
  }

  private static long reduce(TensorValue x, Reduction groups, int group, Integers f) {
    DataType t = x.dtype();
    long r = f.start(t);
    for (int k = 0; k < groups.groupSize; k++) {
      r = f.step(r, x.getLong(groups.at(group, k)), t);
    }
    return f.end(r, groups.groupSize, t);
  }

  /** Sums wrap as the dtype does at every step: what is made of one sees it so. */
  private static class Sum implements Integers {
    @Override
    public long start(DataType t) {
      return 0;
    }

    @Override
    public long step(long result, long x, DataType t) {
      return IntegerArithmetic.wrap(result + x, t);
    }
  }

  /** The sum divided and cut off towards zero; of no numbers it is 0. */
  private static final class Mean extends Sum {
    @Override
    public long end(long result, int n, DataType t) {
      return n == 0 ? 0 : IntegerArithmetic.truncateDiv(result, n, t);
    }
  }

  /** The root of the sum of squares, cut off. */
  private static final class Norm extends Sum {
    @Override
    public long step(long result, long x, DataType t) {
      return super.step(result, x * x, t);
    }

    @Override
    public long end(long result, int n, DataType t) {
      return CastKernels.integerOf(Math.sqrt((double) result), t);
    }
  }

  private static final class Product implements Integers {
    @Override
    public long start(DataType t) {
      return 1;
    }

    @Override
    public long step(long result, long x, DataType t) {
      return result * x;
    }
  }

  private static final class Max implements Integers {
    @Override
    public long start(DataType t) {
      return IntegerArithmetic.lowest(t);
    }

    @Override
    public long step(long result, long x, DataType t) {
      return IntegerArithmetic.max(result, x, t);
    }
  }

  private static final class Min implements Integers {
    @Override
    public long start(DataType t) {
      return IntegerArithmetic.highest(t);
    }

    @Override
    public long step(long result, long x, DataType t) {
      return IntegerArithmetic.min(result, x, t);
    }
  }

  /** True of no elements for all, false for any. */
  private static void logical(KernelContext c, boolean all) {
    TensorValue x = c.input(0);
    Reduction groups = new Reduction(x.shape(), c.input(1), c.attrs().getBool("keep_dims"));
    Result r = new Result(DataType.BOOL, groups.shape);
    for (int i = 0; i < groups.groups; i++) {
      boolean result = all;
      for (int k = 0; k < groups.groupSize; k++) {
        if (x.getBoolean(groups.at(i, k)) != all) {
          result = !all;
        }
      }
      r.setBoolean(i, result);
    }
    c.output(0, r.value());
  }

  /** The first of equals; NaN is passed over, and where nothing is left the index is 0. */
  private static void extreme(KernelContext c, int sign) {
    TensorValue x = c.input(0);
    DataType t = x.dtype();
    if (!t.isFloating() && !t.isInteger()) {
      throw Elementwise.unsupported(c, t);
    }
    TensorValue axis = Dims.requireScalar(c.input(1), "dimension");
    int a = Dims.axis(axis.getLong(0), x.shape().rank());
    if (x.shape().dim(a) == 0) {
      throw new InvalidArgumentException(
          "there is no largest or smallest of nothing: axis "
              + a
              + " of "
              + x.shape()
              + " is empty");
    }
    Reduction groups = new Reduction(x.shape(), TensorValue.of(a), false);
    Result r = new Result(c.attrs().getType("output_type"), groups.shape);
    for (int i = 0; i < groups.groups; i++) {
      int best = -1;
      for (int k = 0; k < groups.groupSize; k++) {
        int at = groups.at(i, k);
        if (t.isFloating() && Double.isNaN(x.getDouble(at))) {
          continue;
        }
        if (best < 0 || sign * compare(x, at, groups.at(i, best)) > 0) {
          best = k;
        }
      }
      r.setLong(i, Math.max(best, 0));
    }
    c.output(0, r.value());
  }

  private static int compare(TensorValue x, int i, int j) {
    if (x.dtype().isFloating()) {
      double a = x.getDouble(i);
      double b = x.getDouble(j);
      return a < b ? -1 : a > b ? 1 : 0;
    }
    return IntegerArithmetic.compare(x.getLong(i), x.getLong(j), x.dtype());
  }

  /** What begins such a sum, and counts as no number, is TensorFlow's: the least finite one. */
  private static void runningLogSumExp(KernelContext c) {
    double least =
        switch (c.input(0).dtype()) {
          case FLOAT64 -> -Double.MAX_VALUE;
          case FLOAT32 -> -Float.MAX_VALUE;
          case FLOAT16 -> -65504;
          default -> throw Elementwise.unsupported(c, c.input(0).dtype());
        };
    running(c, least, ReductionKernels::logSumExp, (x, y) -> x);
  }

  private static double logSumExp(double x, double y) {
    double more = Math.max(x, y);
    return Double.isInfinite(more) ? more : more + Math.log1p(Math.exp(Math.min(x, y) - more));
  }

  @FunctionalInterface
  private interface LongStep {
    long apply(long result, long x);
  }

  /** Every element becomes the result up to and with it, or, when exclusive, before it. */
  private static void running(KernelContext c, double start, DoubleBinaryOperator f, LongStep g) {
    TensorValue x = c.input(0);
    DataType t = x.dtype();
    Shape s = x.shape();
    int axis = Dims.axis(Dims.requireScalar(c.input(1), "axis").getLong(0), s.rank());
    boolean exclusive = c.attrs().getBool("exclusive");
    boolean reverse = c.attrs().getBool("reverse");
    Reduction groups = new Reduction(s, TensorValue.of(axis), false);
    Result r = new Result(t, s);
    int n = groups.groupSize;
    for (int i = 0; i < groups.groups; i++) {
      double real = start;
      long integer = (long) start;
      for (int k = 0; k < n; k++) {
        int at = groups.at(i, reverse ? n - 1 - k : k);
        if (t.isFloating()) {
          double next = f.applyAsDouble(real, x.getDouble(at));
          r.setDouble(at, exclusive ? real : next);
          real = next;
        } else if (t.isInteger()) {
          long next = g.apply(integer, x.getLong(at));
          r.setLong(at, exclusive ? integer : next);
          integer = next;
        } else {
          throw Elementwise.unsupported(c, t);
        }
      }
    }
    c.output(0, r.value());
  }
}
