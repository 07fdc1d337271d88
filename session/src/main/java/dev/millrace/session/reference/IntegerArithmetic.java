package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;

/**
 * The arithmetic of integers of all widths, on longs. uint64 comes and goes as the bits of a long;
 * of the narrower types the value is given, and the low bits of the result count.
 */
final class IntegerArithmetic {
  private IntegerArithmetic() {}

  /** The quotient cut off towards zero. */
  static long truncateDiv(long x, long y, DataType t) {
    requireNotZero(y);
    return t == DataType.UINT64 ? Long.divideUnsigned(x, y) : x / y;
  }

  /** The remainder of {@link #truncateDiv}: of the sign of {@code x}. */
  static long truncateMod(long x, long y, DataType t) {
    requireNotZero(y);
    return t == DataType.UINT64 ? Long.remainderUnsigned(x, y) : x % y;
  }

  /** The quotient rounded down. */
  static long floorDiv(long x, long y, DataType t) {
    requireNotZero(y);
    return t == DataType.UINT64 ? Long.divideUnsigned(x, y) : Math.floorDiv(x, y);
  }

  /** The remainder of {@link #floorDiv}: of the sign of {@code y}. */
  static long floorMod(long x, long y, DataType t) {
    requireNotZero(y);
    return t == DataType.UINT64 ? Long.remainderUnsigned(x, y) : Math.floorMod(x, y);
  }

  private static void requireNotZero(long y) {
    if (y == 0) {
      throw new InvalidArgumentException("integer division by zero");
    }
  }

  /** x to the power y by repeated squaring; what overflows wraps. */
  static long pow(long x, long y, DataType t) {
    if (y < 0 && t != DataType.UINT64) {
      throw new InvalidArgumentException(
          "integers to negative integer powers are not allowed: " + x + " to the power " + y);
    }
    long r = 1;
    long square = x;
    for (long n = y; n != 0; n >>>= 1) {
      if ((n & 1) != 0) {
        r *= square;
      }
      square *= square;
    }
    return r;
  }

  static long max(long x, long y, DataType t) {
    return compare(x, y, t) >= 0 ? x : y;
  }

  static long min(long x, long y, DataType t) {
    return compare(x, y, t) <= 0 ? x : y;
  }

  static int compare(long x, long y, DataType t) {
    return t == DataType.UINT64 ? Long.compareUnsigned(x, y) : Long.compare(x, y);
  }

  /** The number that the low bits of {@code x} are in an integer type. */
  static long wrap(long x, DataType t) {
    int shift = 64 - 8 * t.size();
    return t.isUnsigned() ? x << shift >>> shift : x << shift >> shift;
  }

  /** The least number of an integer type. */
  static long lowest(DataType t) {
    return t.isUnsigned() ? 0 : -1L << (8 * t.size() - 1);
  }

  /** The greatest number of an integer type; of uint64 all bits are set. */
  static long highest(DataType t) {
    return t.isUnsigned() ? -1L >>> (64 - 8 * t.size()) : ~lowest(t);
  }
}
