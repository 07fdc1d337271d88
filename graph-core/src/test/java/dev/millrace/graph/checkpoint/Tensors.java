package dev.millrace.graph.checkpoint;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Values for tests of checkpoints. */
final class Tensors {
  private Tensors() {}

  /** The types that a checkpoint can hold. */
  static List<DataType> dtypes() {
    List<DataType> all = new ArrayList<>();
    for (DataType t : DataType.values()) {
      if (t.isDense() || t == DataType.STRING) {
        all.add(t);
      }
    }
    return all;
  }

  static TensorValue random(DataType dtype, Shape shape, Random random) {
    TensorValue v = TensorValue.zeros(dtype, shape);
    Object d = v.data();
    int n = java.lang.reflect.Array.getLength(d);
    for (int i = 0; i < n; i++) {
      if (d instanceof float[] a) {
        a[i] = (float) random.nextGaussian();
      } else if (d instanceof double[] a) {
        a[i] = random.nextGaussian();
      } else if (d instanceof int[] a) {
        a[i] = random.nextInt();
      } else if (d instanceof long[] a) {
        a[i] = random.nextLong();
      } else if (d instanceof short[] a) {
        a[i] = (short) random.nextInt();
      } else if (d instanceof byte[] a) {
        a[i] = (byte) (dtype == DataType.BOOL ? random.nextInt(2) : random.nextInt());
      } else {
        byte[] s = new byte[random.nextInt(300)];
        random.nextBytes(s);
        ((byte[][]) d)[i] = s;
      }
    }
    return v;
  }
}
