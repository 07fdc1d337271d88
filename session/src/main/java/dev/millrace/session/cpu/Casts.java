package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;

/** The loops of casts: straight ones for common pairs of dtypes, and others by way of 64 bits. */
final class Casts {
  private Casts() {}

  /** Converts {@code n} elements of one block into another. */
  @FunctionalInterface
  interface Loop {
    void run(Object x, Object z, int n);
  }

  /** The lane in which elements of that dtype lie. */
  static Lane lane(DataType t) {
    return switch (t) {
      case FLOAT32 -> Lane.F32;
      case FLOAT64 -> Lane.F64;
      default -> Lane.moving(t.size());
    };
  }

  /** The straight loop for a pair of dtypes, or null. */
  static Loop direct(DataType from, DataType to) {
    if (from == to) {
      return (x, z, n) -> System.arraycopy(x, 0, z, 0, n);
    }
    return switch (from) {
      case FLOAT32 -> ofFloats(to);
      case INT32 -> ofInts(to);
      case BOOL -> ofBooleans(to);
      case FLOAT64 -> to == DataType.FLOAT32 ? Casts::doublesToFloats : null;
      case INT64 -> to == DataType.INT32 ? Casts::longsToInts : null;
      case UINT8 -> to == DataType.FLOAT32 ? Casts::unsignedBytesToFloats : null;
      default -> null;
    };
  }

  private static Loop ofFloats(DataType to) {
    return switch (to) {
      case FLOAT64 -> Casts::floatsToDoubles;
      case INT32 -> Casts::floatsToInts;
      case BOOL -> Casts::floatsToBooleans;
      default -> null;
    };
  }

  private static Loop ofInts(DataType to) {
    return switch (to) {
      case FLOAT32 -> Casts::intsToFloats;
      case INT64 -> Casts::intsToLongs;
      default -> null;
    };
  }

  private static Loop ofBooleans(DataType to) {
    return switch (to) {
      case FLOAT32 -> Casts::booleansToFloats;
      case INT32 -> Casts::booleansToInts;
      default -> null;
    };
  }

