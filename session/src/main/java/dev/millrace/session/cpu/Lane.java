package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/**
 * How the elements of a dtype move between regions and heap blocks. A block is a Java array of the
 * lane's primitive type, passed as {@code Object} so that the drivers need to be written only once;
 * the instructions cast it back.
 */
abstract class Lane {
  static final Lane F32 = new FloatLane();
  static final Lane F64 = new DoubleLane();
  static final Lane I32 = new IntLane();
  static final Lane I64 = new LongLane();
  static final Lane I16 = new ShortLane();
  static final Lane I8 = new ByteLane();

  /** The bytes of an element. */
  final int size;

  private Lane(int size) {
    this.size = size;
  }

  /**
   * The lane in which values of {@code t} are computed with, or null where fast kernels do not
   * compute with them.
   */
  static Lane of(DataType t) {
    return switch (t) {
      case FLOAT32 -> F32;
      case FLOAT64 -> F64;
      case INT32 -> I32;
      case INT64 -> I64;
      case BOOL -> I8;
      default -> null;
    };
  }

  /**
   * The lane that moves elements of {@code bytes} bytes without looking at them; 16-byte elements
   * move as two of 8.
   */
  static Lane moving(int bytes) {
    return switch (bytes) {
      case 1 -> I8;
      case 2 -> I16;
      case 4 -> I32;
      case 8, 16 -> I64;
      default -> throw new IllegalArgumentException("elements of " + bytes + " bytes");
    };
  }

  /** Block {@code k} of {@code worker}, of at least {@code n} elements. */
  abstract Object block(Scratch s, int worker, int k, int n);

  /** A new array of {@code n} elements. */
  abstract Object array(int n);

  /** Copies {@code n} elements of {@code r} from index {@code from} to {@code to[at]} and on. */
  abstract void get(Region r, int from, Object to, int at, int n);

  /** Copies {@code n} elements from {@code from[at]} and on into {@code r} at index {@code to}. */
  abstract void put(Region r, int to, Object from, int at, int n);

  /**
   * Writes element {@code index} of {@code r} to {@code n} places of {@code to} from {@code at} on.
   */
  abstract void fill(Region r, int index, Object to, int at, int n);

  /** Writes {@code from[fromAt]} to {@code n} places of {@code to} from {@code at} on. */
  abstract void fill(Object from, int fromAt, Object to, int at, int n);

  /**
   * Copies {@code n} elements {@code step} apart: {@code to[at + i * toStep] = r[from + i * step]}.
   */
  abstract void gather(Region r, int from, int step, Object to, int at, int toStep, int n);

  /**
   * Copies {@code n} elements of a block into places {@code step} apart: {@code r[to + i * step] =
   * from[at + i]}.
   */
  abstract void scatter(Region r, int to, int step, Object from, int at, int n);

  /** Copies the elements at these indices: {@code to[i] = r[index[i]]}. */
  abstract void pick(Region r, int[] index, Object to, int n);

  /** {@code z[i] = c[i] == 1 ? x[i] : y[i]}, where c is 0 or 1, without a branch. */
  abstract void select(byte[] c, Object x, Object y, Object z, int n);

  /** {@code to[c * toStride + r] = from[r * stride + c]}. */
  abstract void transpose(Object from, int rows, int columns, int stride, Object to, int toStride);

  private static final class FloatLane extends Lane {
    FloatLane() {
      super(Float.BYTES);
    }

    @Override
    Object block(Scratch s, int worker, int k, int n) {
      return s.floats(worker, k, n);
    }

    @Override
    Object array(int n) {
      return new float[n];
    }

    @Override
    void get(Region r, int from, Object to, int at, int n) {
      r.floats().get(from, (float[]) to, at, n);
    }

    @Override
    void put(Region r, int to, Object from, int at, int n) {
      r.floats().put(to, (float[]) from, at, n);
    }

    @Override
    void fill(Region r, int index, Object to, int at, int n) {
      Arrays.fill((float[]) to, at, at + n, r.floats().get(index));
    }

    @Override
    void fill(Object from, int fromAt, Object to, int at, int n) {
      Arrays.fill((float[]) to, at, at + n, ((float[]) from)[fromAt]);
    }

    @Override
    void gather(Region r, int from, int step, Object to, int at, int toStep, int n) {
      var src = r.floats();
      float[] z = (float[]) to;
      for (int i = 0, p = from, q = at; i < n; i++, p += step, q += toStep) {
        z[q] = src.get(p);
      }
    }

