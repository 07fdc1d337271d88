package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.List;

/** Convolutions, pooling and normalization of images. */
abstract class ConvApi extends SegmentApi {
  private static final String WINDOWS = "the window options";

  ConvApi(Graph graph) {
    super(graph);
  }

  // ---- convolutions

  /**
   * A two-dimensional convolution, in truth a correlation, as everywhere in deep learning (Conv2D).
   *
   * @param x images, [batch, height, width, channels]
   * @param filter [height, width, input channels, output channels]; with fewer input channels than
   *     x has, x's channels are taken in groups
   * @param padding {@code SAME} or {@code VALID}
   * @return [batch, new height, new width, output channels]
   */
  public Tensor conv2d(Object x, Object filter, int stride, String padding) {
    return conv2d(x, filter, WindowOptions.padding(padding).strides(stride));
  }

  /** As {@link #conv2d(Object, Object, int, String)}, with strides for each dimension and so on. */
  public Tensor conv2d(Object x, Object filter, WindowOptions windows) {
    return conv("Conv2D", "Conv2D", windows, 2, x, filter);
  }

  /** A convolution of volumes: a depth goes before height and width (Conv3D). */
  public Tensor conv3d(Object x, Object filter, int stride, String padding) {
    return conv3d(x, filter, WindowOptions.padding(padding).strides(stride));
  }

  /** As {@link #conv3d(Object, Object, int, String)}. */
  public Tensor conv3d(Object x, Object filter, WindowOptions windows) {
    return conv("Conv3D", "Conv3D", windows, 3, x, filter);
  }

  /**
   * A convolution of sequences, as of images one pixel high (Conv2D).
   *
   * @param x [batch, length, channels]
   * @param filter [length, input channels, output channels]
   */
  public Tensor conv1d(Object x, Object filter, int stride, String padding) {
    return conv1d(x, filter, WindowOptions.padding(padding).strides(stride));
  }

  /** As {@link #conv1d(Object, Object, int, String)}. */
  public Tensor conv1d(Object x, Object filter, WindowOptions windows) {
    try (Scope s = graph().nameScope("conv1d")) {
      int axis = given(windows, WINDOWS).isChannelsFirst() ? 2 : 1;
      Tensor image = expandDims(x, axis);
      Tensor row = expandDims(filter, 0);
      return squeeze(conv("Conv2D", s.name(), windows.withRow(), 2, image, row), axis);
    }
  }

  /**
   * A convolution whose filter's elements are {@code rate} pixels apart, with stride 1 (Conv2D with
   * dilations); Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", 2016.
   */
  public Tensor atrousConv2d(Object x, Object filter, int rate, String padding) {
    return conv2d(x, filter, WindowOptions.padding(padding).dilations(rate));
  }

  /**
   * A convolution of each channel by itself (DepthwiseConv2dNative).
   *
   * @param filter [height, width, input channels, multiplier]: of input channel c come the output
   *     channels from {@code c * multiplier} on
   */
  public Tensor depthwiseConv2d(Object x, Object filter, int stride, String padding) {
    return depthwiseConv2d(x, filter, WindowOptions.padding(padding).strides(stride));
  }

  /**
   * As {@link #depthwiseConv2d(Object, Object, int, String)}. TensorFlow 1.15 itself computes it on
   * a CPU for equal strides only, and there takes no notice of dilations.
   */
  public Tensor depthwiseConv2d(Object x, Object filter, WindowOptions windows) {
    return conv("DepthwiseConv2dNative", "depthwise", windows, 2, x, filter);
  }

  /**
   * A depthwise convolution, and one of 1x1 pixels that mixes what it gives; Chollet, "Xception",
   * 2017.
   *
   * @param pointwise [1, 1, channels of the depthwise convolution's result, output channels]
   */
  public Tensor separableConv2d(
      Object x, Object depthwise, Object pointwise, int stride, String padding) {
    return separableConv2d(x, depthwise, pointwise, WindowOptions.padding(padding).strides(stride));
  }

  /** As {@link #separableConv2d(Object, Object, Object, int, String)}. */
  public Tensor separableConv2d(
      Object x, Object depthwise, Object pointwise, WindowOptions windows) {
    try (Scope s = graph().nameScope("separable_conv2d")) {
      Output mix = convert(pointwise, null, "pointwise_filter");
      Shape f = mix.shape();
      if (f.hasRank() && (f.rank() != 4 || !Shape.of(1, 1).isCompatibleWith(f.slice(0, 2)))) {
        throw error("the pointwise filter must be of shape [1,1,?,?], but is of " + f);
      }
      Tensor each = depthwiseConv2d(x, depthwise, windows);
      WindowOptions still = WindowOptions.valid();
      return conv(
          "Conv2D",
          s.name(),
          windows.isChannelsFirst() ? still.channelsFirst() : still,
          2,
          each,
          mix);
    }
  }

