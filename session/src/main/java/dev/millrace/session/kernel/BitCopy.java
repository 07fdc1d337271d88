package dev.millrace.session.kernel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/**
 * Copies between arrays of different types, bit by bit, in one go. Java has only {@code
 * sun.misc.Unsafe} for it, which is there without any option up to Java 23; later versions warn of
 * it, and are left to copy twice.
 */
final class BitCopy {
  private static final int LAST_WITHOUT_WARNING = 23;
  private static final MethodHandle COPY;
  private static final long FLOATS;
  private static final long INTS;
  private static final long DOUBLES;
  private static final long LONGS;

  /** Whether arrays can be copied so; a constant to the compiler. */
  static final boolean AVAILABLE;

  static {
    MethodHandle copy = null;
    long[] bases = new long[4];
    if (Runtime.version().feature() <= LAST_WITHOUT_WARNING) {
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field f = type.getDeclaredField("theUnsafe");
        f.setAccessible(true);
        Object unsafe = f.get(null);
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandle base =
            lookup.findVirtual(
                type, "arrayBaseOffset", MethodType.methodType(int.class, Class.class));
        Class<?>[] types = {float[].class, int[].class, double[].class, long[].class};
        for (int i = 0; i < types.length; i++) {
          bases[i] = (int) base.invoke(unsafe, types[i]);
        }
        copy =
            lookup
                .findVirtual(
                    type,
                    "copyMemory",
                    MethodType.methodType(
                        void.class, Object.class, long.class, Object.class, long.class, long.class))
                .bindTo(unsafe);
      } catch (Throwable e) { // a virtual machine without it: two copies do
        copy = null;
      }
    }
    COPY = copy;
    AVAILABLE = copy != null;
    FLOATS = bases[0];
    INTS = bases[1];
    DOUBLES = bases[2];
    LONGS = bases[3];
  }

  private BitCopy() {}

  static void copy(float[] from, int[] to, int n) {
    check(n, from.length, to.length);
    copy(from, FLOATS, to, INTS, (long) n * Float.BYTES);
  }

  static void copy(int[] from, float[] to, int n) {
    check(n, from.length, to.length);
    copy(from, INTS, to, FLOATS, (long) n * Float.BYTES);
  }

  static void copy(double[] from, long[] to, int n) {
    check(n, from.length, to.length);
    copy(from, DOUBLES, to, LONGS, (long) n * Double.BYTES);
  }

  static void copy(long[] from, double[] to, int n) {
    check(n, from.length, to.length);
    copy(from, LONGS, to, DOUBLES, (long) n * Double.BYTES);
  }

  private static void check(int n, int from, int to) {
    if (n < 0 || n > from || n > to) {
      throw new IndexOutOfBoundsException(n + " elements from " + from + " to " + to);
    }
  }

  private static void copy(Object from, long at, Object to, long toAt, long bytes) {
    try {
      COPY.invokeExact(from, at, to, toAt, bytes);
    } catch (Throwable e) {
      throw new LinkageError("copying bits", e);
    }
  }
}
