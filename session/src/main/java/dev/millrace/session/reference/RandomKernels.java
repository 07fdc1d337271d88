package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.random.Distributions;
import dev.millrace.session.random.Philox;
import dev.millrace.session.random.PhiloxStream;

/** Tensors of random numbers, the same that TensorFlow draws from the same seeds. */
final class RandomKernels {
  private RandomKernels() {}

  static void register(ReferenceKernels k) {
    k.add("RandomUniform", RandomKernels::uniform);
    k.add("RandomStandardNormal", RandomKernels::normal);
    k.add("TruncatedNormal", RandomKernels::truncatedNormal);
    k.add("RandomUniformInt", RandomKernels::uniformInt);
  }

  /** Takes the part of the node's stream that belongs to this run. */
  private static Philox reserve(KernelContext c, int outputs) {
    return c.nodeState(
            PhiloxStream.class,
            () -> PhiloxStream.ofSeeds(c.attrs().getInt("seed"), c.attrs().getInt("seed2")))
        .reserveOutputs(outputs);
  }

  private static Shape shape(KernelContext c) {
    return Dims.shape(Dims.requireRank(c.input(0), 1, "shape"), "shape");
  }

  private static void uniform(KernelContext c) {
    Shape s = shape(c);
    DataType t = c.attrs().getType("dtype");
    int n = Dims.count(s);
    Object data = TensorValue.newStorage(t, n);
    Philox stream = reserve(c, n);
    switch (t) {
      case FLOAT32 -> Distributions.uniform(stream, (float[]) data, 0, 0, n);
      case FLOAT64 -> Distributions.uniform(stream, (double[]) data, 0, 0, n);
      case FLOAT16 -> Distributions.uniformHalf(stream, (short[]) data, 0, 0, n);
      case BFLOAT16 -> Distributions.uniformBfloat16(stream, (short[]) data, 0, 0, n);
      default -> throw Elementwise.unsupported(c, t);
    }
    c.output(0, TensorValue.wrap(t, s, data));
  }

  private static void normal(KernelContext c) {
    Shape s = shape(c);
    DataType t = c.attrs().getType("dtype");
    int n = Dims.count(s);
    if (t == DataType.FLOAT64) {
      double[] data = new double[n];
      Distributions.normal(reserve(c, n), data, 0, 0, n);
      c.output(0, TensorValue.wrap(t, s, data));
    } else if (t.isFloating()) {
      float[] data = new float[n];
      Distributions.normal(reserve(c, n), data, 0, 0, n);
      c.output(0, TensorValue.wrap(t, s, narrowed(data, t)));
    } else {
      throw Elementwise.unsupported(c, t);
    }
  }

  private static void truncatedNormal(KernelContext c) {
    Shape s = shape(c);
    DataType t = c.attrs().getType("dtype");
    int n = Dims.count(s);
    if (t == DataType.FLOAT64) {
      double[] data = new double[n];
      Distributions.truncatedNormal(reserve(c, n), data, 0, 0, n);
      c.output(0, TensorValue.wrap(t, s, data));
    } else if (t.isFloating()) {
      float[] data = new float[n];
      Distributions.truncatedNormal(reserve(c, n), data, 0, 0, n);
      c.output(0, TensorValue.wrap(t, s, narrowed(data, t)));
    } else {
      throw Elementwise.unsupported(c, t);
    }
  }

  /** Half and bfloat16 normal numbers are floats, rounded. */
  private static Object narrowed(float[] data, DataType t) {
    if (t == DataType.FLOAT32) {
      return data;
    }
    short[] bits = new short[data.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = t == DataType.FLOAT16 ? Float16.ofFloat(data[i]) : Float16.bfloatOfFloat(data[i]);
    }
    return bits;
  }

  private static void uniformInt(KernelContext c) {
    Shape s = shape(c);
    long low = Dims.requireScalar(c.input(1), "minval").getLong(0);
    long high = Dims.requireScalar(c.input(2), "maxval").getLong(0);
    if (low >= high) {
      throw new InvalidArgumentException(
          "minval must be below maxval; they are " + low + " and " + high);
    }
    DataType t = c.attrs().getType("Tout");
    int n = Dims.count(s);
    Object data = TensorValue.newStorage(t, n);
    Philox stream = reserve(c, n);
    switch (t) {
      case INT32 -> Distributions.uniformInt(stream, (int) low, (int) high, (int[]) data, 0, 0, n);
      case INT64 -> Distributions.uniformLong(stream, low, high, (long[]) data, 0, 0, n);
      default -> throw Elementwise.unsupported(c, t);
    }
    c.output(0, TensorValue.wrap(t, s, data));
  }
}
