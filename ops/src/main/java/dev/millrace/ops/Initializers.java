package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;

/** TensorFlow's initializers. Those that draw take a seed, or null for none of their own. */
public final class Initializers {
  /** The standard deviation of a standard normal distribution cut off at 2. */
  private static final double TRUNCATED_STDDEV = 0.8796256610342398;

  private Initializers() {}

  /** Zeros (false, empty strings). */
  public static Initializer zeros() {
    return (tf, shape, dtype) -> tf.zeros(dtype, shape);
  }

  /** Ones (true). */
  public static Initializer ones() {
    return (tf, shape, dtype) -> tf.ones(dtype, shape);
  }

  /**
   * The values of {@code value} in row-major order; when they are fewer than the shape needs, the
   * last one repeated.
   *
   * @param value a number, boolean, String, array or list
   */
  public static Initializer constant(Object value) {
    return (tf, shape, dtype) -> tf.constant(repeatLast(tf.value(value, dtype), shape));
  }

  private static TensorValue repeatLast(TensorValue v, Shape shape) {
    long n = shape.numElements();
    if (v.size() > n || (v.size() == 0 && n > 0)) {
      throw GraphApi.error(
          "a constant initializer of " + v.size() + " values does not fit the shape " + shape);
    }
    int width = v.dtype().isComplex() ? 2 : 1;
    Object data = TensorValue.newStorage(v.dtype(), (int) n);
    for (int i = 0; i < n; i++) {
      System.arraycopy(v.data(), Math.min(i, v.size() - 1) * width, data, i * width, width);
    }
    return TensorValue.wrap(v.dtype(), shape, data);
  }

  /** Uniform in [0, 1). */
  public static Initializer randomUniform() {
    return randomUniform(0, 1, null);
  }

  /** Uniform in [min, max). */
  public static Initializer randomUniform(double min, double max) {
    return randomUniform(min, max, null);
  }

  /** Uniform in [min, max); min and max are whole for an integer dtype. */
  public static Initializer randomUniform(double min, double max, Long seed) {
    return (tf, shape, dtype) ->
        tf.randomUniform(shape, dtype, bound(min, dtype), bound(max, dtype), seed);
  }

  private static Object bound(double x, DataType dtype) {
    return dtype.isInteger() && x == Math.rint(x) ? (Object) (long) x : (Object) x;
  }

  /** Normal, of mean 0 and standard deviation 1. */
  public static Initializer randomNormal() {
    return randomNormal(0, 1, null);
  }

  /** Normal. */
  public static Initializer randomNormal(double mean, double stddev) {
    return randomNormal(mean, stddev, null);
  }

  /** Normal. */
  public static Initializer randomNormal(double mean, double stddev, Long seed) {
    return (tf, shape, dtype) -> tf.randomNormal(shape, dtype, mean, stddev, seed);
  }

  /** Normal of mean 0 and standard deviation 1, nothing beyond 2. */
  public static Initializer truncatedNormal() {
    return truncatedNormal(0, 1, null);
  }

  /** Normal, nothing beyond two standard deviations. */
  public static Initializer truncatedNormal(double mean, double stddev) {
    return truncatedNormal(mean, stddev, null);
  }

  /** Normal, nothing beyond two standard deviations. */
  public static Initializer truncatedNormal(double mean, double stddev, Long seed) {
    return (tf, shape, dtype) -> tf.truncatedNormal(shape, dtype, mean, stddev, seed);
  }

  /** What the variance of {@link #varianceScaling} is divided by. */
  public enum Fan {
    /** The number of inputs of a unit. */
    IN,
    /** The number of outputs of a unit. */
    OUT,
    /** The mean of the two. */
    AVERAGE
  }

  /** The distribution that {@link #varianceScaling} draws from. */
  public enum Distribution {
    /** Normal, nothing beyond two standard deviations, the variance made up for it. */
    TRUNCATED_NORMAL,
    /** Normal. */
    UNTRUNCATED_NORMAL,
    /** Uniform between two opposite limits. */
    UNIFORM
  }

  /** Uniform of variance {@code 2 / (inputs + outputs)}; Glorot and Bengio, 2010. */
  public static Initializer glorotUniform() {
    return glorotUniform(null);
  }

