package dev.millrace.graph;

import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Conversion between tensor values and Java numbers and nested arrays. */
final class JavaArrays {
  private JavaArrays() {}

  static TensorValue toTensor(Object value, DataType wanted) {
    if (value == null) {
      throw new InvalidArgumentException("null is not a tensor value");
    }
    if (value instanceof TensorValue v) {
      return wanted == null || v.dtype() == wanted ? v : convert(v, wanted);
    }
    Class<?> leaf = leafClass(value);
    DataType natural = dtypeOf(leaf);
    if (natural == null) {
      throw new InvalidArgumentException(
          "a "
              + value.getClass().getTypeName()
              + " is not a tensor value: give a number, boolean, String or an array of them");
    }
    long[] dims = dims(value);
    Shape shape = Shape.of(dims);
    TensorValue zeros = TensorValue.zeros(natural, shape);
    int end = copyIn(value, dims, 0, zeros.data(), 0);
    if (end != zeros.size()) {
      throw new InternalException("copied " + end + " of " + zeros.size() + " elements");
    }
    return wanted == null || wanted == natural ? zeros : convert(zeros, wanted);
  }

  private static Class<?> leafClass(Object value) {
    Class<?> c = value.getClass();
    while (c.isArray()) {
      c = c.getComponentType();
    }
    return c;
  }

  private static DataType dtypeOf(Class<?> c) {
    if (c == float.class || c == Float.class) {
      return DataType.FLOAT32;
    } else if (c == double.class || c == Double.class) {
      return DataType.FLOAT64;
    } else if (c == int.class || c == Integer.class) {
      return DataType.INT32;
    } else if (c == long.class || c == Long.class) {
      return DataType.INT64;
    } else if (c == short.class || c == Short.class) {
      return DataType.INT16;
    } else if (c == byte.class || c == Byte.class) {
      return DataType.INT8;
    } else if (c == boolean.class || c == Boolean.class) {
      return DataType.BOOL;
    } else if (c == String.class) {
      return DataType.STRING;
    }
    return null;
  }

  /** The sizes of the nested arrays along the first elements; an empty array ends in zeros. */
  private static long[] dims(Object value) {
    List<Long> dims = new ArrayList<>();
    Object at = value;
    Class<?> c = value.getClass();
    while (c.isArray()) {
      int n = at == null ? 0 : Array.getLength(at);
      dims.add((long) n);
      at = n == 0 ? null : Array.get(at, 0);
      c = c.getComponentType();
    }
    return dims.stream().mapToLong(Long::longValue).toArray();
  }

  private static int copyIn(Object value, long[] dims, int depth, Object to, int at) {
    if (depth == dims.length) {
      set(to, at, value);
      return at + 1;
    }
    if (value == null || Array.getLength(value) != dims[depth]) {
      throw new InvalidArgumentException(
          "rows differ in length: one at depth "
              + depth
              + " has "
              + (value == null ? "none" : Array.getLength(value))
              + ", the first has "
              + dims[depth]);
    }
    int n = (int) dims[depth];
    if (depth == dims.length - 1
        && value.getClass() == to.getClass()
        && !(value instanceof Object[])) {
      System.arraycopy(value, 0, to, at, n);
      return at + n;
    }
    int p = at;
    for (int i = 0; i < n; i++) {
      p = copyIn(Array.get(value, i), dims, depth + 1, to, p);
    }
    return p;
  }

  private static void set(Object to, int at, Object value) {
    if (value == null) {
      throw new InvalidArgumentException("null is not an element of a tensor");
    }
    if (to instanceof byte[][] strings) {
      strings[at] = ((String) value).getBytes(StandardCharsets.UTF_8);
    } else if (value instanceof Boolean b) {
      ((byte[]) to)[at] = (byte) (b ? 1 : 0);
    } else {
      Array.set(to, at, value);
    }
  }

  /**
   * Numbers of {@code v} as {@code to}, where each keeps its value (a float may round: 0.1 becomes
   * the nearest float).
   */
  private static TensorValue convert(TensorValue v, DataType to) {
    DataType from = v.dtype();
    boolean numbers = from.isNumeric() && to.isNumeric() && !from.isComplex();
    if (!numbers) {
      throw new InvalidArgumentException("a value of " + from + " does not convert to " + to);
    }
    TensorValue r = TensorValue.zeros(to, v.shape());
    for (int i = 0; i < v.size(); i++) {
      if (to.isInteger() && from.isFloating()) {
        setLong(r, i, wholeNumber(v.getDouble(i), to));
      } else if (to.isInteger()) {
        setInteger(r, i, v);
      } else {
        setDouble(r, i, v.getDouble(i));
      }
    }
    return r;
  }

  /** A real number as an integer, uint64 above 2^63 by its bits. */
  private static long wholeNumber(double x, DataType to) {
    if (x != Math.rint(x)) {
      throw new InvalidArgumentException(x + " is not a whole number, as " + to + " needs");
    }
    int bits = 8 * to.size();
    double low = to.isUnsigned() ? 0 : -Math.scalb(1.0, bits - 1);
    double end = Math.scalb(1.0, to.isUnsigned() ? bits : bits - 1);
    if (!(x >= low && x < end)) {
      throw new InvalidArgumentException(x + " does not fit " + to);
    }
    return x < 0x1p63 ? (long) x : (long) (x - 0x1p63) ^ Long.MIN_VALUE;
  }