  private static void floatsToDoubles(Object from, Object to, int n) {
    float[] x = (float[]) from;
    double[] z = (double[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = x[i];
    }
  }

  private static void floatsToInts(Object from, Object to, int n) {
    float[] x = (float[]) from;
    int[] z = (int[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = x[i] >= -0x1p31f && x[i] < 0x1p31f ? (int) x[i] : Integer.MIN_VALUE;
    }
  }

  private static void floatsToBooleans(Object from, Object to, int n) {
    float[] x = (float[]) from;
    byte[] z = (byte[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = (byte) (x[i] == 0 ? 0 : 1);
    }
  }

  private static void doublesToFloats(Object from, Object to, int n) {
    double[] x = (double[]) from;
    float[] z = (float[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = (float) x[i];
    }
  }

  private static void intsToFloats(Object from, Object to, int n) {
    int[] x = (int[]) from;
    float[] z = (float[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = x[i];
    }
  }

  private static void intsToLongs(Object from, Object to, int n) {
    int[] x = (int[]) from;
    long[] z = (long[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = x[i];
    }
  }

  private static void longsToInts(Object from, Object to, int n) {
    long[] x = (long[]) from;
    int[] z = (int[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = (int) x[i];
    }
  }

  private static void booleansToFloats(Object from, Object to, int n) {
    byte[] x = (byte[]) from;
    float[] z = (float[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = x[i];
    }
  }

  private static void booleansToInts(Object from, Object to, int n) {
    byte[] x = (byte[]) from;
    int[] z = (int[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = x[i];
    }
  }

  private static void unsignedBytesToFloats(Object from, Object to, int n) {
    byte[] x = (byte[]) from;
    float[] z = (float[]) to;
    for (int i = 0; i < n; i++) {
      z[i] = x[i] & 0xff;
    }
  }

  /** Reals of any width as doubles, which hold them exactly. */
  static void toReals(DataType t, Object from, double[] z, int n) {
    switch (t) {
      case FLOAT32 -> {
        float[] x = (float[]) from;
        for (int i = 0; i < n; i++) {
          z[i] = x[i];
        }
      }
      case FLOAT16 -> {
        short[] x = (short[]) from;
        for (int i = 0; i < n; i++) {
          z[i] = Float16.toFloat(x[i]);
        }
      }
      case BFLOAT16 -> {
        short[] x = (short[]) from;
        for (int i = 0; i < n; i++) {
          z[i] = Float16.bfloatToFloat(x[i]);
        }
      }
      default -> System.arraycopy(from, 0, z, 0, n);
    }
  }

  /** Doubles as any dtype. */
  static void ofReals(DataType t, double[] x, Object to, int n) {
    switch (t) {
      case FLOAT64 -> System.arraycopy(x, 0, to, 0, n);
      case FLOAT32 -> doublesToFloats(x, to, n);
      case FLOAT16 -> {
        short[] z = (short[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = Float16.ofFloat((float) x[i]);
        }
      }
      case BFLOAT16 -> {
        short[] z = (short[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = Float16.bfloatOfFloat((float) x[i]);
        }
      }
      case BOOL -> {
        byte[] z = (byte[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = (byte) (x[i] == 0 ? 0 : 1);
        }
      }
      case INT64 -> {
        long[] z = (long[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = x[i] >= -0x1p63 && x[i] < 0x1p63 ? (long) x[i] : Long.MIN_VALUE;
        }
      }
      case INT32 -> {
        int[] z = (int[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = cut(x[i]);
        }
      }
      case INT16, UINT16 -> {
        short[] z = (short[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = (short) cut(x[i]);
        }
      }
      default -> {
        byte[] z = (byte[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = (byte) cut(x[i]);
        }
      }
    }
  }

  private static int cut(double x) {
    return x > -0x1p31 - 1 && x < 0x1p31 ? (int) x : Integer.MIN_VALUE;
  }

  /** Integers of any width, and booleans, as longs. */
  static void toIntegers(DataType t, Object from, long[] z, int n) {
    switch (t) {
      case INT32 -> intsToLongs(from, z, n);
      case INT16 -> {
        short[] x = (short[]) from;
        for (int i = 0; i < n; i++) {
          z[i] = x[i];
        }
      }
      case UINT16 -> {
        short[] x = (short[]) from;
        for (int i = 0; i < n; i++) {
          z[i] = x[i] & 0xffff;
        }
      }
      case INT8 -> {
        byte[] x = (byte[]) from;
        for (int i = 0; i < n; i++) {
          z[i] = x[i];
        }
      }
      case UINT8, BOOL -> {
        byte[] x = (byte[]) from;
        for (int i = 0; i < n; i++) {
          z[i] = x[i] & 0xff;
        }
      }
      default -> System.arraycopy(from, 0, z, 0, n);
    }
  }

  /** Longs as any dtype. */
  static void ofIntegers(DataType t, long[] x, Object to, int n) {
    switch (t) {
      case FLOAT64 -> {
        double[] z = (double[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = (double) x[i];
        }
      }
      case FLOAT32 -> {
        float[] z = (float[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = (float) x[i];
        }
      }
      case FLOAT16 -> {
        short[] z = (short[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = Float16.ofFloat((float) x[i]);
        }
      }
      case BFLOAT16 -> {
        short[] z = (short[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = Float16.bfloatOfFloat((float) x[i]);
        }
      }
      case BOOL -> {
        byte[] z = (byte[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = (byte) (x[i] == 0 ? 0 : 1);
        }
      }
      case INT64 -> System.arraycopy(x, 0, to, 0, n);
      case INT32 -> longsToInts(x, to, n);
      case INT16, UINT16 -> {
        short[] z = (short[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = (short) x[i];
        }
      }
      default -> {
        byte[] z = (byte[]) to;
        for (int i = 0; i < n; i++) {
          z[i] = (byte) x[i];
        }
      }
    }
  }
}