  /** As {@link #glorotUniform()}. */
  public static Initializer glorotUniform(Long seed) {
    return varianceScaling(1, Fan.AVERAGE, Distribution.UNIFORM, seed);
  }

  /** Truncated normal of variance {@code 2 / (inputs + outputs)}; Glorot and Bengio, 2010. */
  public static Initializer glorotNormal() {
    return glorotNormal(null);
  }

  /** As {@link #glorotNormal()}. */
  public static Initializer glorotNormal(Long seed) {
    return varianceScaling(1, Fan.AVERAGE, Distribution.TRUNCATED_NORMAL, seed);
  }

  /** Uniform of variance {@code 2 / inputs}; He et al., "Delving Deep into Rectifiers", 2015. */
  public static Initializer heUniform() {
    return heUniform(null);
  }

  /** As {@link #heUniform()}. */
  public static Initializer heUniform(Long seed) {
    return varianceScaling(2, Fan.IN, Distribution.UNIFORM, seed);
  }

  /** Truncated normal of variance {@code 2 / inputs}; He et al., 2015. */
  public static Initializer heNormal() {
    return heNormal(null);
  }

  /** As {@link #heNormal()}. */
  public static Initializer heNormal(Long seed) {
    return varianceScaling(2, Fan.IN, Distribution.TRUNCATED_NORMAL, seed);
  }

  /** {@link #lecunUniform(Long)} with the graph's seed. */
  public static Initializer lecunUniform() {
    return lecunUniform(null);
  }

  /** Uniform of variance {@code 1 / inputs}; LeCun et al., "Efficient BackProp", 1998. */
  public static Initializer lecunUniform(Long seed) {
    return varianceScaling(1, Fan.IN, Distribution.UNIFORM, seed);
  }

  /** {@link #lecunNormal(Long)} with the graph's seed. */
  public static Initializer lecunNormal() {
    return lecunNormal(null);
  }

  /** Truncated normal of variance {@code 1 / inputs}; LeCun et al., 1998. */
  public static Initializer lecunNormal(Long seed) {
    return varianceScaling(1, Fan.IN, Distribution.TRUNCATED_NORMAL, seed);
  }

  /**
   * Mean 0 and variance {@code scale / fan}. A matrix [inputs, outputs] has these fans; of a filter
   * [..., inputs, outputs] each counts once a place that the filter covers; a vector's length is
   * both.
   */
  public static Initializer varianceScaling(
      double scale, Fan fan, Distribution distribution, Long seed) {
    if (!(scale > 0)) {
      throw GraphApi.error("the scale of varianceScaling must be above 0, not " + scale);
    }
    return new VarianceScaling(scale, fan, distribution, seed);
  }

  /** The fans are those of the whole variable, whatever part of it is made. */
  private record VarianceScaling(double scale, Fan fan, Distribution distribution, Long seed)
      implements Initializer {
    @Override
    public Tensor initialize(Ops tf, Shape shape, DataType dtype) {
      return initializePart(tf, shape, dtype, shape);
    }

    @Override
    public Tensor initializePart(Ops tf, Shape shape, DataType dtype, Shape whole) {
      double variance = scale / Math.max(1, fanOf(whole, fan));
      return switch (distribution) {
        case TRUNCATED_NORMAL ->
            tf.truncatedNormal(shape, dtype, 0, Math.sqrt(variance) / TRUNCATED_STDDEV, seed);
        case UNTRUNCATED_NORMAL -> tf.randomNormal(shape, dtype, 0, Math.sqrt(variance), seed);
        case UNIFORM -> {
          double limit = Math.sqrt(3 * variance);
          yield tf.randomUniform(shape, dtype, -limit, limit, seed);
        }
      };
    }
  }

  private static double fanOf(Shape shape, Fan fan) {
    int n = shape.rank();
    double in = 1;
    double out = 1;
    if (n == 1) {
      in = shape.dim(0);
      out = in;
    } else if (n > 1) {
      double field = 1;
      for (int i = 0; i < n - 2; i++) {
        field *= shape.dim(i);
      }
      in = shape.dim(n - 2) * field;
      out = shape.dim(n - 1) * field;
    }
    return switch (fan) {
      case IN -> in;
      case OUT -> out;
      case AVERAGE -> (in + out) / 2;
    };
  }

  /** {@link #uniformUnitScaling(double, Long)} with the graph's seed. */
  public static Initializer uniformUnitScaling(double factor) {
    return uniformUnitScaling(factor, null);
  }