    @Override
    void scatter(Region r, int to, int step, Object from, int at, int n) {
      var dst = r.floats();
      float[] x = (float[]) from;
      for (int i = 0, p = to; i < n; i++, p += step) {
        dst.put(p, x[at + i]);
      }
    }

    @Override
    void pick(Region r, int[] index, Object to, int n) {
      var src = r.floats();
      float[] z = (float[]) to;
      for (int i = 0; i < n; i++) {
        z[i] = src.get(index[i]);
      }
    }

    @Override
    void select(byte[] c, Object x, Object y, Object z, int n) {
      throw new UnsupportedOperationException("bits are chosen in lanes of integers");
    }

    @Override
    void transpose(Object from, int rows, int columns, int stride, Object to, int toStride) {
      float[] x = (float[]) from;
      float[] z = (float[]) to;
      for (int c = 0; c < columns; c++) {
        for (int r = 0, p = c, q = c * toStride; r < rows; r++, p += stride, q++) {
          z[q] = x[p];
        }
      }
    }
  }

  private static final class DoubleLane extends Lane {
    DoubleLane() {
      super(Double.BYTES);
    }

    @Override
    Object block(Scratch s, int worker, int k, int n) {
      return s.doubles(worker, k, n);
    }

    @Override
    Object array(int n) {
      return new double[n];
    }

    @Override
    void get(Region r, int from, Object to, int at, int n) {
      r.doubles().get(from, (double[]) to, at, n);
    }

    @Override
    void put(Region r, int to, Object from, int at, int n) {
      r.doubles().put(to, (double[]) from, at, n);
    }

    @Override
    void fill(Region r, int index, Object to, int at, int n) {
      Arrays.fill((double[]) to, at, at + n, r.doubles().get(index));
    }

    @Override
    void fill(Object from, int fromAt, Object to, int at, int n) {
      Arrays.fill((double[]) to, at, at + n, ((double[]) from)[fromAt]);
    }

    @Override
    void gather(Region r, int from, int step, Object to, int at, int toStep, int n) {
      var src = r.doubles();
      double[] z = (double[]) to;
      for (int i = 0, p = from, q = at; i < n; i++, p += step, q += toStep) {
        z[q] = src.get(p);
      }
    }

    @Override
    void scatter(Region r, int to, int step, Object from, int at, int n) {
      var dst = r.doubles();
      double[] x = (double[]) from;
      for (int i = 0, p = to; i < n; i++, p += step) {
        dst.put(p, x[at + i]);
      }
    }

    @Override
    void pick(Region r, int[] index, Object to, int n) {
      var src = r.doubles();
      double[] z = (double[]) to;
      for (int i = 0; i < n; i++) {
        z[i] = src.get(index[i]);
      }
    }

    @Override
    void select(byte[] c, Object x, Object y, Object z, int n) {
      throw new UnsupportedOperationException("bits are chosen in lanes of integers");
    }

    @Override
    void transpose(Object from, int rows, int columns, int stride, Object to, int toStride) {
      double[] x = (double[]) from;
      double[] z = (double[]) to;
      for (int c = 0; c < columns; c++) {
        for (int r = 0, p = c, q = c * toStride; r < rows; r++, p += stride, q++) {
          z[q] = x[p];
        }
      }
    }
  }

  private static final class IntLane extends Lane {
    IntLane() {
      super(Integer.BYTES);
    }

    @Override
    Object block(Scratch s, int worker, int k, int n) {
      return s.ints(worker, k, n);
    }

    @Override
    Object array(int n) {
      return new int[n];
    }

    @Override
    void get(Region r, int from, Object to, int at, int n) {
      r.ints().get(from, (int[]) to, at, n);
    }

    @Override
    void put(Region r, int to, Object from, int at, int n) {
      r.ints().put(to, (int[]) from, at, n);
    }

    @Override
    void fill(Region r, int index, Object to, int at, int n) {
      Arrays.fill((int[]) to, at, at + n, r.ints().get(index));
    }

    @Override
    void fill(Object from, int fromAt, Object to, int at, int n) {
      Arrays.fill((int[]) to, at, at + n, ((int[]) from)[fromAt]);
    }

