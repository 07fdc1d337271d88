package dev.millrace.session.cpu;

import java.util.Arrays;

/** Reductions of floats and doubles, accumulated in doubles. */
abstract class RealReducer extends Reducer {
  private static final int FOLDS = 16;

  private final boolean isFloat;

  private RealReducer(Lane lane, int folds) {
    super(lane, Lane.F64, folds);
    this.isFloat = lane == Lane.F32;
  }

  /** The reducer of that op type, or null where there is none. */
  static RealReducer of(String op, Lane lane) {
    return switch (op) {
      case "Sum", "BiasAddGrad" -> new Sum(lane);
      case "Mean" -> new Mean(lane);
      case "L2Loss" -> new HalfSquares(lane);
      case "Max" -> new Max(lane);
      case "Min" -> new Min(lane);
      case "Prod" -> new Product(lane);
      default -> null;
    };
  }

  /** The result of nothing. */
  abstract double start();

  abstract double combine(double x, double y);

  abstract void foldFloats(float[] part, float[] x, int n);

  abstract void foldDoubles(double[] part, double[] x, int n);

  double end(double result, int count) {
    return result;
  }

  @Override
  final Object allocate(int n) {
    return new double[n];
  }

  @Override
  final void reset(Object acc, int at, int n) {
    Arrays.fill((double[]) acc, at, at + n, start());
  }

  @Override
  final void fold(Object part, Object x, int n) {
    if (isFloat) {
      foldFloats((float[]) part, (float[]) x, n);
    } else {
      foldDoubles((double[]) part, (double[]) x, n);
    }
  }

  @Override
  void flush(Object part, Object acc, int n) {
    direct(part, acc, n);
  }

  @Override
  final void direct(Object x, Object acc, int n) {
    double[] z = (double[]) acc;
    if (isFloat) {
      float[] a = (float[]) x;
      for (int i = 0; i < n; i++) {
        z[i] = combine(z[i], a[i]);
      }
    } else {
      double[] a = (double[]) x;
      for (int i = 0; i < n; i++) {
        z[i] = combine(z[i], a[i]);
      }
    }
  }

  @Override
  void row(Object x, int at, int n, Object acc, int j) {
    double[] z = (double[]) acc;
    z[j] =
        combine(
            z[j], isFloat ? rowOfFloats((float[]) x, at, n) : rowOfDoubles((double[]) x, at, n));
  }

  abstract double rowOfFloats(float[] x, int at, int n);

  abstract double rowOfDoubles(double[] x, int at, int n);

  @Override
  final void merge(Object from, int at, Object to, int j, int n) {
    double[] x = (double[]) from;
    double[] z = (double[]) to;
    for (int i = 0; i < n; i++) {
      z[j + i] = combine(z[j + i], x[at + i]);
    }
  }

  @Override
  final void finish(Object acc, int at, Object result, int n, int count) {
    double[] x = (double[]) acc;
    if (isFloat) {
      float[] z = (float[]) result;
      for (int i = 0; i < n; i++) {
        z[i] = (float) end(x[at + i], count);
      }
    } else {
      double[] z = (double[]) result;
      for (int i = 0; i < n; i++) {
        z[i] = end(x[at + i], count);
      }
    }
  }

  private static class Sum extends RealReducer {
    Sum(Lane lane) {
      super(lane, FOLDS);
    }

    @Override
    double start() {
      return 0;
    }

    @Override
    double combine(double x, double y) {
      return x + y;
    }

    @Override
    void foldFloats(float[] part, float[] x, int n) {
      for (int i = 0; i < n; i++) {
        part[i] += x[i];
      }
    }

    @Override
    void foldDoubles(double[] part, double[] x, int n) {
      for (int i = 0; i < n; i++) {
        part[i] += x[i];
      }
    }

    @Override
    void flush(Object part, Object acc, int n) {
      double[] z = (double[]) acc;
      if (part instanceof float[] x) {
        for (int i = 0; i < n; i++) {
          z[i] += x[i];
        }
      } else {
        foldDoubles(z, (double[]) part, n);
      }
    }

    @Override
    double rowOfFloats(float[] x, int at, int n) {
      return Folds.sum(x, at, n);
    }

    @Override
    double rowOfDoubles(double[] x, int at, int n) {
      return Folds.sum(x, at, n);
    }
  }

  private static final class Mean extends Sum {
    Mean(Lane lane) {
      super(lane);
    }

