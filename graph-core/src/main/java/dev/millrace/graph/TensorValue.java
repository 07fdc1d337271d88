package dev.millrace.graph;

import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A tensor's value on the Java heap: dtype, shape and the elements in row-major order. Constants,
 * string fetches and feeds are of this form, and reference kernels compute on it.
 *
 * <p>The elements lie in one Java array, given by {@link #data()}:
 *
 * <table>
 * <caption>storage by dtype</caption>
 * <tr><td>float32, complex64 (real and imaginary part in turn)</td><td>{@code float[]}</td></tr>
 * <tr><td>float64, complex128</td><td>{@code double[]}</td></tr>
 * <tr><td>int32, uint32, qint32</td><td>{@code int[]}</td></tr>
 * <tr><td>int64, uint64</td><td>{@code long[]}</td></tr>
 * <tr><td>int16, uint16, qint16, quint16, half and bfloat16 (their bits)</td><td>{@code short[]}</td></tr>
 * <tr><td>int8, uint8, qint8, quint8, bool (0 or 1)</td><td>{@code byte[]}</td></tr>
 * <tr><td>string</td><td>{@code byte[][]}</td></tr>
 * <tr><td>resource, variant</td><td>{@code Object[]}</td></tr>
 * </table>
 *
 * <p>A value is treated as immutable: whoever gets the array from {@link #data()} or one of the
 * typed accessors must not write to it.
 */
public final class TensorValue {
  private final DataType dtype;
  private final Shape shape;
  private final Object data;
  private final int size;

  private TensorValue(DataType dtype, Shape shape, Object data, int size) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
    this.size = size;
  }

  /**
   * A value over {@code data} itself, which the caller gives away.
   *
   * @param data an array of the kind that the class comment names for {@code dtype}
   * @throws InvalidArgumentException if the array's kind does not fit the dtype or its length the
   *     shape
   */
  public static TensorValue wrap(DataType dtype, Shape shape, Object data) {
    int n = elements(dtype, shape);
    Class<?> want = storageClass(dtype);
    if (!want.isInstance(data)) {
      throw new InvalidArgumentException(
          dtype
              + " values lie in a "
              + want.getSimpleName()
              + ", not in a "
              + data.getClass().getSimpleName());
    }
    int length = Array.getLength(data);
    int wanted = dtype.isComplex() ? 2 * n : n;
    if (length != wanted) {
      throw new InvalidArgumentException(
          "shape " + shape + " of " + dtype + " takes " + wanted + " values, not " + length);
    }
    return new TensorValue(dtype, shape, data, n);
  }

  /** A value of zeros (empty strings, false) of a fully defined shape. */
  public static TensorValue zeros(DataType dtype, Shape shape) {
    int n = elements(dtype, shape);
    return new TensorValue(dtype, shape, newStorage(dtype, n), n);
  }

  /**
   * A new array of the kind that holds {@code n} elements of {@code dtype}, all zero; strings are
   * empty.
   */
  public static Object newStorage(DataType dtype, int n) {
    Object data =
        Array.newInstance(storageClass(dtype).getComponentType(), dtype.isComplex() ? 2 * n : n);
    if (dtype == DataType.STRING) {
      Arrays.fill((byte[][]) data, new byte[0]);
    }
    return data;
  }

  /** The class of the array that holds elements of {@code dtype}. */
  public static Class<?> storageClass(DataType dtype) {
    return switch (dtype) {
      case FLOAT32, COMPLEX64 -> float[].class;
      case FLOAT64, COMPLEX128 -> double[].class;
      case INT32, UINT32, QINT32 -> int[].class;
      case INT64, UINT64 -> long[].class;
      case INT16, UINT16, QINT16, QUINT16, FLOAT16, BFLOAT16 -> short[].class;
      case INT8, UINT8, QINT8, QUINT8, BOOL -> byte[].class;
      case STRING -> byte[][].class;
      case RESOURCE, VARIANT -> Object[].class;
    };
  }

  private static int elements(DataType dtype, Shape shape) {
    if (!shape.isFullyDefined()) {
      throw new InvalidArgumentException("a value needs a fully defined shape, not " + shape);
    }
    long n = shape.numElements();
    if (n > (dtype.isComplex() ? Integer.MAX_VALUE / 2 : Integer.MAX_VALUE) - 8) {
      throw new ResourceExhaustedException(
          "shape " + shape + " has " + n + " elements: too many for one tensor");
    }
    return (int) n;
  }

  /** A float32 scalar. */
  public static TensorValue of(float x) {
    return new TensorValue(DataType.FLOAT32, Shape.scalar(), new float[] {x}, 1);
  }

  /** A float64 scalar. */
  public static TensorValue of(double x) {
    return new TensorValue(DataType.FLOAT64, Shape.scalar(), new double[] {x}, 1);
  }

  /** An int32 scalar. */
  public static TensorValue of(int x) {
    return new TensorValue(DataType.INT32, Shape.scalar(), new int[] {x}, 1);
  }

  /** An int64 scalar. */
  public static TensorValue of(long x) {
    return new TensorValue(DataType.INT64, Shape.scalar(), new long[] {x}, 1);
  }

  /** A bool scalar. */
  public static TensorValue of(boolean x) {
    return new TensorValue(DataType.BOOL, Shape.scalar(), new byte[] {(byte) (x ? 1 : 0)}, 1);
  }

  /** A string scalar of the text's UTF-8 bytes. */
  public static TensorValue of(String x) {
    return new TensorValue(
        DataType.STRING, Shape.scalar(), new byte[][] {x.getBytes(StandardCharsets.UTF_8)}, 1);
  }

  /** An int32 vector. */
  public static TensorValue ofInts(int... x) {
    return new TensorValue(DataType.INT32, Shape.vector(x.length), x.clone(), x.length);
  }

  /** An int64 vector. */
  public static TensorValue ofLongs(long... x) {
    return new TensorValue(DataType.INT64, Shape.vector(x.length), x.clone(), x.length);
  }

  /** A float32 vector. */
  public static TensorValue ofFloats(float... x) {
    return new TensorValue(DataType.FLOAT32, Shape.vector(x.length), x.clone(), x.length);
  }

  /** A float64 vector. */
  public static TensorValue ofDoubles(double... x) {
    return new TensorValue(DataType.FLOAT64, Shape.vector(x.length), x.clone(), x.length);
  }

  /**
   * The value of a Java number, boolean, string, or array of these, nested to any depth.
   *
   * <p>float gives float32, double float64, int int32, long int64, short int16, byte int8, boolean
   * bool, String (as UTF-8) string. A {@code byte[]} is a vector of int8; strings that are not text
   * are given to {@link #wrap}.
   *
   * @throws InvalidArgumentException if the object is of another kind, or its rows differ in length
   */
  public static TensorValue of(Object javaValue) {
    return JavaArrays.toTensor(javaValue, null);
  }

  /**
   * The value of a Java number or array as {@code dtype}: numbers convert where none is changed by
   * it, so that 2 may become 2.0 but 2.5 not 2.
   *
   * @throws InvalidArgumentException if the object is no such value or a number does not fit the
   *     dtype
   */
  public static TensorValue of(Object javaValue, DataType dtype) {
    return JavaArrays.toTensor(javaValue, dtype);
  }

  public DataType dtype() {
    return dtype;
  }

  /** The shape, fully defined. */
  public Shape shape() {
    return shape;
  }

  /** The number of elements. */
  public int size() {
    return size;
  }

  /**
   * The array of elements itself, of the kind that the class comment names. Not to be written to.
   */
  public Object data() {
    return data;
  }

  /** The elements of a float32 or complex64 value; not a copy. */
  public float[] floats() {
    return storage(float[].class);
  }

  /** The elements of a float64 or complex128 value; not a copy. */
  public double[] doubles() {
    return storage(double[].class);
  }

  /** The elements of an int32, uint32 or qint32 value; not a copy. */
  public int[] ints() {
    return storage(int[].class);
  }

  /** The elements of an int64 or uint64 value; not a copy. */
  public long[] longs() {
    return storage(long[].class);
  }

  /** The elements of a 16-bit value, half and bfloat16 as their bits; not a copy. */
  public short[] shorts() {
    return storage(short[].class);
  }

  /** The elements of an 8-bit or bool value; not a copy. */
  public byte[] bytes() {
    return storage(byte[].class);
  }

  /** The elements of a string value, as bytes; not a copy. */
  public byte[][] strings() {
    return storage(byte[][].class);
  }

  /** The elements of a resource or variant value; not a copy. */
  public Object[] objects() {
    if (dtype != DataType.RESOURCE && dtype != DataType.VARIANT) {
      throw new InvalidArgumentException("a " + dtype + " value does not hold Objects");
    }
    return (Object[]) data;
  }

  private <T> T storage(Class<T> kind) {
    if (!kind.isInstance(data)) {
      throw new InvalidArgumentException(
          "a " + dtype + " value does not lie in a " + kind.getSimpleName());
    }
    return kind.cast(data);
  }

  /**
   * Element {@code i} of an integer or bool value (true is 1), or of a real one cut off; uint64
   * above 2^63 wraps.
   */
  public long getLong(int i) {
    return switch (dtype) {
      case FLOAT32 -> (long) floats()[i];
      case FLOAT64 -> (long) doubles()[i];
      case INT32, QINT32 -> ints()[i];
      case UINT32 -> Integer.toUnsignedLong(ints()[i]);
      case INT64, UINT64 -> longs()[i];
      case INT16, QINT16 -> shorts()[i];
      case UINT16, QUINT16 -> Short.toUnsignedInt(shorts()[i]);
      case INT8, QINT8 -> bytes()[i];
      case UINT8, QUINT8, BOOL -> Byte.toUnsignedInt(bytes()[i]);
      case FLOAT16, BFLOAT16 -> (long) getDouble(i);
      default -> throw new InvalidArgumentException("a " + dtype + " value has no numbers");
    };
  }

  /** Element {@code i} of a numeric or bool value as a double; of a complex one the real part. */
  public double getDouble(int i) {
    return switch (dtype) {
      case FLOAT32 -> floats()[i];
      case FLOAT64 -> doubles()[i];
      case COMPLEX64 -> floats()[2 * i];
      case COMPLEX128 -> doubles()[2 * i];
      case FLOAT16 -> Float16.toFloat(shorts()[i]);
      case BFLOAT16 -> Float16.bfloatToFloat(shorts()[i]);
      case UINT64 -> unsignedToDouble(longs()[i]);
      default -> getLong(i);
    };
  }

  private static double unsignedToDouble(long x) {
    return x >= 0 ? (double) x : ((double) ((x >>> 1) | (x & 1))) * 2.0;
  }

  /** Element {@code i} of a bool value. */
  public boolean getBoolean(int i) {
    if (dtype != DataType.BOOL) {
      throw new InvalidArgumentException("a " + dtype + " value has no booleans");
    }
    return bytes()[i] != 0;
  }

  /** Element {@code i} of a string value, read as UTF-8. */
  public String getString(int i) {
    return new String(strings()[i], StandardCharsets.UTF_8);
  }

  /** The elements of an integer or bool value as longs. */
  public long[] toLongs() {
    long[] r = new long[size];
    for (int i = 0; i < size; i++) {
      r[i] = getLong(i);
    }
    return r;
  }

  /** The elements of an integer value as ints; values outside int's range wrap. */
  public int[] toInts() {
    int[] r = new int[size];
    for (int i = 0; i < size; i++) {
      r[i] = (int) getLong(i);
    }
    return r;
  }

  /** The elements of a numeric value as doubles. */
  public double[] toDoubles() {
    double[] r = new double[size];
    for (int i = 0; i < size; i++) {
      r[i] = getDouble(i);
    }
    return r;
  }

  /** The elements of a numeric value as floats. */
  public float[] toFloats() {
    float[] r = new float[size];
    for (int i = 0; i < size; i++) {
      r[i] = (float) getDouble(i);
    }
    return r;
  }

  /**
   * The elements as a Java array of this rank ({@code float[][]} for a float32 matrix), or as a
   * boxed number for a scalar.
   */
  public Object toJava() {
    return JavaArrays.toJava(this);
  }

  /**
   * The same elements in another shape.
   *
   * @throws InvalidArgumentException if that shape has another number of elements
   */
  public TensorValue reshape(Shape to) {
    if (to.numElements() != size) {
      throw new InvalidArgumentException(
          "cannot reshape " + shape + " (" + size + " elements) to " + to);
    }
    return new TensorValue(dtype, to, data, size);
  }

  /** The same value over an array of its own. */
  public TensorValue copy() {
    int n = Array.getLength(data);
    Object own = Array.newInstance(data.getClass().getComponentType(), n);
    System.arraycopy(data, 0, own, 0, n);
    return new TensorValue(dtype, shape, own, size);
  }

  /**
   * Equal dtype, shape and elements; floats compare by {@code Float.compare}, so NaN equals NaN and
   * -0.0 is not 0.0.
   */
  @Override
  public boolean equals(Object o) {
    return o instanceof TensorValue v
        && dtype == v.dtype
        && shape.equals(v.shape)
        && Arrays.deepEquals(new Object[] {data}, new Object[] {v.data});
  }

  @Override
  public int hashCode() {
    return 31 * (31 * dtype.hashCode() + shape.hashCode())
        + Arrays.deepHashCode(new Object[] {data});
  }

  /** Dtype, shape and the first elements. */
  @Override
  public String toString() {
    return JavaArrays.describe(this, 12);
  }
}
