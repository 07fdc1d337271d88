package dev.millrace.session.memory;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Copies between tensor values on the heap and regions off it. */
public final class HeapCopies {
  private HeapCopies() {}

  /** The bytes that a dense tensor takes. */
  public static long byteSize(DataType dtype, Shape shape) {
    return Math.multiplyExact(shape.numElements(), (long) dtype.size());
  }

  /** Copies {@code from} into {@code to}, which must be of its size. */
  public static void store(TensorValue from, Region to) {
    Object d = from.data();
    if (d instanceof float[] a) {
      to.floats().put(0, a, 0, a.length);
    } else if (d instanceof double[] a) {
      to.doubles().put(0, a, 0, a.length);
    } else if (d instanceof int[] a) {
      to.ints().put(0, a, 0, a.length);
    } else if (d instanceof long[] a) {
      to.longs().put(0, a, 0, a.length);
    } else if (d instanceof short[] a) {
      to.shorts().put(0, a, 0, a.length);
    } else if (d instanceof byte[] a) {
      to.bytes().put(0, a, 0, a.length);
    } else {
      throw new InternalException(from.dtype() + " values do not lie in regions");
    }
  }

  /** A new value with the contents of {@code from}. */
  public static TensorValue load(DataType dtype, Shape shape, Region from) {
    TensorValue v = TensorValue.zeros(dtype, shape);
    Object d = v.data();
    if (d instanceof float[] a) {
      from.floats().get(0, a, 0, a.length);
    } else if (d instanceof double[] a) {
      from.doubles().get(0, a, 0, a.length);
    } else if (d instanceof int[] a) {
      from.ints().get(0, a, 0, a.length);
    } else if (d instanceof long[] a) {
      from.longs().get(0, a, 0, a.length);
    } else if (d instanceof short[] a) {
      from.shorts().get(0, a, 0, a.length);
    } else if (d instanceof byte[] a) {
      from.bytes().get(0, a, 0, a.length);
    } else {
      throw new InternalException(dtype + " values do not lie in regions");
    }
    return v;
  }
}
