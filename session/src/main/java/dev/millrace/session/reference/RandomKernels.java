package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.random.Distributions;
import dev.millrace.session.random.Philox;
import dev.millrace.session.random.PhiloxStream;

/**
 * Tensors of uniform and normal random numbers, the same that TensorFlow draws from the same seeds:
 * from a stream that the node keeps, or, of the stateless ops, from one that its seeds alone give.
 */
final class RandomKernels {
  private RandomKernels() {}

  static void register(ReferenceKernels k) {
    k.add("RandomUniform", c -> stateful(c, RandomKernels::uniform));
    k.add("RandomStandardNormal", c -> stateful(c, RandomKernels::normal));
    k.add("TruncatedNormal", c -> stateful(c, RandomKernels::truncatedNormal));
    k.add("StatelessRandomUniform", c -> stateless(c, RandomKernels::uniform));
    k.add("StatelessRandomNormal", c -> stateless(c, RandomKernels::normal));
    k.add("StatelessTruncatedNormal", c -> stateless(c, RandomKernels::truncatedNormal));
    k.add("RandomUniformInt", RandomKernels::uniformInt);
    k.add("StatelessRandomUniformInt", RandomKernels::statelessUniformInt);
    SamplingKernels.register(k);
    CandidateKernels.register(k);
  }

  /** A distribution of numbers of a floating dtype. */
  @FunctionalInterface
  private interface Distribution {
    /** An array of {@code n} numbers, of the kind that holds the dtype. */
    Object draw(KernelContext c, Philox stream, DataType t, int n);
  }

  /** The stream that belongs to the node. */
  static PhiloxStream stream(KernelContext c) {
    return c.nodeState(
        PhiloxStream.class,
        () -> PhiloxStream.ofSeeds(c.attrs().getInt("seed"), c.attrs().getInt("seed2")));
  }

  /** The stream of the two seeds that input {@code i} holds. */
  static Philox mixed(KernelContext c, int i) {
    TensorValue seed = c.input(i);
    if (!seed.shape().equals(Shape.vector(2))) {
      throw new InvalidArgumentException(
          "the seed must be a vector of two numbers, not of shape " + seed.shape());
    }
    return Philox.mixed(seed.getLong(0), seed.getLong(1));
  }

  static Shape shape(KernelContext c) {
    return Dims.shape(Dims.requireRank(c.input(0), 1, "shape"), "shape");
  }

  private static void stateful(KernelContext c, Distribution d) {
    Shape s = shape(c);
    int n = Dims.count(s);
    DataType t = c.attrs().getType("dtype");
    c.output(0, TensorValue.wrap(t, s, d.draw(c, stream(c).reserveOutputs(n), t, n)));
  }

  private static void stateless(KernelContext c, Distribution d) {
    Shape s = shape(c);
    DataType t = c.attrs().getType("dtype");
    c.output(0, TensorValue.wrap(t, s, d.draw(c, mixed(c, 1), t, Dims.count(s))));
  }

  private static Object uniform(KernelContext c, Philox stream, DataType t, int n) {
    Object data = TensorValue.newStorage(t, n);
    switch (t) {
      case FLOAT32 -> Distributions.uniform(stream, (float[]) data, 0, 0, n);
      case FLOAT64 -> Distributions.uniform(stream, (double[]) data, 0, 0, n);
      case FLOAT16 -> Distributions.uniformHalf(stream, (short[]) data, 0, 0, n);
      case BFLOAT16 -> Distributions.uniformBfloat16(stream, (short[]) data, 0, 0, n);
      default -> throw Elementwise.unsupported(c, t);
    }
    return data;
  }

  private static Object normal(KernelContext c, Philox stream, DataType t, int n) {
    if (t == DataType.FLOAT64) {
      double[] data = new double[n];
      Distributions.normal(stream, data, 0, 0, n);
      return data;
    }
    float[] data = new float[n];
    Distributions.normal(stream, data, 0, 0, n);
    return narrowed(c, data, t);
  }

  private static Object truncatedNormal(KernelContext c, Philox stream, DataType t, int n) {
    if (t == DataType.FLOAT64) {
      double[] data = new double[n];
      Distributions.truncatedNormal(stream, data, 0, 0, n);
      return data;
    }
    float[] data = new float[n];
    Distributions.truncatedNormal(stream, data, 0, 0, n);
    return narrowed(c, data, t);
  }

  /** Half and bfloat16 normal numbers are floats, rounded. */
  private static Object narrowed(KernelContext c, float[] data, DataType t) {
    short[] bits = new short[data.length];
    switch (t) {
      case FLOAT32 -> {
        return data;
      }
      case FLOAT16 -> {
        for (int i = 0; i < bits.length; i++) {
          bits[i] = Float16.ofFloat(data[i]);
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < bits.length; i++) {
          bits[i] = Float16.bfloatOfFloat(data[i]);
        }
      }
      default -> throw Elementwise.unsupported(c, t);
    }
    return bits;
  }

  private static void uniformInt(KernelContext c) {
    Shape s = shape(c);
    long low = bound(c, 1, "minval");
    long high = bound(c, 2, "maxval");
    requireOrder(low, high);
    c.output(0, integers(c, stream(c).reserveOutputs(Dims.count(s)), s, low, high));
  }

  private static void statelessUniformInt(KernelContext c) {
    long low = bound(c, 2, "minval");
    long high = bound(c, 3, "maxval");
    requireOrder(low, high);
    c.output(0, integers(c, mixed(c, 1), shape(c), low, high));
  }

  private static long bound(KernelContext c, int i, String name) {
    return Dims.requireScalar(c.input(i), name).getLong(0);
  }

  private static void requireOrder(long low, long high) {
    if (low >= high) {
      throw new InvalidArgumentException(
          "minval must be below maxval; they are " + low + " and " + high);
    }
  }

  private static TensorValue integers(
      KernelContext c, Philox stream, Shape s, long low, long high) {
    DataType t = c.input(c.inputCount() - 1).dtype();
    int n = Dims.count(s);
    Object data = TensorValue.newStorage(t, n);
    switch (t) {
      case INT32 -> Distributions.uniformInt(stream, (int) low, (int) high, (int[]) data, 0, 0, n);
      case INT64 -> Distributions.uniformLong(stream, low, high, (long[]) data, 0, 0, n);
      default -> throw Elementwise.unsupported(c, t);
    }
    return TensorValue.wrap(t, s, data);
  }
}