    @Override
    void gather(Region r, int from, int step, Object to, int at, int toStep, int n) {
      var src = r.ints();
      int[] z = (int[]) to;
      for (int i = 0, p = from, q = at; i < n; i++, p += step, q += toStep) {
        z[q] = src.get(p);
      }
    }

    @Override
    void scatter(Region r, int to, int step, Object from, int at, int n) {
      var dst = r.ints();
      int[] x = (int[]) from;
      for (int i = 0, p = to; i < n; i++, p += step) {
        dst.put(p, x[at + i]);
      }
    }

    @Override
    void pick(Region r, int[] index, Object to, int n) {
      var src = r.ints();
      int[] z = (int[]) to;
      for (int i = 0; i < n; i++) {
        z[i] = src.get(index[i]);
      }
    }

    @Override
    void select(byte[] c, Object x, Object y, Object z, int n) {
      int[] a = (int[]) x;
      int[] b = (int[]) y;
      int[] r = (int[]) z;
      for (int i = 0; i < n; i++) {
        r[i] = b[i] ^ ((a[i] ^ b[i]) & -c[i]);
      }
    }

    @Override
    void transpose(Object from, int rows, int columns, int stride, Object to, int toStride) {
      int[] x = (int[]) from;
      int[] z = (int[]) to;
      for (int c = 0; c < columns; c++) {
        for (int r = 0, p = c, q = c * toStride; r < rows; r++, p += stride, q++) {
          z[q] = x[p];
        }
      }
    }
  }

  private static final class LongLane extends Lane {
    LongLane() {
      super(Long.BYTES);
    }

    @Override
    Object block(Scratch s, int worker, int k, int n) {
      return s.longs(worker, k, n);
    }

    @Override
    Object array(int n) {
      return new long[n];
    }

    @Override
    void get(Region r, int from, Object to, int at, int n) {
      r.longs().get(from, (long[]) to, at, n);
    }

    @Override
    void put(Region r, int to, Object from, int at, int n) {
      r.longs().put(to, (long[]) from, at, n);
    }

    @Override
    void fill(Region r, int index, Object to, int at, int n) {
      Arrays.fill((long[]) to, at, at + n, r.longs().get(index));
    }

    @Override
    void fill(Object from, int fromAt, Object to, int at, int n) {
      Arrays.fill((long[]) to, at, at + n, ((long[]) from)[fromAt]);
    }

    @Override
    void gather(Region r, int from, int step, Object to, int at, int toStep, int n) {
      var src = r.longs();
      long[] z = (long[]) to;
      for (int i = 0, p = from, q = at; i < n; i++, p += step, q += toStep) {
        z[q] = src.get(p);
      }
    }

    @Override
    void scatter(Region r, int to, int step, Object from, int at, int n) {
      var dst = r.longs();
      long[] x = (long[]) from;
      for (int i = 0, p = to; i < n; i++, p += step) {
        dst.put(p, x[at + i]);
      }
    }

    @Override
    void pick(Region r, int[] index, Object to, int n) {
      var src = r.longs();
      long[] z = (long[]) to;
      for (int i = 0; i < n; i++) {
        z[i] = src.get(index[i]);
      }
    }

    @Override
    void select(byte[] c, Object x, Object y, Object z, int n) {
      long[] a = (long[]) x;
      long[] b = (long[]) y;
      long[] r = (long[]) z;
      for (int i = 0; i < n; i++) {
        r[i] = b[i] ^ ((a[i] ^ b[i]) & -(long) c[i]);
      }
    }

    @Override
    void transpose(Object from, int rows, int columns, int stride, Object to, int toStride) {
      long[] x = (long[]) from;
      long[] z = (long[]) to;
      for (int c = 0; c < columns; c++) {
        for (int r = 0, p = c, q = c * toStride; r < rows; r++, p += stride, q++) {
          z[q] = x[p];
        }
      }
    }
  }

  private static final class ShortLane extends Lane {
    ShortLane() {
      super(Short.BYTES);
    }

    @Override
    Object block(Scratch s, int worker, int k, int n) {
      return s.shorts(worker, k, n);
    }

    @Override
    Object array(int n) {
      return new short[n];
    }

    @Override
    void get(Region r, int from, Object to, int at, int n) {
      r.shorts().get(from, (short[]) to, at, n);
    }

    @Override
    void put(Region r, int to, Object from, int at, int n) {
      r.shorts().put(to, (short[]) from, at, n);
    }