  private static void setInteger(TensorValue r, int i, TensorValue v) {
    long x = v.getLong(i);
    setLong(r, i, x);
    // With 64 bits a sign can be taken for the highest bit and the other way round.
    boolean sameSign = x >= 0 || (v.dtype() == DataType.UINT64) == (r.dtype() == DataType.UINT64);
    if (r.getLong(i) != x || !sameSign) {
      String text = v.dtype() == DataType.UINT64 ? Long.toUnsignedString(x) : Long.toString(x);
      throw new InvalidArgumentException(text + " does not fit " + r.dtype());
    }
  }

  static void setLong(TensorValue r, int i, long x) {
    Object d = r.data();
    if (d instanceof int[] a) {
      a[i] = (int) x;
    } else if (d instanceof long[] a) {
      a[i] = x;
    } else if (d instanceof short[] a) {
      a[i] = (short) x;
    } else if (d instanceof byte[] a) {
      a[i] = (byte) x;
    } else {
      throw new InternalException("no integers in " + r.dtype());
    }
  }

  static void setDouble(TensorValue r, int i, double x) {
    switch (r.dtype()) {
      case FLOAT32 -> r.floats()[i] = (float) x;
      case FLOAT64 -> r.doubles()[i] = x;
      case COMPLEX64 -> r.floats()[2 * i] = (float) x;
      case COMPLEX128 -> r.doubles()[2 * i] = x;
      case FLOAT16 -> r.shorts()[i] = Float16.ofFloat((float) x);
      case BFLOAT16 -> r.shorts()[i] = Float16.bfloatOfFloat((float) x);
      default -> throw new InternalException("no reals in " + r.dtype());
    }
  }

  static Object toJava(TensorValue v) {
    if (v.shape().rank() == 0) {
      return element(v, 0);
    }
    long[] dims = v.shape().dims();
    int[] sizes = Arrays.stream(dims).mapToInt(Math::toIntExact).toArray();
    Object array = Array.newInstance(javaClass(v.dtype()), sizes);
    fill(array, v, sizes, 0, 0);
    return array;
  }

  private static int fill(Object array, TensorValue v, int[] sizes, int depth, int at) {
    int p = at;
    for (int i = 0; i < sizes[depth]; i++) {
      if (depth == sizes.length - 1) {
        Array.set(array, i, element(v, p++));
      } else {
        p = fill(Array.get(array, i), v, sizes, depth + 1, p);
      }
    }
    return p;
  }

  private static Class<?> javaClass(DataType t) {
    return switch (t) {
      case FLOAT32, FLOAT16, BFLOAT16 -> float.class;
      case FLOAT64 -> double.class;
      case INT32, QINT32, UINT16, QUINT16 -> int.class;
      case INT64, UINT64, UINT32 -> long.class;
      case INT16, QINT16, UINT8, QUINT8 -> short.class;
      case INT8, QINT8 -> byte.class;
      case BOOL -> boolean.class;
      case STRING -> String.class;
      case COMPLEX64, COMPLEX128, RESOURCE, VARIANT ->
          throw new InvalidArgumentException(t + " values have no Java array form; use data()");
    };
  }

  private static Object element(TensorValue v, int i) {
    Class<?> c = javaClass(v.dtype());
    if (c == float.class) {
      return (float) v.getDouble(i);
    } else if (c == double.class) {
      return v.getDouble(i);
    } else if (c == int.class) {
      return (int) v.getLong(i);
    } else if (c == long.class) {
      return v.getLong(i);
    } else if (c == short.class) {
      return (short) v.getLong(i);
    } else if (c == byte.class) {
      return (byte) v.getLong(i);
    } else if (c == boolean.class) {
      return v.getBoolean(i);
    }
    return v.getString(i);
  }

  static String describe(TensorValue v, int most) {
    StringBuilder s = new StringBuilder(v.dtype() + v.shape().toString());
    s.append(" {");
    for (int i = 0; i < Math.min(v.size(), most); i++) {
      s.append(i == 0 ? "" : ", ");
      if (v.dtype() == DataType.STRING) {
        s.append('"').append(v.getString(i)).append('"');
      } else if (v.data() instanceof Object[] objects) {
        s.append(objects[i]);
      } else if (v.dtype() == DataType.BOOL) {
        s.append(v.getBoolean(i));
      } else if (v.dtype() == DataType.FLOAT32) {
        s.append(v.floats()[i]);
      } else if (v.dtype().isComplex()) {
        s.append(v.getDouble(i))
            .append('+')
            .append(((Number) Array.get(v.data(), 2 * i + 1)).doubleValue())
            .append('i');
      } else if (v.dtype().isFloating()) {
        s.append(v.getDouble(i));
      } else {
        s.append(v.getLong(i));
      }
    }
    return s.append(v.size() > most ? ", …}" : "}").toString();
  }
}
