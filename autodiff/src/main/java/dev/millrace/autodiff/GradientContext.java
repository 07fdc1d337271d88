package dev.millrace.autodiff;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** What a gradient function sees of the operation it differentiates. */
public final class GradientContext {
  private final Ops tf;
  private final Operation op;
  private final Backpropagation sweep;
  private final Gradient[] outputGradients;
  private final boolean[] needed;

  GradientContext(
      Ops tf, Operation op, Backpropagation sweep, Gradient[] outputGradients, boolean[] needed) {
    this.tf = tf;
    this.op = op;
    this.sweep = sweep;
    this.outputGradients = outputGradients;
    this.needed = needed;
  }

  /** What to build with; the name scope {@code gradients/<op>_grad} is open. */
  public Ops tf() {
    return tf;
  }

  /** The operation to differentiate. */
  public Operation op() {
    return op;
  }

  public Attrs attrs() {
    return op.attrs();
  }

  /** The call of {@link Gradients} that this belongs to. */
  public GradientCall call() {
    return sweep.call();
  }

  /** What the gradients are built by, for those of the functions that the operation calls. */
  Backpropagation sweep() {
    return sweep;
  }

  public int inputCount() {
    return op.inputs().size();
  }

  /** Input {@code i} of the operation, lists flattened. */
  public Tensor input(int i) {
    return tf.tensor(op.input(i));
  }

  /** The first input. */
  public Tensor x() {
    return input(0);
  }

  /** The second input. */
  public Tensor y() {
    return input(1);
  }

  public Tensor output(int i) {
    return tf.tensor(op.output(i));
  }

  /** The first output. */
  public Tensor out() {
    return output(0);
  }

  /** Whether the gradient with respect to input {@code i} leads anywhere. */
  public boolean needs(int i) {
    return needed[i];
  }

  /** Whether output {@code i} has a gradient. */
  public boolean hasGrad(int i) {
    return outputGradients[i].isConnected();
  }

  /** The gradient with respect to output {@code i} as it came: dense, slices, or disconnected. */
  public Gradient gradient(int i) {
    return outputGradients[i];
  }

  /**
   * The gradient with respect to output {@code i}, dense; zeros of its shape where there is none.
   */
  public Tensor grad(int i) {
    if (!outputGradients[i].isConnected()) {
      outputGradients[i] = Gradient.of(tf.zerosLike(op.output(i)));
    }
    return outputGradients[i].dense();
  }

  /** The gradient with respect to the first output, dense. */
  public Tensor grad() {
    return grad(0);
  }

  /**
   * Sums a gradient over the axes along which {@code like} was broadcast to the gradient's shape.
   * Functions of ops that broadcast all their inputs to the output's shape need not call it: see
   * {@link GradientFunction#broadcasting()}.
   */
  public Tensor sumTo(Tensor gradient, Tensor like) {
    return Broadcasting.sumTo(gradient, like);
  }
}