    @Override
    void fill(Region r, int index, Object to, int at, int n) {
      Arrays.fill((short[]) to, at, at + n, r.shorts().get(index));
    }

    @Override
    void fill(Object from, int fromAt, Object to, int at, int n) {
      Arrays.fill((short[]) to, at, at + n, ((short[]) from)[fromAt]);
    }

    @Override
    void gather(Region r, int from, int step, Object to, int at, int toStep, int n) {
      var src = r.shorts();
      short[] z = (short[]) to;
      for (int i = 0, p = from, q = at; i < n; i++, p += step, q += toStep) {
        z[q] = src.get(p);
      }
    }

    @Override
    void scatter(Region r, int to, int step, Object from, int at, int n) {
      var dst = r.shorts();
      short[] x = (short[]) from;
      for (int i = 0, p = to; i < n; i++, p += step) {
        dst.put(p, x[at + i]);
      }
    }

    @Override
    void pick(Region r, int[] index, Object to, int n) {
      var src = r.shorts();
      short[] z = (short[]) to;
      for (int i = 0; i < n; i++) {
        z[i] = src.get(index[i]);
      }
    }

    @Override
    void select(byte[] c, Object x, Object y, Object z, int n) {
      short[] a = (short[]) x;
      short[] b = (short[]) y;
      short[] r = (short[]) z;
      for (int i = 0; i < n; i++) {
        r[i] = (short) (b[i] ^ ((a[i] ^ b[i]) & -c[i]));
      }
    }

    @Override
    void transpose(Object from, int rows, int columns, int stride, Object to, int toStride) {
      short[] x = (short[]) from;
      short[] z = (short[]) to;
      for (int c = 0; c < columns; c++) {
        for (int r = 0, p = c, q = c * toStride; r < rows; r++, p += stride, q++) {
          z[q] = x[p];
        }
      }
    }
  }

  private static final class ByteLane extends Lane {
    ByteLane() {
      super(Byte.BYTES);
    }

    @Override
    Object block(Scratch s, int worker, int k, int n) {
      return s.bytes(worker, k, n);
    }

    @Override
    Object array(int n) {
      return new byte[n];
    }

    @Override
    void get(Region r, int from, Object to, int at, int n) {
      r.bytes().get(from, (byte[]) to, at, n);
    }

    @Override
    void put(Region r, int to, Object from, int at, int n) {
      r.bytes().put(to, (byte[]) from, at, n);
    }

    @Override
    void fill(Region r, int index, Object to, int at, int n) {
      Arrays.fill((byte[]) to, at, at + n, r.bytes().get(index));
    }

    @Override
    void fill(Object from, int fromAt, Object to, int at, int n) {
      Arrays.fill((byte[]) to, at, at + n, ((byte[]) from)[fromAt]);
    }

    @Override
    void gather(Region r, int from, int step, Object to, int at, int toStep, int n) {
      var src = r.bytes();
      byte[] z = (byte[]) to;
      for (int i = 0, p = from, q = at; i < n; i++, p += step, q += toStep) {
        z[q] = src.get(p);
      }
    }

    @Override
    void scatter(Region r, int to, int step, Object from, int at, int n) {
      var dst = r.bytes();
      byte[] x = (byte[]) from;
      for (int i = 0, p = to; i < n; i++, p += step) {
        dst.put(p, x[at + i]);
      }
    }

    @Override
    void pick(Region r, int[] index, Object to, int n) {
      var src = r.bytes();
      byte[] z = (byte[]) to;
      for (int i = 0; i < n; i++) {
        z[i] = src.get(index[i]);
      }
    }

    @Override
    void select(byte[] c, Object x, Object y, Object z, int n) {
      byte[] a = (byte[]) x;
      byte[] b = (byte[]) y;
      byte[] r = (byte[]) z;
      for (int i = 0; i < n; i++) {
        r[i] = (byte) (b[i] ^ ((a[i] ^ b[i]) & -c[i]));
      }
    }

    @Override
    void transpose(Object from, int rows, int columns, int stride, Object to, int toStride) {
      byte[] x = (byte[]) from;
      byte[] z = (byte[]) to;
      for (int c = 0; c < columns; c++) {
        for (int r = 0, p = c, q = c * toStride; r < rows; r++, p += stride, q++) {
          z[q] = x[p];
        }
      }
    }
  }
}
