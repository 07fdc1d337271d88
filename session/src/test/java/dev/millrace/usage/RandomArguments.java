package dev.millrace.usage;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Index;
import dev.millrace.ops.Ops;
import dev.millrace.ops.PartitionStrategy;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.WindowOptions;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Arguments for any parameter type: sensible ones, wrong ones and null. */
final class RandomArguments {
  private static final DataType[] DTYPES = {
    DataType.FLOAT32, DataType.FLOAT32, DataType.FLOAT32, DataType.INT32, DataType.INT32,
    DataType.INT64, DataType.FLOAT64, DataType.BOOL, DataType.STRING, DataType.FLOAT16,
    DataType.BFLOAT16, DataType.UINT8, DataType.INT8, DataType.INT16, DataType.UINT16,
    DataType.COMPLEX64, DataType.COMPLEX128, DataType.UINT32, DataType.UINT64
  };

  private final Ops tf;
  private final Random random;

  RandomArguments(Ops tf, Random random) {
    this.tf = tf;
    this.random = random;
  }

  /** Something for a parameter of that type, or null. */
  Object of(Type type) {
    if (type instanceof Class<?> c) {
      return of(c);
    } else if (type instanceof GenericArrayType a) {
      return array((Class<?>) a.getGenericComponentType());
    }
    String name = type.getTypeName();
    if (!name.startsWith("java.util.List") || random.nextInt(12) == 0) {
      return null;
    } else if (name.contains("Variable")) {
      return new ArrayList<>(
          Arrays.asList(tf.variable(1f), random.nextBoolean() ? null : tf.variable(2)));
    } else if (name.contains("Operand")) {
      List<Operand> all = new ArrayList<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        all.add(random.nextInt(8) == 0 ? null : tensor());
      }
      return all;
    }
    return name.contains("?>") ? list() : null;
  }

  private Object of(Class<?> type) {
    if (!type.isPrimitive() && random.nextInt(12) == 0) {
      return null;
    }
    if (type == Object.class) {
      return random.nextInt(3) == 0 ? plain() : tensor();
    } else if (type == Tensor.class || type.isAssignableFrom(Tensor.class)) {
      return tensor();
    } else if (type == int.class || type == Integer.class) {
      return whole();
    } else if (type == long.class || type == Long.class) {
      return (long) whole();
    } else if (type == double.class || type == Double.class) {
      return real();
    } else if (type == float.class) {
      return (float) real();
    } else if (type == boolean.class) {
      return random.nextBoolean();
    } else if (type == String.class) {
      return pick("SAME", "VALID", "NHWC", "NCHW", "ij,jk->ik", "x", "", "a b", "NDHWC");
    } else if (type == DataType.class) {
      return pick((Object[]) DTYPES);
    } else if (type == Shape.class) {
      return pick(Shape.unknown(), Shape.of(2, 3), Shape.of(-1, 2), Shape.scalar(), shape());
    } else if (type == Index.class) {
      return pick(
          Index.all(),
          Index.at(whole()),
          Index.newAxis(),
          Index.ellipsis(),
          Index.range(whole(), whole(), 1 + random.nextInt(2)),
          Index.at(tensor()));
    } else if (type == WindowOptions.class) {
      return windows();
    } else if (type == PartitionStrategy.class) {
      return pick((Object[]) PartitionStrategy.values());
    } else if (type.isArray()) {
      return array(type.getComponentType());
    }
    return null;
  }

  private Object pick(Object... all) {
    return all[random.nextInt(all.length)];
  }

  private int whole() {
    return random.nextInt(9) - 3;
  }

  private double real() {
    return random.nextInt(8) == 0
        ? (Double) pick(Double.NaN, Double.POSITIVE_INFINITY, -1e30, 0.0)
        : random.nextInt(12) / 2.0 - 2;
  }

  private Shape shape() {
    long[] dims = new long[random.nextInt(5)];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = random.nextInt(7) == 0 ? random.nextInt(2) : 2 + random.nextInt(2);
    }
    return Shape.of(dims);
  }

  private Object array(Class<?> component) {
    Object a = Array.newInstance(component, random.nextInt(5));
    for (int i = 0; i < Array.getLength(a); i++) {
      Array.set(a, i, of(component));
    }
    return a;
  }

  private List<Object> list() {
    List<Object> all = new ArrayList<>();
    Object first = random.nextInt(6) == 0 ? plain() : tensor();
    for (int n = random.nextInt(4); n > 0; n--) {
      all.add(random.nextInt(4) == 0 ? of(Object.class) : first);
    }
    return all;
  }

  private Object windows() {
    WindowOptions w =
        (WindowOptions)
            pick(
                WindowOptions.same(),
                WindowOptions.valid(),
                WindowOptions.padding("FULL"),
                WindowOptions.padded(1, 0, 2, 1),
                WindowOptions.padded(-1));
    w =
        random.nextBoolean()
            ? w.strides((int[]) array(int.class))
            : w.strides(1 + random.nextInt(2));
    w = random.nextInt(3) == 0 ? w.dilations(whole()) : w;
    return random.nextInt(4) == 0 ? w.channelsFirst() : w;
  }

  /** A Java value. */
  private Object plain() {
    return switch (random.nextInt(11)) {
      case 0 -> whole();
      case 1 -> real();
      case 2 -> random.nextBoolean();
      case 3 -> "text";
      case 4 -> array(int.class);
      case 5 -> array(float.class);
      case 6 -> new int[random.nextInt(3)][2];
      case 7 -> new Object();
      case 8 -> list();
      case 9 -> new int[][] {{1}, {2, 3}};
      default -> (long) whole();
    };
  }

  /** A tensor of any dtype, whose value and perhaps shape the graph does not know. */
  private Operand tensor() {
    DataType t = (DataType) pick((Object[]) DTYPES);
    Shape s = shape();
    Tensor c = tf.constant(value(t, s));
    return switch (random.nextInt(6)) {
      case 0 -> c;
      case 1 -> tf.placeholderWithDefault(c, Shape.unknown());
      case 2 -> tf.placeholderWithDefault(c, Shape.ofRank(s.rank()));
      default -> tf.placeholderWithDefault(c, s);
    };
  }

  private TensorValue value(DataType t, Shape s) {
    int n = (int) s.numElements();
    if (t == DataType.STRING) {
      byte[][] b = new byte[n][];
      Arrays.setAll(b, i -> new byte[] {(byte) ('a' + random.nextInt(26))});
      return TensorValue.wrap(t, s, b);
    }
    TensorValue v = TensorValue.zeros(t, s);
    Object data = v.data();
    boolean counts = random.nextBoolean();
    for (int i = 0; i < Array.getLength(data); i++) {
      double x = counts ? random.nextInt(4) : random.nextInt(13) / 2.0 - 3;
      if (data instanceof float[] f) {
        f[i] = (float) x;
      } else if (data instanceof double[] d) {
        d[i] = x;
      } else if (data instanceof int[] d) {
        d[i] = (int) x;
      } else if (data instanceof long[] d) {
        d[i] = (long) x;
      } else if (data instanceof short[] d) {
        d[i] = (short) (t.isFloating() ? 0x3c00 + 0x80 * (int) x : (int) x);
      } else if (data instanceof byte[] d) {
        d[i] = (byte) (t == DataType.BOOL ? (int) Math.abs(x) % 2 : (int) x);
      }
    }
    return v;
  }
}
