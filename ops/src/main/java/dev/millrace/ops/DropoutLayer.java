package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;

/**
 * Sets elements to 0 at random while training, and scales the others so that the expectation stays
 * ({@link Ops#dropout}); otherwise gives its input.
 */
public final class DropoutLayer extends Layer<DropoutLayer> {
  private final Object rate;
  private Object noiseShape;
  private Long seed;
  private Object training = false;

  DropoutLayer(Ops ops, Object rate) {
    super(ops, "dropout");
    this.rate = rate;
  }

  @Override
  DropoutLayer self() {
    return this;
  }

  /** The shape of the choices, as {@link Ops#dropout(Object, Object, Object, Long)} takes it. */
  public DropoutLayer noiseShape(Object noiseShape) {
    this.noiseShape = noiseShape;
    return this;
  }

  /** The seed of the choices. */
  public DropoutLayer seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Whether the network is being trained: by default it is not.
   *
   * @param training a boolean, or a scalar bool tensor. With a tensor the choices are drawn in
   *     either case, and a Select takes the one or the other
   */
  public DropoutLayer training(Object training) {
    if (!(training instanceof Boolean)
        && !(training instanceof Operand o && o.asOutput().dtype() == DataType.BOOL)) {
      throw GraphApi.error("training is a boolean or a bool tensor, not " + training);
    }
    this.training = training;
    return this;
  }

  @Override
  void build(Output x) {
    if (!x.dtype().isFloating()) {
      throw refuse(x, "floating-point tensors");
    }
  }

  @Override
  Tensor call(Output x) {
    Ops tf = ops();
    if (training instanceof Operand t) {
      return tf.where(t, tf.dropout(x, rate, noiseShape, seed), x);
    }
    return (Boolean) training ? tf.dropout(x, rate, noiseShape, seed) : tf.identity(x);
  }
}
