package dev.millrace.ops;

import dev.millrace.graph.Scope;
import java.util.function.UnaryOperator;

/**
 * The layers of a graph ({@link Ops#layers}): tf.layers, and tf.contrib.layers' fully connected
 * one. The short forms add a layer at once; {@code new…} begins one of which there is more to say,
 * and which can be used again to share its variables.
 *
 * <pre>{@code
 * Tensor h = tf.layers().dense(x, 128, Tensor::relu);          // dense/kernel, dense/bias
 * Tensor y = tf.layers().newDense(10).name("logits").apply(h); // logits/kernel, logits/bias
 * }</pre>
 */
public final class Layers {
  private final Ops ops;

  Layers(Ops ops) {
    this.ops = ops;
  }

  /** {@code x · kernel + bias} along x's last dimension. */
  public Tensor dense(Object x, int units) {
    return newDense(units).apply(x);
  }

  /** {@code activation(x · kernel + bias)} along x's last dimension. */
  public Tensor dense(Object x, int units, UnaryOperator<Tensor> activation) {
    return newDense(units).activation(activation).apply(x);
  }

  /** As {@link #dense(Object, int, UnaryOperator)}, in the variable scope {@code name}. */
  public Tensor dense(Object x, int units, UnaryOperator<Tensor> activation, String name) {
    return newDense(units).activation(activation).name(name).apply(x);
  }

  /** Begins a dense layer. */
  public Dense newDense(int units) {
    return new Dense(ops, units);
  }

  /** {@code relu(x · weights + biases)}: tf.contrib.layers.fully_connected. */
  public Tensor fullyConnected(Object x, int units) {
    return newFullyConnected(units).apply(x);
  }

  /** As {@link #fullyConnected(Object, int)}, with another activation; null for none. */
  public Tensor fullyConnected(Object x, int units, UnaryOperator<Tensor> activation) {
    return newFullyConnected(units).activation(activation).apply(x);
  }

  /** Begins a fully connected layer. */
  public FullyConnected newFullyConnected(int units) {
    return new FullyConnected(ops, units);
  }

  /**
   * x with elements set to 0 with probability {@code rate} while training, the others scaled up.
   *
   * @param training a boolean, or a scalar bool tensor
   */
  public Tensor dropout(Object x, Object rate, Object training) {
    return newDropout(rate).training(training).apply(x);
  }

  /** Begins a dropout layer; say whether it is {@link DropoutLayer#training}. */
  public DropoutLayer newDropout(Object rate) {
    return new DropoutLayer(ops, rate);
  }

  /** Filters over sequences, [batch, length, channels], valid windows of stride 1. */
  public Tensor conv1d(Object x, int filters, int size, UnaryOperator<Tensor> activation) {
    return newConv1d(filters, size).activation(activation).apply(x);
  }

  /** Begins a convolution of sequences. */
  public Convolution newConv1d(int filters, int size) {
    return new Convolution(ops, 1, filters, size);
  }

  /** Filters over images, [batch, height, width, channels], valid windows of stride 1. */
  public Tensor conv2d(Object x, int filters, int size, UnaryOperator<Tensor> activation) {
    return newConv2d(filters, size).activation(activation).apply(x);
  }

  /** Begins a convolution of images; {@code sizes} is one number, or height and width. */
  public Convolution newConv2d(int filters, int... sizes) {
    return new Convolution(ops, 2, filters, sizes);
  }

  /** Begins a convolution of volumes; {@code sizes} is one number, or depth, height and width. */
  public Convolution newConv3d(int filters, int... sizes) {
    return new Convolution(ops, 3, filters, sizes);
  }

  /** The greatest element of each window inside the images. */
  public Tensor maxPooling2d(Object x, int size, int stride) {
    try (Scope s = ops.scope("max_pooling2d")) {
      return ops.maxPool(x, size, stride, "VALID");
    }
  }

  /** The mean of each window inside the images. */
  public Tensor averagePooling2d(Object x, int size, int stride) {
    try (Scope s = ops.scope("average_pooling2d")) {
      return ops.avgPool(x, size, stride, "VALID");
    }
  }

  /**
   * Each channel brought to mean 0 and variance 1, and then to learned ones.
   *
   * @param training a boolean, or a scalar bool tensor
   */
  public Tensor batchNormalization(Object x, Object training) {
    return newBatchNormalization().training(training).apply(x);
  }

  /** Begins a batch normalization; say whether it is {@link BatchNormalization#training}. */
  public BatchNormalization newBatchNormalization() {
    return new BatchNormalization(ops);
  }

  /** [batch, ...] as [batch, n]. */
  public Tensor flatten(Object x) {
    return new Flatten(ops).apply(x);
  }
}
