package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.defs.ImageFormat;

/** Batch normalization over batch, height and width, and its gradient. */
final class NormKernels {
  private NormKernels() {}

  static void register(ReferenceKernels k) {
    for (String version : new String[] {"", "V2", "V3"}) {
      k.add("FusedBatchNorm" + version, NormKernels::batchNorm);
      k.add("FusedBatchNormGrad" + version, NormKernels::batchNormGrad);
    }
  }

  /** The channels of a batch of images, each a sequence of the numbers it has in all pixels. */
  private static final class Channels {
    final int count;

    /** The numbers in a channel. */
    final int size;

    private final boolean first;
    private final int pixels;

    Channels(KernelContext c, Shape x) {
      if (x.rank() != 4) {
        throw new InvalidArgumentException("x must be of rank 4, but its shape is " + x);
      }
      ImageFormat format = ImageFormat.of(c.attrs());
      first = format == ImageFormat.CHANNELS_FIRST;
      count = (int) x.dim(format.channelAxis(4));
      pixels = (int) (x.dim(format.spatialAxis(0)) * x.dim(format.spatialAxis(1)));
      size = (int) x.dim(0) * pixels;
    }

    /** The position of number {@code i} of a channel. */
    int at(int channel, int i) {
      return first ? (i / pixels * count + channel) * pixels + i % pixels : i * count + channel;
    }

    /** A vector of one number for each channel. */
    TensorValue require(TensorValue v, String name) {
      if (!v.shape().equals(Shape.vector(count))) {
        throw new InvalidArgumentException(
            name
                + " must have one number for each of the "
                + count
                + " channels of x, but its shape is "
                + v.shape());
      }
      return v;
    }
  }

  private static void batchNorm(KernelContext c) {
    TensorValue x = c.input(0);
    Channels channels = new Channels(c, x.shape());
    boolean training = c.attrs().getBool("is_training");
    TensorValue scale = channels.require(c.input(1), "scale");
    TensorValue offset = channels.require(c.input(2), "offset");
    DataType stats = scale.dtype();
    if (training) {
      requireEmpty(c.input(3), "mean");
      requireEmpty(c.input(4), "variance");
    }
    double[] mean = training ? null : channels.require(c.input(3), "mean").toDoubles();
    double[] variance = training ? null : channels.require(c.input(4), "variance").toDoubles();
    if (training) {
      mean = new double[channels.count];
      variance = new double[channels.count];
      moments(channels, x, mean, variance);
    }
    double epsilon = c.attrs().getFloat("epsilon");
    Result y = new Result(x.dtype(), x.shape());
    for (int k = 0; k < channels.count; k++) {
      double factor = scale.getDouble(k) / Math.sqrt(variance[k] + epsilon);
      for (int i = 0; i < channels.size; i++) {
        int at = channels.at(k, i);
        y.setDouble(at, (x.getDouble(at) - mean[k]) * factor + offset.getDouble(k));
      }
    }
    // What running averages are made of is the unbiased estimate.
    double unbiased = training ? channels.size / Math.max(1.0, channels.size - 1.0) : 1;
    double[] estimate = new double[channels.count];
    for (int k = 0; k < estimate.length; k++) {
      estimate[k] = variance[k] * unbiased;
    }
    Shape vector = Shape.vector(channels.count);
    c.output(0, y.value());
    c.output(1, ConvKernels.rounded(stats, vector, mean));
    c.output(2, ConvKernels.rounded(stats, vector, estimate));
    c.output(3, ConvKernels.rounded(stats, vector, mean));
    c.output(4, ConvKernels.rounded(stats, vector, variance));
    if (c.outputCount() == 6) {
      c.output(5, TensorValue.zeros(stats, Shape.scalar()));
    }
  }

  private static void requireEmpty(TensorValue v, String name) {
    if (v.size() != 0) {
      throw new InvalidArgumentException(
          name
              + " must be empty with is_training, which computes it from x; its shape is "
              + v.shape());
    }
  }

  /** Mean and variance of every channel; NaN of none. */
  private static void moments(Channels channels, TensorValue x, double[] mean, double[] variance) {
    for (int k = 0; k < channels.count; k++) {
      double sum = 0;
      for (int i = 0; i < channels.size; i++) {
        sum += x.getDouble(channels.at(k, i));
      }
      mean[k] = sum / channels.size;
      double squares = 0;
      for (int i = 0; i < channels.size; i++) {
        double d = x.getDouble(channels.at(k, i)) - mean[k];
        squares += d * d;
      }
      variance[k] = squares / channels.size;
    }
  }

  private static void batchNormGrad(KernelContext c) {
    TensorValue dy = c.input(0);
    TensorValue x = c.input(1);
    Dims.requireSame(dy, "y_backprop", x, "x");
    Channels channels = new Channels(c, x.shape());
    TensorValue scale = channels.require(c.input(2), "scale");
    TensorValue mean = channels.require(c.input(3), "reserve_space_1");
    TensorValue variance = channels.require(c.input(4), "reserve_space_2");
    boolean training = c.attrs().getBool("is_training");
    double epsilon = c.attrs().getFloat("epsilon");
    DataType stats = mean.dtype();
    Result dx = new Result(x.dtype(), x.shape());
    double[] toScale = new double[channels.count];
    double[] toOffset = new double[channels.count];
    for (int k = 0; k < channels.count; k++) {
      double inverse = 1 / Math.sqrt(variance.getDouble(k) + epsilon);
      for (int i = 0; i < channels.size; i++) {
        int at = channels.at(k, i);
        toOffset[k] += dy.getDouble(at);
        toScale[k] += dy.getDouble(at) * (x.getDouble(at) - mean.getDouble(k)) * inverse;
      }
      // In training mean and variance depend on x, too.
      double meanGradient = training ? toOffset[k] / channels.size : 0;
      double slope = training ? toScale[k] / channels.size : 0;
      for (int i = 0; i < channels.size; i++) {
        int at = channels.at(k, i);
        double normal = (x.getDouble(at) - mean.getDouble(k)) * inverse;
        double centred = dy.getDouble(at) - meanGradient - normal * slope;
        dx.setDouble(at, centred * scale.getDouble(k) * inverse);
      }
    }
    Shape vector = Shape.vector(channels.count);
    c.output(0, dx.value());
    c.output(1, ConvKernels.rounded(stats, vector, toScale));
    c.output(2, ConvKernels.rounded(stats, vector, toOffset));
    c.output(3, TensorValue.zeros(stats, Shape.scalar()));
    c.output(4, TensorValue.zeros(stats, Shape.scalar()));
  }
}