  /**
   * The transpose, or gradient, of a two-dimensional convolution: from its result's size to its
   * input's, as a decoder wants it (Conv2DBackpropInput).
   *
   * @param filter [height, width, output channels, input channels]
   * @param outputShape the shape of the result, all four dimensions
   */
  public Tensor conv2dTranspose(
      Object x, Object filter, Object outputShape, int stride, String padding) {
    return conv2dTranspose(x, filter, outputShape, WindowOptions.padding(padding).strides(stride));
  }

  /** As {@link #conv2dTranspose(Object, Object, Object, int, String)}. */
  public Tensor conv2dTranspose(
      Object x, Object filter, Object outputShape, WindowOptions windows) {
    return transposed(
        "conv2d_transpose", "Conv2DBackpropInput", 2, x, filter, outputShape, windows);
  }

  /** As {@link #conv2dTranspose}, of volumes (Conv3DBackpropInputV2). */
  public Tensor conv3dTranspose(
      Object x, Object filter, Object outputShape, int stride, String padding) {
    return conv3dTranspose(x, filter, outputShape, WindowOptions.padding(padding).strides(stride));
  }

  /** As {@link #conv3dTranspose(Object, Object, Object, int, String)}. */
  public Tensor conv3dTranspose(
      Object x, Object filter, Object outputShape, WindowOptions windows) {
    return transposed(
        "conv3d_transpose", "Conv3DBackpropInputV2", 3, x, filter, outputShape, windows);
  }

  private Tensor transposed(
      String scope,
      String type,
      int spatial,
      Object x,
      Object filter,
      Object outputShape,
      WindowOptions windows) {
    try (Scope s = graph().nameScope(scope)) {
      Output value = convert(x, null, "value");
      Output weights = convert(filter, value.dtype(), "filter");
      Output shape = sizes(outputShape, "output_shape", false);
      return conv(type, s.name(), windows, spatial, shape, weights, value);
    }
  }

  private Tensor conv(
      String type, String name, WindowOptions windows, int spatial, Object... inputs) {
    return finish(given(windows, WINDOWS).apply(begin(type, name, inputs), spatial));
  }

  // ---- pooling

  /**
   * The greatest element of every window, channel by channel (MaxPool).
   *
   * @param x images, [batch, height, width, channels]
   * @param size height and width of a window
   */
  public Tensor maxPool(Object x, int size, int stride, String padding) {
    return maxPool(x, new int[] {size}, WindowOptions.padding(padding).strides(stride));
  }

  /** As {@link #maxPool(Object, int, int, String)}. */
  public Tensor maxPool(Object x, int size, WindowOptions windows) {
    return maxPool(x, new int[] {size}, windows);
  }

  /**
   * As {@link #maxPool(Object, int, int, String)}.
   *
   * @param sizes of a window: one number, one for each spatial dimension, or one for each dimension
   */
  public Tensor maxPool(Object x, int[] sizes, WindowOptions windows) {
    return pool("MaxPool", "MaxPool", x, sizes, windows, 2);
  }

  /**
   * The mean of every window, channel by channel; what is padded does not count (AvgPool).
   *
   * @param x images, [batch, height, width, channels]
   * @param size height and width of a window
   */
  public Tensor avgPool(Object x, int size, int stride, String padding) {
    return avgPool(x, new int[] {size}, WindowOptions.padding(padding).strides(stride));
  }

  /** As {@link #avgPool(Object, int, int, String)}. */
  public Tensor avgPool(Object x, int size, WindowOptions windows) {
    return avgPool(x, new int[] {size}, windows);
  }

  /**
   * As {@link #avgPool(Object, int, int, String)} and {@link #maxPool(Object, int[],
   * WindowOptions)}.
   */
  public Tensor avgPool(Object x, int[] sizes, WindowOptions windows) {
    return pool("AvgPool", "AvgPool", x, sizes, windows, 2);
  }

  /** The greatest element of every window of volumes (MaxPool3D). */
  public Tensor maxPool3d(Object x, int[] sizes, WindowOptions windows) {
    return pool("MaxPool3D", "MaxPool3D", x, sizes, windows, 3);
  }

  /** The mean of every window of volumes (AvgPool3D). */
  public Tensor avgPool3d(Object x, int[] sizes, WindowOptions windows) {
    return pool("AvgPool3D", "AvgPool3D", x, sizes, windows, 3);
  }

  /** {@link #maxPool} of sequences, [batch, length, channels]. */
  public Tensor maxPool1d(Object x, int size, WindowOptions windows) {
    return pool1d("MaxPool1d", "MaxPool", x, size, windows);
  }

  /** {@link #avgPool} of sequences, [batch, length, channels]. */
  public Tensor avgPool1d(Object x, int size, WindowOptions windows) {
    return pool1d("AvgPool1D", "AvgPool", x, size, windows);
  }