    @Override
    double end(double result, int count) {
      return result / count;
    }
  }

  private static final class HalfSquares extends Sum {
    HalfSquares(Lane lane) {
      super(lane);
    }

    @Override
    void prepare(Object x, int n) {
      if (lane == Lane.F32) {
        float[] a = (float[]) x;
        for (int i = 0; i < n; i++) {
          a[i] *= a[i];
        }
      } else {
        double[] a = (double[]) x;
        for (int i = 0; i < n; i++) {
          a[i] *= a[i];
        }
      }
    }

    @Override
    double end(double result, int count) {
      return result / 2;
    }
  }

  /** NaN is passed over: where one turns up, all is done again by comparisons, which it loses. */
  private static final class Max extends RealReducer {
    Max(Lane lane) {
      super(lane, FOLDS);
    }

    @Override
    double start() {
      return Double.NEGATIVE_INFINITY;
    }

    @Override
    double combine(double x, double y) {
      return y > x ? y : x;
    }

    @Override
    void foldFloats(float[] part, float[] x, int n) {
      for (int i = 0; i < n; i++) {
        part[i] = Math.max(part[i], x[i]);
      }
    }

    @Override
    void foldDoubles(double[] part, double[] x, int n) {
      for (int i = 0; i < n; i++) {
        part[i] = Math.max(part[i], x[i]);
      }
    }

    @Override
    void flush(Object part, Object acc, int n) {
      double[] z = (double[]) acc;
      if (part instanceof float[] x) {
        for (int i = 0; i < n; i++) {
          z[i] = Math.max(z[i], x[i]);
        }
      } else {
        foldDoubles(z, (double[]) part, n);
      }
    }

    @Override
    double rowOfFloats(float[] x, int at, int n) {
      return Folds.max(x, at, n);
    }

    @Override
    double rowOfDoubles(double[] x, int at, int n) {
      return Folds.max(x, at, n);
    }

    @Override
    boolean spoilt(Object acc, int n) {
      return anyNan((double[]) acc, n);
    }
  }

  private static final class Min extends RealReducer {
    Min(Lane lane) {
      super(lane, FOLDS);
    }

    @Override
    double start() {
      return Double.POSITIVE_INFINITY;
    }

    @Override
    double combine(double x, double y) {
      return y < x ? y : x;
    }

    @Override
    void foldFloats(float[] part, float[] x, int n) {
      for (int i = 0; i < n; i++) {
        part[i] = Math.min(part[i], x[i]);
      }
    }

    @Override
    void foldDoubles(double[] part, double[] x, int n) {
      for (int i = 0; i < n; i++) {
        part[i] = Math.min(part[i], x[i]);
      }
    }

    @Override
    void flush(Object part, Object acc, int n) {
      double[] z = (double[]) acc;
      if (part instanceof float[] x) {
        for (int i = 0; i < n; i++) {
          z[i] = Math.min(z[i], x[i]);
        }
      } else {
        foldDoubles(z, (double[]) part, n);
      }
    }

    @Override
    double rowOfFloats(float[] x, int at, int n) {
      return Folds.min(x, at, n);
    }

    @Override
    double rowOfDoubles(double[] x, int at, int n) {
      return Folds.min(x, at, n);
    }

    @Override
    boolean spoilt(Object acc, int n) {
      return anyNan((double[]) acc, n);
    }
  }

  /** In doubles from the start, since a product of a few floats may already be out of range. */
  private static final class Product extends RealReducer {
    Product(Lane lane) {
      super(lane, 1);
    }

    @Override
    double start() {
      return 1;
    }

    @Override
    double combine(double x, double y) {
      return x * y;
    }

    @Override
    void foldFloats(float[] part, float[] x, int n) {
      throw new UnsupportedOperationException();
    }

    @Override
    void foldDoubles(double[] part, double[] x, int n) {
      throw new UnsupportedOperationException();
    }

    @Override
    double rowOfFloats(float[] x, int at, int n) {
      double r = 1;
      for (int i = at; i < at + n; i++) {
        r *= x[i];
      }
      return r;
    }

    @Override
    double rowOfDoubles(double[] x, int at, int n) {
      double r = 1;
      for (int i = at; i < at + n; i++) {
        r *= x[i];
      }
      return r;
    }
  }

  private static boolean anyNan(double[] x, int n) {
    for (int i = 0; i < n; i++) {
      if (Double.isNaN(x[i])) {
        return true;
      }
    }
    return false;
  }
}
