package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Random;

/** Random tensors, the same at every run. */
final class Values {
  private static final double[] ODD = {
    0.0,
    -0.0,
    1,
    -1,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    1e-40,
    -1e-40,
    1e12,
    -88,
    89,
    6,
    0.5,
    2.5,
    -1.5
  };

  private final Random random;

  Values(long seed) {
    random = new Random(seed);
  }

  int next(int bound) {
    return random.nextInt(bound);
  }

  Shape shape(long... dims) {
    return Shape.of(dims);
  }

  /** Of a normal distribution (integers: from -100 to 100; booleans; bytes of any kind). */
  TensorValue normal(DataType t, long... dims) {
    return fill(t, Shape.of(dims), () -> random.nextGaussian() * 2, 100);
  }

  /** Positive numbers. */
  TensorValue positive(DataType t, long... dims) {
    return fill(t, Shape.of(dims), () -> random.nextDouble() * 5 + 0.01, 0);
  }

  /** Some of them zeros of both signs, infinities, NaN, and numbers at the limits. */
  TensorValue odd(DataType t, long... dims) {
    return fill(
        t,
        Shape.of(dims),
        () -> random.nextInt(4) == 0 ? ODD[random.nextInt(ODD.length)] : random.nextGaussian() * 10,
        5);
  }

  /** As {@link #odd}, without numbers whose sums and products are out of a float's range. */
  TensorValue oddInRange(DataType t, long... dims) {
    TensorValue v = odd(t, dims);
    for (int i = 0; i < v.size(); i++) {
      if (Math.abs(v.getDouble(i)) > 1e10 && !Double.isInfinite(v.getDouble(i))) {
        if (t == DataType.FLOAT32) {
          v.floats()[i] = 1e10f;
        } else {
          v.doubles()[i] = 1e10;
        }
      }
    }
    return v;
  }

  /** Integers from 0 to {@code bound}, exclusive. */
  TensorValue below(DataType t, int bound, long... dims) {
    Shape s = Shape.of(dims);
    TensorValue v = TensorValue.zeros(t, s);
    for (int i = 0; i < v.size(); i++) {
      if (t == DataType.INT32) {
        v.ints()[i] = random.nextInt(bound);
      } else {
        v.longs()[i] = random.nextInt(bound);
      }
    }
    return v;
  }

  private interface Reals {
    double next();
  }

  private TensorValue fill(DataType t, Shape s, Reals reals, int range) {
    TensorValue v = TensorValue.zeros(t, s);
    Object d = v.data();
    for (int i = 0; i < java.lang.reflect.Array.getLength(d); i++) {
      if (d instanceof float[] a) {
        a[i] = (float) reals.next();
      } else if (d instanceof double[] a) {
        a[i] = reals.next();
      } else if (d instanceof int[] a) {
        a[i] = integer(range);
      } else if (d instanceof long[] a) {
        a[i] = integer(range);
      } else if (d instanceof short[] a) {
        a[i] = dev.millrace.graph.Float16.ofFloat((float) reals.next());
      } else if (d instanceof byte[] a) {
        a[i] = (byte) random.nextInt(t == DataType.BOOL ? 2 : 256);
      }
    }
    return v;
  }

  private int integer(int range) {
    return range == 0 ? 1 + random.nextInt(9) : random.nextInt(2 * range + 1) - range;
  }
}
