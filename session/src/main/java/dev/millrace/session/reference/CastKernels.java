package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;

/** Conversion of every element to another dtype. */
final class CastKernels {
  private CastKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Cast", CastKernels::cast);
  }

  private static void cast(KernelContext c) {
    c.output(0, cast(c, c.input(0), c.attrs().getType("DstT")));
  }

  /** {@code x}, of real numbers or bools, as another dtype of these. */
  static TensorValue cast(KernelContext c, TensorValue x, DataType to) {
    DataType from = x.dtype();
    if (from == to) {
      return x;
    }
    requireNumber(c, from);
    requireNumber(c, to);
    boolean truncate = c.attrs().has("Truncate") && c.attrs().getBool("Truncate");
    Result r = new Result(to, x.shape());
    for (int i = 0; i < x.size(); i++) {
      if (to == DataType.BOOL) {
        r.setBoolean(i, from.isFloating() ? x.getDouble(i) != 0 : x.getLong(i) != 0);
      } else if (to.isFloating()) {
        if (from.isFloating()) {
          r.setDouble(i, truncate ? cutMantissa(x.getDouble(i), to) : x.getDouble(i));
        } else {
          r.setDouble(i, realOf(x.getLong(i), from, to));
        }
      } else {
        r.setLong(i, from.isFloating() ? integerOf(x.getDouble(i), to) : x.getLong(i));
      }
    }
    return r.value();
  }

  private static void requireNumber(KernelContext c, DataType t) {
    if (!t.isFloating() && !t.isInteger() && t != DataType.BOOL) {
      throw Elementwise.unsupported(c, t);
    }
  }

  /** An integer as a real, rounded once to float32, which half and bfloat16 are made of. */
  private static double realOf(long x, DataType from, DataType to) {
    if (from == DataType.UINT64 && x < 0) {
      // The lowest bit only tells apart what is halfway; it must not be lost by halving.
      long half = (x >>> 1) | (x & 1);
      return 2 * (to == DataType.FLOAT64 ? (double) half : (float) half);
    }
    return to == DataType.FLOAT64 ? (double) x : (float) x;
  }

  /**
   * A real cut off towards zero, as x86 processors do it: what an int32 (or int64, for the types
   * that are converted through it) cannot hold becomes its least number, and of the result the low
   * bits stay.
   */
  static long integerOf(double x, DataType to) {
    return switch (to) {
      case INT64, UINT32 -> toInt64(x);
      case UINT64 -> x >= 0x1p63 ? toInt64(x - 0x1p63) ^ Long.MIN_VALUE : toInt64(x);
      default -> x > -0x1p31 - 1 && x < 0x1p31 ? (long) x : Integer.MIN_VALUE;
    };
  }

  private static long toInt64(double x) {
    return x >= -0x1p63 && x < 0x1p63 ? (long) x : Long.MIN_VALUE;
  }

  /**
   * Clears the bits of the mantissa that {@code to} has no room for, so that nothing is rounded.
   */
  private static double cutMantissa(double x, DataType to) {
    int keep =
        switch (to) {
          case FLOAT16 -> 10;
          case BFLOAT16 -> 7;
          case FLOAT32 -> 23;
          default -> 52;
        };
    if (Double.isNaN(x)) {
      return x;
    }
    return Double.longBitsToDouble(Double.doubleToRawLongBits(x) & -1L << (52 - keep));
  }
}
