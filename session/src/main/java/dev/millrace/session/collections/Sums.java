package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;

/** Adds values of one dtype and shape, element by element. */
public final class Sums {
  private Sums() {}

  /**
   * The sum, a new value.
   *
   * @throws UnimplementedException if the dtype has no sums
   */
  public static TensorValue add(TensorValue x, TensorValue y) {
    TensorValue r = TensorValue.zeros(x.dtype(), x.shape());
    Object to = r.data();
    if (!x.dtype().isNumeric()) {
      throw new UnimplementedException("values of " + x.dtype() + " cannot be added");
    } else if (to instanceof float[] a) { // complex64 too
      float[] b = x.floats();
      float[] c = y.floats();
      for (int i = 0; i < a.length; i++) {
        a[i] = b[i] + c[i];
      }
    } else if (to instanceof double[] a) {
      double[] b = x.doubles();
      double[] c = y.doubles();
      for (int i = 0; i < a.length; i++) {
        a[i] = b[i] + c[i];
      }
    } else if (to instanceof int[] a) {
      for (int i = 0; i < a.length; i++) {
        a[i] = x.ints()[i] + y.ints()[i];
      }
    } else if (to instanceof long[] a) {
      for (int i = 0; i < a.length; i++) {
        a[i] = x.longs()[i] + y.longs()[i];
      }
    } else if (to instanceof byte[] a) {
      for (int i = 0; i < a.length; i++) {
        a[i] = (byte) (x.bytes()[i] + y.bytes()[i]);
      }
    } else if (to instanceof short[] a) {
      for (int i = 0; i < a.length; i++) {
        a[i] = add(x.dtype(), x.shorts()[i], y.shorts()[i]);
      }
    }
    return r;
  }

  private static short add(DataType t, short x, short y) {
    return switch (t) {
      case FLOAT16 -> Float16.ofFloat(Float16.toFloat(x) + Float16.toFloat(y));
      case BFLOAT16 -> Float16.bfloatOfFloat(Float16.bfloatToFloat(x) + Float16.bfloatToFloat(y));
      default -> (short) (x + y);
    };
  }
}