  private Tensor pool1d(String scope, String type, Object x, int size, WindowOptions windows) {
    try (Scope s = graph().nameScope(scope)) {
      int axis = given(windows, WINDOWS).isChannelsFirst() ? 2 : 1;
      Tensor image = expandDims(x, axis);
      Tensor y = pool(type, s.name(), image, new int[] {1, size}, windows.withRow(), 2);
      return squeeze(y, axis);
    }
  }

  private Tensor pool(
      String type, String name, Object x, int[] sizes, WindowOptions windows, int spatial) {
    OpBuilder b =
        begin(type, name, x)
            .attr("ksize", given(windows, WINDOWS).list(sizes, spatial, "window sizes"));
    if (windows.isDilated()) {
      throw error("the windows of " + type + " have no dilations");
    }
    return finish(windows.apply(b, spatial));
  }

  /**
   * {@link #maxPool}, and where in its image each element was found: {@code (row * width + column)
   * * channels + channel}, int64 (MaxPoolWithArgmax).
   */
  public List<Tensor> maxPoolWithArgmax(Object x, int[] sizes, WindowOptions windows) {
    OpBuilder b =
        begin("MaxPoolWithArgmax", "MaxPoolWithArgmax", x)
            .attr("ksize", given(windows, WINDOWS).list(sizes, 2, "window sizes"));
    return tensors(windows.apply(b, 2).build());
  }

  // ---- normalization

  /**
   * Batch normalization with the moments of the batch itself (FusedBatchNormV3).
   *
   * @param x images, [batch, height, width, channels], of half, bfloat16 or float32
   * @param scale a float32 number for each channel
   * @param offset a float32 number for each channel
   * @return the normalized images, and mean and unbiased variance of every channel
   */
  public List<Tensor> fusedBatchNorm(Object x, Object scale, Object offset, double epsilon) {
    return fusedBatchNorm(x, scale, offset, null, null, epsilon, "NHWC", true);
  }

  /**
   * Batch normalization of images (FusedBatchNormV3); Ioffe and Szegedy, "Batch Normalization",
   * 2015. Its gradient takes the batch's moments for functions of x in training, for constants
   * otherwise.
   *
   * @param mean for each channel; null in training
   * @param variance for each channel; null in training
   * @param epsilon added to variances; at least 1.001e-5
   * @param dataFormat {@code NHWC} or {@code NCHW}
   * @param isTraining whether to compute mean and variance from x
   * @return the normalized images; in training mean and unbiased variance of every channel, else
   *     those given
   */
  public List<Tensor> fusedBatchNorm(
      Object x,
      Object scale,
      Object offset,
      Object mean,
      Object variance,
      double epsilon,
      String dataFormat,
      boolean isTraining) {
    if (isTraining != (mean == null && variance == null)) {
      throw error(
          "fusedBatchNorm takes mean and variance when isTraining is false, and else neither");
    }
    Output in = convert(x, DataType.FLOAT32, "x");
    Output none = isTraining ? constant(new float[0]).asOutput() : null;
    Object m = isTraining ? none : mean;
    Object v = isTraining ? constant(new float[0]) : variance;
    return tensors(
            begin("FusedBatchNormV3", "FusedBatchNormV3", in, scale, offset, m, v)
                .attr("epsilon", (float) Math.max(epsilon, 1.001e-5))
                .attr("data_format", dataFormat)
                .attr("is_training", isTraining)
                .build())
        .subList(0, 3);
  }

  /**
   * {@code (x - mean) / sqrt(variance + epsilon) * scale + offset}, of simple operations that
   * broadcast.
   *
   * @param offset null for none
   * @param scale null for none
   */
  public Tensor batchNormalization(
      Object x, Object mean, Object variance, Object offset, Object scale, double epsilon) {
    try (Scope s = graph().nameScope("batchnorm")) {
      Tensor in = tensor(convert(x, null, "x"));
      Tensor inverse = rsqrt(add(variance, epsilon));
      if (scale != null) {
        inverse = mul(inverse, scale);
      }
      Tensor product = mul(in, cast(inverse, in.dtype()));
      Tensor shift = offset == null ? mul(neg(mean), inverse) : sub(offset, mul(mean, inverse));
      return add(product, cast(shift, in.dtype()));
    }
  }

  /**
   * Each number divided by {@code (bias + alpha * s)^beta}, s the sum of the squares of the
   * channels at most {@code depthRadius} away (LRN); Krizhevsky et al., "ImageNet Classification
   * with Deep Convolutional Neural Networks", 2012.
   */
  public Tensor localResponseNormalization(
      Object x, int depthRadius, double bias, double alpha, double beta) {
    return finish(
        begin("LRN", "LRN", x)
            .attr("depth_radius", depthRadius)
            .attr("bias", (float) bias)
            .attr("alpha", (float) alpha)
            .attr("beta", (float) beta));
  }

  /** {@link #localResponseNormalization(Object, int, double, double, double)} by its defaults. */
  public Tensor localResponseNormalization(Object x) {
    return node("LRN", "LRN", x);
  }
}
