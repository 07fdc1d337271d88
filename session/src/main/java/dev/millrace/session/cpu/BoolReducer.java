package dev.millrace.session.cpu;

import java.util.Arrays;

/** All and Any of booleans, which are bytes of 0 and 1. */
final class BoolReducer extends Reducer {
  private final boolean all;

  private BoolReducer(boolean all) {
    super(Lane.I8, Lane.I8, 1);
    this.all = all;
  }

  /** The reducer of that op type, or null where there is none. */
  static BoolReducer of(String op) {
    return switch (op) {
      case "All" -> new BoolReducer(true);
      case "Any" -> new BoolReducer(false);
      default -> null;
    };
  }

  @Override
  Object allocate(int n) {
    return new byte[n];
  }

  @Override
  void reset(Object acc, int at, int n) {
    Arrays.fill((byte[]) acc, at, at + n, (byte) (all ? 1 : 0));
  }

  @Override
  void fold(Object part, Object x, int n) {
    throw new UnsupportedOperationException();
  }

  @Override
  void flush(Object part, Object acc, int n) {
    merge(part, 0, acc, 0, n);
  }

  @Override
  void direct(Object x, Object acc, int n) {
    merge(x, 0, acc, 0, n);
  }

  @Override
  void row(Object x, int at, int n, Object acc, int j) {
    byte[] a = (byte[]) x;
    int or = 0;
    int and = 1;
    for (int i = at; i < at + n; i++) {
      or |= a[i];
      and &= a[i];
    }
    byte[] z = (byte[]) acc;
    z[j] = (byte) (all ? z[j] & and : z[j] | or);
  }

  @Override
  void merge(Object from, int at, Object to, int j, int n) {
    byte[] x = (byte[]) from;
    byte[] z = (byte[]) to;
    if (all) {
      for (int i = 0; i < n; i++) {
        z[j + i] = (byte) (z[j + i] & x[at + i]);
      }
    } else {
      for (int i = 0; i < n; i++) {
        z[j + i] = (byte) (z[j + i] | x[at + i]);
      }
    }
  }

  @Override
  void finish(Object acc, int at, Object result, int n, int count) {
    System.arraycopy(acc, at, result, 0, n);
  }
}
