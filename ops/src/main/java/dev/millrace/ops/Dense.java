package dev.millrace.ops;

import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.function.UnaryOperator;

/**
 * A densely connected layer: {@code activation(x · kernel + bias)} along the last dimension of x,
 * [..., n] to [..., units]. Variables {@code kernel} [n, units] and {@code bias} [units].
 */
public final class Dense extends Layer<Dense> {
  private final int units;
  private UnaryOperator<Tensor> activation;
  private boolean useBias = true;
  private Initializer kernelInitializer;
  private Initializer biasInitializer = Initializers.zeros();
  private Regularizer kernelRegularizer;
  private Regularizer biasRegularizer;
  private UnaryOperator<Tensor> kernelConstraint;
  private UnaryOperator<Tensor> biasConstraint;
  private Variable kernel;
  private Variable bias;

  Dense(Ops ops, int units) {
    super(ops, "dense");
    if (units < 1) {
      throw GraphApi.error("a dense layer has one unit or more, not " + units);
    }
    this.units = units;
  }

  @Override
  Dense self() {
    return this;
  }

  /** What comes after the sum, as {@code Tensor::relu}; by default nothing. */
  public Dense activation(UnaryOperator<Tensor> activation) {
    this.activation = activation;
    return this;
  }

  /** Whether there is a bias: by default there is. */
  public Dense useBias(boolean use) {
    beforeUse("useBias");
    this.useBias = use;
    return this;
  }

  /** By default the scope's initializer, else Glorot's uniform one. */
  public Dense kernelInitializer(Initializer initializer) {
    beforeUse("kernelInitializer");
    this.kernelInitializer = initializer;
    return this;
  }

  /** By default zeros. */
  public Dense biasInitializer(Initializer initializer) {
    beforeUse("biasInitializer");
    this.biasInitializer = initializer;
    return this;
  }

  /** Makes a loss of the kernel, in REGULARIZATION_LOSSES. */
  public Dense kernelRegularizer(Regularizer regularizer) {
    beforeUse("kernelRegularizer");
    this.kernelRegularizer = regularizer;
    return this;
  }

  /** Makes a loss of the bias, in REGULARIZATION_LOSSES. */
  public Dense biasRegularizer(Regularizer regularizer) {
    beforeUse("biasRegularizer");
    this.biasRegularizer = regularizer;
    return this;
  }

  /** What an optimizer applies to the kernel after each update. */
  public Dense kernelConstraint(UnaryOperator<Tensor> constraint) {
    beforeUse("kernelConstraint");
    this.kernelConstraint = constraint;
    return this;
  }

  /** What an optimizer applies to the bias after each update. */
  public Dense biasConstraint(UnaryOperator<Tensor> constraint) {
    beforeUse("biasConstraint");
    this.biasConstraint = constraint;
    return this;
  }

  /** The variable [inputs, units]; null before the first use. */
  public Variable kernel() {
    return kernel;
  }

  /** The variable [units]; null before the first use, and without a bias. */
  public Variable bias() {
    return bias;
  }

  @Override
  void build(Output x) {
    if (!x.dtype().isFloating()) {
      throw refuse(x, "floating-point tensors");
    }
    long inputs = x.shape().hasRank() && x.shape().rank() > 1 ? x.shape().dim(-1) : Shape.UNKNOWN;
    if (inputs == Shape.UNKNOWN) {
      throw refuse(x, "tensors of two dimensions or more, the last of known size");
    }
    kernel =
        weight(
            "kernel",
            x.dtype(),
            Shape.of(inputs, units),
            kernelInitializer,
            kernelRegularizer,
            kernelConstraint,
            true);
    if (useBias) {
      bias =
          weight(
              "bias",
              x.dtype(),
              Shape.of(units),
              biasInitializer,
              biasRegularizer,
              biasConstraint,
              true);
    }
  }

  @Override
  Tensor call(Output x) {
    Shape s = x.shape();
    if (!s.hasRank()
        || s.rank() < 2
        || !s.slice(-1, s.rank()).isCompatibleWith(kernel.shape().slice(0, 1))) {
      throw refuse(x, "tensors [..., " + kernel.shape().dim(0) + "]");
    }
    Ops tf = ops();
    Tensor y;
    if (s.rank() == 2) {
      y = tf.matmul(x, kernel);
    } else {
      y = tf.tensordot(x, kernel, 1);
      long[] dims = s.dims();
      dims[dims.length - 1] = units;
      y.setShape(Shape.of(dims));
    }
    if (bias != null) {
      y = y.biasAdd(bias);
    }
    return activation == null ? y : activation.apply(y);
  }
}