  /**
   * Uniform of variance {@code factor² / inputs}, where the inputs are all dimensions but the last;
   * Sussillo and Abbott, "Random walk initialization for training very deep feedforward networks",
   * 2014. A factor of 1.43 suits relu, 1.15 tanh.
   */
  public static Initializer uniformUnitScaling(double factor, Long seed) {
    return (tf, shape, dtype) -> {
      double inputs = 1;
      for (int i = 0; i < shape.rank() - 1; i++) {
        inputs *= shape.dim(i);
      }
      double limit = Math.sqrt(3 / Math.max(1, inputs)) * factor;
      return tf.randomUniform(shape, dtype, -limit, limit, seed);
    };
  }

  /** Ones on the diagonal of a matrix, zeros elsewhere, times {@code gain}. */
  public static Initializer identity(double gain) {
    return (tf, shape, dtype) -> {
      if (shape.rank() != 2) {
        throw GraphApi.error("an identity initializer makes matrices, not shape " + shape);
      }
      return tf.mul(gain, tf.eye(shape.dim(0), shape.dim(1), dtype));
    };
  }

  /** {@link #orthogonal(double, Long)} with the graph's seed. */
  public static Initializer orthogonal(double gain) {
    return orthogonal(gain, null);
  }

  /**
   * A random matrix with orthonormal columns, or rows where they are fewer, times {@code gain}: the
   * orthogonal factor of a normal matrix; Saxe et al., "Exact solutions to the nonlinear dynamics
   * of learning in deep linear neural networks", 2013. In a shape of higher rank all dimensions but
   * the last are taken together as rows.
   */
  public static Initializer orthogonal(double gain, Long seed) {
    return (tf, shape, dtype) -> {
      if (shape.rank() < 2) {
        throw GraphApi.error(
            "an orthogonal initializer makes tensors of rank 2 or more, not of shape " + shape);
      }
      long rows = shape.slice(0, -1).numElements();
      long columns = shape.dim(-1);
      long[] flat = {Math.max(rows, columns), Math.min(rows, columns)};
      Tensor q = randomOrthogonal(tf, flat, dtype, seed);
      Tensor turned = rows < columns ? tf.matrixTranspose(q) : q;
      return tf.mul(gain, tf.reshape(turned, shape));
    };
  }

  /** Of all decompositions that with a positive diagonal: so q is distributed evenly. */
  private static Tensor randomOrthogonal(Ops tf, long[] shape, DataType dtype, Long seed) {
    List<Tensor> qr = tf.qr(tf.randomNormal(shape, dtype, 0, 1, seed));
    Tensor r = qr.get(1);
    return tf.mul(qr.get(0), tf.sign(tf.diagPart(r)));
  }

  /** {@link #deltaOrthogonal(double, Long)} with the graph's seed. */
  public static Initializer deltaOrthogonal(double gain) {
    return deltaOrthogonal(gain, null);
  }

  /**
   * A filter of a convolution over one, two or three dimensions that is zero but for its middle,
   * which is {@link #orthogonal}; Xiao et al., "Dynamical isometry and a mean field theory of
   * CNNs", 2018. It has no more inputs than outputs.
   */
  public static Initializer deltaOrthogonal(double gain, Long seed) {
    return (tf, shape, dtype) -> {
      int spatial = shape.rank() - 2;
      if (spatial < 1 || spatial > 3 || shape.dim(-2) > shape.dim(-1)) {
        throw GraphApi.error(
            "a delta-orthogonal initializer makes filters of rank 3 to 5 with no more inputs than"
                + " outputs, not of shape "
                + shape);
      }
      long outputs = shape.dim(-1);
      Tensor q = randomOrthogonal(tf, new long[] {outputs, outputs}, dtype, seed);
      Tensor rows = tf.slice(q, Index.upTo((int) shape.dim(-2)), Index.all());
      int[] middle = new int[spatial];
      for (int i = 0; i < spatial; i++) {
        middle[i] = (int) ((shape.dim(i) - 1) / 2);
      }
      Tensor scaled = tf.mul(rows, tf.cast(gain, dtype));
      return tf.scatterNd(new int[][] {middle}, tf.expandDims(scaled, 0), shape);
    };
  }
}
