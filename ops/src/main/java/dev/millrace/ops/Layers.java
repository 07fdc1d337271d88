package dev.millrace.ops;

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

  /** [batch, ...] as [batch, n]. */
  public Tensor flatten(Object x) {
    return new Flatten(ops).apply(x);
  }
}
