package dev.millrace.ops;

import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A layer of filters that slide over sequences, images or volumes: {@code activation(conv(x,
 * kernel) + bias)}. Variables {@code kernel} [sizes…, input channels, filters] and {@code bias}
 * [filters]. Windows are {@link WindowOptions#valid()} with stride 1 unless said otherwise.
 */
public final class Convolution extends Layer<Convolution> {
  private final int rank;
  private final int filters;
  private final int[] sizes;
  private WindowOptions windows = WindowOptions.valid();
  private UnaryOperator<Tensor> activation;
  private boolean useBias = true;
  private Initializer kernelInitializer;
  private Initializer biasInitializer = Initializers.zeros();
  private Regularizer kernelRegularizer;
  private Regularizer biasRegularizer;
  private Variable kernel;
  private Variable bias;

  /**
   * @param rank how many spatial dimensions there are
   * @param sizes of the kernel: one number, or one for each spatial dimension
   */
  Convolution(Ops ops, int rank, int filters, int... sizes) {
    super(ops, "conv" + rank + "d");
    if (filters < 1 || Arrays.stream(sizes).anyMatch(n -> n < 1)) {
      throw GraphApi.error(
          "a convolution has one filter or more, of sizes 1 or above, not "
              + filters
              + " of "
              + Arrays.toString(sizes));
    } else if (sizes.length != 1 && sizes.length != rank) {
      throw GraphApi.error(
          "the kernel takes one size or " + rank + ", but is given " + Arrays.toString(sizes));
    }
    this.rank = rank;
    this.filters = filters;
    this.sizes = sizes.clone();
  }

  @Override
  Convolution self() {
    return this;
  }

  /** Strides, padding, dilations, and where the channels stand. */
  public Convolution windows(WindowOptions windows) {
    beforeUse("windows");
    this.windows = windows;
    return this;
  }

  /** What comes after the sum, as {@code Tensor::relu}; by default nothing. */
  public Convolution activation(UnaryOperator<Tensor> activation) {
    this.activation = activation;
    return this;
  }

  /** Whether there is a bias: by default there is. */
  public Convolution useBias(boolean use) {
    beforeUse("useBias");
    this.useBias = use;
    return this;
  }

  /** By default the scope's initializer, else Glorot's uniform one. */
  public Convolution kernelInitializer(Initializer initializer) {
    beforeUse("kernelInitializer");
    this.kernelInitializer = initializer;
    return this;
  }

  /** By default zeros. */
  public Convolution biasInitializer(Initializer initializer) {
    beforeUse("biasInitializer");
    this.biasInitializer = initializer;
    return this;
  }

  /** Makes a loss of the kernel, in REGULARIZATION_LOSSES. */
  public Convolution kernelRegularizer(Regularizer regularizer) {
    beforeUse("kernelRegularizer");
    this.kernelRegularizer = regularizer;
    return this;
  }

  /** Makes a loss of the bias, in REGULARIZATION_LOSSES. */
  public Convolution biasRegularizer(Regularizer regularizer) {
    beforeUse("biasRegularizer");
    this.biasRegularizer = regularizer;
    return this;
  }

  /** The variable [sizes…, input channels, filters]; null before the first use. */
  public Variable kernel() {
    return kernel;
  }

  /** The variable [filters]; null before the first use, and without a bias. */
  public Variable bias() {
    return bias;
  }

  private long channels(Output x) {
    boolean fits = x.shape().rank() == rank + 2;
    return fits ? x.shape().dim(windows.isChannelsFirst() ? 1 : -1) : Shape.UNKNOWN;
  }

  @Override
  void build(Output x) {
    if (!x.dtype().isFloating()) {
      throw refuse(x, "floating-point tensors");
    } else if (channels(x) == Shape.UNKNOWN) {
      throw refuse(
          x, "tensors of " + (rank + 2) + " dimensions, the number of channels among them known");
    }
    long[] dims = new long[rank + 2];
    for (int i = 0; i < rank; i++) {
      dims[i] = sizes[sizes.length == 1 ? 0 : i];
    }
    dims[rank] = channels(x);
    dims[rank + 1] = filters;
    kernel =
        weight(
            "kernel", x.dtype(), Shape.of(dims), kernelInitializer, kernelRegularizer, null, true);
    if (useBias) {
      bias =
          weight(
              "bias", x.dtype(), Shape.of(filters), biasInitializer, biasRegularizer, null, true);
    }
  }

  @Override
  Tensor call(Output x) {
    if (channels(x) != kernel.shape().dim(rank)) {
      throw refuse(
          x,
          "tensors of " + (rank + 2) + " dimensions and " + kernel.shape().dim(rank) + " channels");
    }
    Ops tf = ops();
    Tensor y =
        switch (rank) {
          case 1 -> tf.conv1d(x, kernel, windows);
          case 2 -> tf.conv2d(x, kernel, windows);
          default -> tf.conv3d(x, kernel, windows);
        };
    if (bias != null) {
      y = windows.isChannelsFirst() ? tf.biasAdd(y, bias, "NCHW") : y.biasAdd(bias);
    }
    return activation == null ? y : activation.apply(y);
  }
}
