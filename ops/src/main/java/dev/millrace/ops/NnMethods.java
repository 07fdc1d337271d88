package dev.millrace.ops;

import dev.millrace.graph.Operand;

/** Activations on whatever stands for a tensor. */
public interface NnMethods extends Operand {
  /** The ops of this tensor's graph, which its methods go through. */
  Ops ops();

  /** {@code max(this, 0)} (Relu). */
  default Tensor relu() {
    return ops().relu(this);
  }

  /** {@code min(max(this, 0), 6)} (Relu6). */
  default Tensor relu6() {
    return ops().relu6(this);
  }

  /** This where it is positive, else {@code exp(this) - 1} (Elu). */
  default Tensor elu() {
    return ops().elu(this);
  }

  /** The scaled exponential linear unit (Selu). */
  default Tensor selu() {
    return ops().selu(this);
  }

  /** {@code log(exp(this) + 1)} (Softplus). */
  default Tensor softplus() {
    return ops().softplus(this);
  }

  /** {@code this / (abs(this) + 1)} (Softsign). */
  default Tensor softsign() {
    return ops().softsign(this);
  }

  /** Softmax over the last axis (Softmax). */
  default Tensor softmax() {
    return ops().softmax(this);
  }

  /** The logarithm of softmax over the last axis (LogSoftmax). */
  default Tensor logSoftmax() {
    return ops().logSoftmax(this);
  }

  /** Softmax along {@code axis} (Softmax). */
  default Tensor softmax(int axis) {
    return ops().softmax(this, axis);
  }

  /** The logarithm of softmax along {@code axis} (LogSoftmax). */
  default Tensor logSoftmax(int axis) {
    return ops().logSoftmax(this, axis);
  }

  /** This where it is positive, else {@code alpha * this} (LeakyRelu). */
  default Tensor leakyRelu(double alpha) {
    return ops().leakyRelu(this, alpha);
  }

  /** A convolution of these images; see {@link Ops#conv2d(Object, Object, int, String)}. */
  default Tensor conv2d(Object filter, int stride, String padding) {
    return ops().conv2d(this, filter, stride, padding);
  }

  /** The greatest element of every window; see {@link Ops#maxPool(Object, int, int, String)}. */
  default Tensor maxPool(int size, int stride, String padding) {
    return ops().maxPool(this, size, stride, padding);
  }

  /** The mean of every window; see {@link Ops#avgPool(Object, int, int, String)}. */
  default Tensor avgPool(int size, int stride, String padding) {
    return ops().avgPool(this, size, stride, padding);
  }

  /** This plus a vector along its last dimension (BiasAdd). */
  default Tensor biasAdd(Object bias) {
    return ops().biasAdd(this, bias);
  }

  /** This with elements set to 0 at random, the others scaled up; see {@link Ops#dropout}. */
  default Tensor dropout(Object rate) {
    return ops().dropout(this, rate);
  }
}
