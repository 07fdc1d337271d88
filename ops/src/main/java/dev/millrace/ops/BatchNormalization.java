package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A layer that shifts and scales each channel to mean 0 and variance 1, and then to {@code beta}
 * and {@code gamma}; Ioffe and Szegedy, "Batch Normalization", 2015. While training, mean and
 * variance are the batch's; otherwise moving averages of those.
 *
 * <p>The averages move by operations in the collection UPDATE_OPS, which training must run:
 *
 * <pre>{@code
 * try (var c = tf.controlDependencies(tf.graph().collection(GraphKeys.UPDATE_OPS))) {
 *   step = optimizer.minimize(loss);
 * }
 * }</pre>
 *
 * <p>Variables {@code gamma}, {@code beta}, {@code moving_mean}, {@code moving_variance}. Images
 * are normalized by FusedBatchNormV3 when training is a boolean; their moving variance is of the
 * unbiased one, as in TensorFlow.
 */
public final class BatchNormalization extends Layer<BatchNormalization> {
  private int axis = -1;
  private double momentum = 0.99;
  private double epsilon = 1e-3;
  private boolean center = true;
  private boolean scale = true;
  private Object training = false;
  private Variable gamma;
  private Variable beta;
  private Variable movingMean;
  private Variable movingVariance;

  BatchNormalization(Ops ops) {
    super(ops, "batch_normalization");
  }

  @Override
  BatchNormalization self() {
    return this;
  }

  /** The channels' axis: by default the last. */
  public BatchNormalization axis(int axis) {
    beforeUse("axis");
    this.axis = axis;
    return this;
  }

  /** How much of a moving average stays at each step: by default 0.99. */
  public BatchNormalization momentum(double momentum) {
    this.momentum = momentum;
    return this;
  }

  /** What is added to variances: by default 0.001. */
  public BatchNormalization epsilon(double epsilon) {
    this.epsilon = epsilon;
    return this;
  }

  /** Whether there is a beta: by default there is. */
  public BatchNormalization center(boolean center) {
    beforeUse("center");
    this.center = center;
    return this;
  }

  /** Whether there is a gamma: by default there is. */
  public BatchNormalization scale(boolean scale) {
    beforeUse("scale");
    this.scale = scale;
    return this;
  }

  /** Whether the network is being trained, a boolean or a scalar bool tensor: by default not. */
  public BatchNormalization training(Object training) {
    this.training = DropoutLayer.checkTraining(training);
    return this;
  }

  /** What channels are scaled by; null before the first use, and without one. */
  public Variable gamma() {
    return gamma;
  }

  /** What channels are shifted by; null before the first use, and without one. */
  public Variable beta() {
    return beta;
  }

  /** The moving average of the means; null before the first use. */
  public Variable movingMean() {
    return movingMean;
  }

  /** The moving average of the variances; null before the first use. */
  public Variable movingVariance() {
    return movingVariance;
  }

  @Override
  void build(Output x) {
    if (!x.dtype().isFloating() || !x.shape().hasRank() || x.shape().rank() < 2) {
      throw refuse(x, "floating-point tensors of two dimensions or more, their number known");
    }
    int at = GraphApi.axis(axis, x.shape().rank(), "batch normalization");
    long channels = x.shape().dim(at);
    if (channels == Shape.UNKNOWN) {
      throw refuse(x, "tensors whose axis " + axis + " has a known size");
    }
    boolean half = x.dtype() == DataType.FLOAT16 || x.dtype() == DataType.BFLOAT16;
    DataType t = half ? DataType.FLOAT32 : x.dtype();
    Shape s = Shape.of(channels);
    gamma = scale ? weight("gamma", t, s, Initializers.ones(), null, null, true) : null;
    beta = center ? weight("beta", t, s, Initializers.zeros(), null, null, true) : null;
    movingMean = weight("moving_mean", t, s, Initializers.zeros(), null, null, false);
    movingVariance = weight("moving_variance", t, s, Initializers.ones(), null, null, false);
  }

  @Override
  Tensor call(Output x) {
    int n = x.shape().rank();
    int at = n < 2 ? -1 : GraphApi.axis(axis, n, "batch normalization");
    if (at < 0 || !Shape.of(x.shape().dim(at)).isCompatibleWith(movingMean.shape())) {
      throw refuse(x, "tensors with " + movingMean.shape().dim(0) + " channels");
    }
    boolean images = n == 4 && (at == 3 || at == 1) && x.dtype() != DataType.FLOAT64;
    boolean fused = images && training instanceof Boolean;
    return fused ? fused(x, at == 3 ? "NHWC" : "NCHW") : plain(x, at, images);
  }

  private Tensor fused(Output x, String format) {
    Ops tf = ops();
    boolean now = (Boolean) training;
    Object g = gamma != null ? gamma : tf.onesLike(movingMean);
    Object b = beta != null ? beta : tf.zerosLike(movingMean);
    Object mean = now ? null : movingMean;
    Object variance = now ? null : movingVariance;
    List<Tensor> r = tf.fusedBatchNorm(x, g, b, mean, variance, epsilon, format, now);
    if (now) {
      move(movingMean, r.get(1), null);
      move(movingVariance, r.get(2), null);
    }
    return r.get(0);
  }

  /** Of simple operations; the batch's moments or the moving ones, as training says. */
  private Tensor plain(Output x, int at, boolean unbiased) {
    Ops tf = ops();
    int[] others = IntStream.range(0, x.shape().rank()).filter(i -> i != at).toArray();
    Tensor mean = movingMean.value();
    Tensor variance = movingVariance.value();
    Operand when = training instanceof Operand t ? t : null;
    if (when != null || (Boolean) training) {
      List<Tensor> m = tf.moments(tf.cast(x, movingMean.dtype()), false, others);
      move(movingMean, m.get(0), when);
      move(movingVariance, unbiased ? unbiased(x, others, m.get(1)) : m.get(1), when);
      mean = when == null ? m.get(0) : tf.where(when, m.get(0), mean);
      variance = when == null ? m.get(1) : tf.where(when, m.get(1), variance);
    }
    return tf.batchNormalization(
            x,
            channels(mean, x, at),
            channels(variance, x, at),
            beta == null ? null : channels(beta.value(), x, at),
            gamma == null ? null : channels(gamma.value(), x, at),
            epsilon)
        .setShape(x.shape());
  }

  /** A number for each channel, in a shape that broadcasts along its axis. */
  private Tensor channels(Tensor perChannel, Output x, int at) {
    int n = x.shape().rank();
    if (at == n - 1) {
      return perChannel;
    }
    long[] dims = new long[n];
    Arrays.fill(dims, 1);
    dims[at] = -1;
    return ops().reshape(perChannel, dims);
  }

  private Tensor unbiased(Output x, int[] others, Tensor variance) {
    Ops tf = ops();
    Tensor n = tf.cast(tf.reduceProd(tf.gather(tf.shapeTensor(x), others)), variance.dtype());
    return tf.mul(variance, tf.div(n, tf.maximum(tf.sub(n, 1), 1)));
  }

  /** Adds the step of a moving average to UPDATE_OPS; where {@code when} is false it is none. */
  private void move(Variable average, Tensor value, Operand when) {
    Ops tf = ops();
    try (Scope s = tf.scope("AssignMovingAvg");
        Scope place = tf.colocateWith(average.op())) {
      Tensor step = tf.mul(tf.sub(average, value), 1 - momentum);
      Tensor taken = when == null ? step : tf.where(when, step, tf.zerosLike(step));
      tf.graph().addToCollection(GraphKeys.UPDATE_OPS, average.assignSub(taken).op());
    }
  }
}
