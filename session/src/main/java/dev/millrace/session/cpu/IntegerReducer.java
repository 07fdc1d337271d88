package dev.millrace.session.cpu;

import java.util.Arrays;

/** Reductions of 32- and 64-bit integers, accumulated in 64 bits; what overflows wraps. */
abstract class IntegerReducer extends Reducer {
  private final boolean isInt;

  private IntegerReducer(Lane lane) {
    super(lane, Lane.I64, 1);
    this.isInt = lane == Lane.I32;
  }

  /** The reducer of that op type, or null where there is none. */
  static IntegerReducer of(String op, Lane lane) {
    return switch (op) {
      case "Sum" -> new Sum(lane);
      case "Mean" -> new Mean(lane);
      case "Max" -> new Max(lane);
      case "Min" -> new Min(lane);
      case "Prod" -> new Product(lane);
      default -> null;
    };
  }

  abstract long start();

  abstract long combine(long x, long y);

  abstract void addInts(int[] x, long[] acc, int n);

  abstract void addLongs(long[] x, int at, long[] acc, int j, int n);

  abstract long rowOfInts(int[] x, int at, int n);

  abstract long rowOfLongs(long[] x, int at, int n);

  long end(long result, int count) {
    return result;
  }

  @Override
  final Object allocate(int n) {
    return new long[n];
  }

  @Override
  final void reset(Object acc, int at, int n) {
    Arrays.fill((long[]) acc, at, at + n, start());
  }

  @Override
  final void fold(Object part, Object x, int n) {
    throw new UnsupportedOperationException();
  }

  @Override
  final void flush(Object part, Object acc, int n) {
    direct(part, acc, n);
  }

  @Override
  final void direct(Object x, Object acc, int n) {
    if (isInt) {
      addInts((int[]) x, (long[]) acc, n);
    } else {
      addLongs((long[]) x, 0, (long[]) acc, 0, n);
    }
  }

  @Override
  final void row(Object x, int at, int n, Object acc, int j) {
    long[] z = (long[]) acc;
    z[j] = combine(z[j], isInt ? rowOfInts((int[]) x, at, n) : rowOfLongs((long[]) x, at, n));
  }

  @Override
  final void merge(Object from, int at, Object to, int j, int n) {
    addLongs((long[]) from, at, (long[]) to, j, n);
  }

  @Override
  final void finish(Object acc, int at, Object result, int n, int count) {
    long[] x = (long[]) acc;
    if (isInt) {
      int[] z = (int[]) result;
      for (int i = 0; i < n; i++) {
        z[i] = (int) end(x[at + i], count);
      }
    } else {
      long[] z = (long[]) result;
      for (int i = 0; i < n; i++) {
        z[i] = end(x[at + i], count);
      }
    }
  }

  private static class Sum extends IntegerReducer {
    Sum(Lane lane) {
      super(lane);
    }

    @Override
    long start() {
      return 0;
    }

    @Override
    long combine(long x, long y) {
      return x + y;
    }

    @Override
    void addInts(int[] x, long[] acc, int n) {
      for (int i = 0; i < n; i++) {
        acc[i] = acc[i] + x[i];
      }
    }

    @Override
    void addLongs(long[] x, int at, long[] acc, int j, int n) {
      for (int i = 0; i < n; i++) {
        acc[j + i] = acc[j + i] + x[at + i];
      }
    }

    @Override
    long rowOfInts(int[] x, int at, int n) {
      long r = start();
      for (int i = at; i < at + n; i++) {
        r = r + x[i];
      }
      return r;
    }

    @Override
    long rowOfLongs(long[] x, int at, int n) {
      long r = start();
      for (int i = at; i < at + n; i++) {
        r = r + x[i];
      }
      return r;
    }
  }

  /** The sum is kept in 64 bits and the quotient cut off; of no numbers it is 0. */
  private static final class Mean extends Sum {
    Mean(Lane lane) {
      super(lane);
    }

    @Override
    long end(long result, int count) {
      return count == 0 ? 0 : result / count;
    }
  }

  private static final class Product extends IntegerReducer {
    Product(Lane lane) {
      super(lane);
    }

    @Override
    long start() {
      return 1;
    }

    @Override
    long combine(long x, long y) {
      return x * y;
    }

    @Override
    void addInts(int[] x, long[] acc, int n) {
      for (int i = 0; i < n; i++) {
        acc[i] = acc[i] * x[i];
      }
    }

    @Override
    void addLongs(long[] x, int at, long[] acc, int j, int n) {
      for (int i = 0; i < n; i++) {
        acc[j + i] = acc[j + i] * x[at + i];
      }
    }

    @Override
    long rowOfInts(int[] x, int at, int n) {
      long r = start();
      for (int i = at; i < at + n; i++) {
        r = r * x[i];
      }
      return r;
    }

    @Override
    long rowOfLongs(long[] x, int at, int n) {
      long r = start();
      for (int i = at; i < at + n; i++) {
        r = r * x[i];
      }
      return r;
    }
  }

  private static final class Max extends IntegerReducer {
    Max(Lane lane) {
      super(lane);
    }

    @Override
    long start() {
      return lane == Lane.I32 ? Integer.MIN_VALUE : Long.MIN_VALUE;
    }

    @Override
    long combine(long x, long y) {
      return Math.max(x, y);
    }

    @Override
    void addInts(int[] x, long[] acc, int n) {
      for (int i = 0; i < n; i++) {
        acc[i] = Math.max(acc[i], x[i]);
      }
    }

    @Override
    void addLongs(long[] x, int at, long[] acc, int j, int n) {
      for (int i = 0; i < n; i++) {
        acc[j + i] = Math.max(acc[j + i], x[at + i]);
      }
    }

    @Override
    long rowOfInts(int[] x, int at, int n) {
      long r = start();
      for (int i = at; i < at + n; i++) {
        r = Math.max(r, x[i]);
      }
      return r;
    }

    @Override
    long rowOfLongs(long[] x, int at, int n) {
      long r = start();
      for (int i = at; i < at + n; i++) {
        r = Math.max(r, x[i]);
      }
      return r;
    }
  }

  private static final class Min extends IntegerReducer {
    Min(Lane lane) {
      super(lane);
    }

    @Override
    long start() {
      return lane == Lane.I32 ? Integer.MAX_VALUE : Long.MAX_VALUE;
    }

    @Override
    long combine(long x, long y) {
      return Math.min(x, y);
    }

    @Override
    void addInts(int[] x, long[] acc, int n) {
      for (int i = 0; i < n; i++) {
        acc[i] = Math.min(acc[i], x[i]);
      }
    }

    @Override
    void addLongs(long[] x, int at, long[] acc, int j, int n) {
      for (int i = 0; i < n; i++) {
        acc[j + i] = Math.min(acc[j + i], x[at + i]);
      }
    }

    @Override
    long rowOfInts(int[] x, int at, int n) {
      long r = start();
      for (int i = at; i < at + n; i++) {
        r = Math.min(r, x[i]);
      }
      return r;
    }

    @Override
    long rowOfLongs(long[] x, int at, int n) {
      long r = start();
      for (int i = at; i < at + n; i++) {
        r = Math.min(r, x[i]);
      }
      return r;
    }
  }
}
