package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor images = tf.placeholder("images", DataType.FLOAT32, -1, 8, 6, 3);
  private final Tensor first = tf.placeholder("first", DataType.FLOAT32, -1, 3, 8, 6);
  private final Tensor filter = tf.placeholder("filter", DataType.FLOAT32, 3, 3, 3, 5);
  private final Tensor volumes = tf.placeholder("volumes", DataType.FLOAT32, -1, 4, 8, 6, 3);
  private final Tensor sequence = tf.placeholder("sequence", DataType.FLOAT32, -1, 9, 3);
  private final int start = graph.size();

  private static Attrs attrs(Tensor t) {
    return t.op().attrs();
  }

  @Test
  void convolutions() {
    Tensor y = images.conv2d(filter, 2, "SAME");
    assertThat(y).hasToString("Tensor(\"Conv2D:0\", shape=[?,4,3,5], dtype=float32)");
    assertThat(attrs(y).get("strides")).isEqualTo(AttrValue.ofInts(1, 2, 2, 1));

    Tensor odd = tf.conv2d(images, filter, WindowOptions.valid().strides(2, 1).dilations(2, 1));
    assertThat(odd.shape()).isEqualTo(Shape.of(-1, 2, 4, 5));
    assertThat(attrs(odd).get("dilations")).isEqualTo(AttrValue.ofInts(1, 2, 1, 1));

    Tensor padded = tf.conv2d(first, filter, WindowOptions.padded(1, 0, 2, 3).channelsFirst());
    assertThat(padded.shape()).isEqualTo(Shape.of(-1, 5, 7, 9));
    assertThat(attrs(padded).get("explicit_paddings"))
        .isEqualTo(AttrValue.ofInts(0, 0, 0, 0, 1, 0, 2, 3));
    assertThat(attrs(padded).getString("data_format")).isEqualTo("NCHW");

    Tensor all = tf.conv2d(images, filter, WindowOptions.same().strides(1, 2, 2, 1));
    assertThat(attrs(all).get("strides")).isEqualTo(AttrValue.ofInts(1, 2, 2, 1));

    Tensor atrous = tf.atrousConv2d(images, filter, 2, "VALID");
    assertThat(atrous.shape()).isEqualTo(Shape.of(-1, 4, 2, 5));

    Tensor volume = tf.conv3d(volumes, tf.ones(DataType.FLOAT32, 2, 3, 3, 3, 7), 1, "VALID");
    assertThat(volume.shape()).isEqualTo(Shape.of(-1, 3, 6, 4, 7));
  }

  @Test
  void javaValuesBecomeFiltersOfTheImagesType() {
    Tensor wide = tf.placeholder(DataType.FLOAT64, -1, 4, 4, 1);
    Tensor y = wide.conv2d(new double[2][2][1][1], 1, "VALID");
    assertThat(y.dtype()).isEqualTo(DataType.FLOAT64);
    assertThat(y.op().name()).isEqualTo("Conv2D");
    assertThat(y.op().input(1).op().name()).isEqualTo("Conv2D/filter");
  }

  @Test
  void aSequenceIsAnImageOnePixelHigh() {
    Tensor y = tf.conv1d(sequence, new float[4][3][2], 2, "VALID");

    assertThat(y.shape()).isEqualTo(Shape.of(-1, 3, 2));
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "conv1d/ExpandDims/dim = Const()",
            "conv1d/ExpandDims = ExpandDims(sequence, conv1d/ExpandDims/dim)",
            "conv1d/ExpandDims_1/input = Const()",
            "conv1d/ExpandDims_1/dim = Const()",
            "conv1d/ExpandDims_1 = ExpandDims(conv1d/ExpandDims_1/input, conv1d/ExpandDims_1/dim)",
            "conv1d = Conv2D(conv1d/ExpandDims, conv1d/ExpandDims_1)",
            "conv1d/Squeeze = Squeeze(conv1d)");
    assertThat(tf.maxPool1d(sequence, 2, WindowOptions.valid().strides(2)).shape())
        .isEqualTo(Shape.of(-1, 4, 3));
    assertThat(tf.avgPool1d(sequence, 2, WindowOptions.same().strides(2)).shape())
        .isEqualTo(Shape.of(-1, 5, 3));
    assertThatThrownBy(() -> tf.conv1d(sequence, new float[4][3][2], WindowOptions.padded(1, 1)))
        .hasMessageContaining("pad the sequence with tf.pad");
    assertThatThrownBy(
            () -> tf.conv1d(sequence, new float[4][3][2], WindowOptions.same().strides(1, 2)))
        .hasMessageContaining("one stride and one dilation");
  }

  @Test
  void depthwiseAndSeparable() {
    Tensor depth = tf.placeholder("depth", DataType.FLOAT32, 3, 3, 3, 2);
    Tensor mix = tf.placeholder("mix", DataType.FLOAT32, 1, 1, 6, 4);
    assertThat(tf.depthwiseConv2d(images, depth, 1, "SAME"))
        .hasToString("Tensor(\"depthwise:0\", shape=[?,8,6,6], dtype=float32)");
    Tensor y = tf.separableConv2d(images, depth, mix, 2, "SAME");
    assertThat(y).hasToString("Tensor(\"separable_conv2d:0\", shape=[?,4,3,4], dtype=float32)");
    assertThat(y.op().input(0).op().name()).isEqualTo("separable_conv2d/depthwise");
    assertThatThrownBy(() -> tf.separableConv2d(images, depth, depth, 1, "SAME"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must be of shape [1,1,?,?]");
  }

  @Test
  void transposes() {
    Tensor small = tf.placeholder("small", DataType.FLOAT32, 7, 4, 3, 5);
    Tensor y = tf.conv2dTranspose(small, filter, new int[] {7, 8, 6, 3}, 2, "SAME");
    assertThat(y).hasToString("Tensor(\"conv2d_transpose:0\", shape=[7,8,6,3], dtype=float32)");
    assertThat(y.op().type()).isEqualTo("Conv2DBackpropInput");
    Tensor batch = images.shapeTensor().get(0);
    Tensor open =
        tf.conv2dTranspose(
            tf.placeholder(DataType.FLOAT32, -1, 4, 3, 5),
            filter,
            List.of(batch, 8, 6, 3),
            2,
            "SAME");
    assertThat(open.shape()).isEqualTo(Shape.of(-1, 8, 6, 3));
    assertThatThrownBy(() -> tf.conv2dTranspose(small, filter, new int[] {7, 9, 6, 3}, 2, "SAME"))
        .hasMessageContaining("convolving an input [7,9,6,3] with a filter [3,3,3,5]")
        .hasMessageContaining("[7,5,3,5], but is [7,4,3,5]");
    Tensor volume =
        tf.conv3dTranspose(
            tf.placeholder(DataType.FLOAT32, 1, 3, 6, 4, 7),
            tf.ones(DataType.FLOAT32, 2, 3, 3, 3, 7),
            new int[] {1, 4, 8, 6, 3},
            1,
            "VALID");
    assertThat(volume.op().type()).isEqualTo("Conv3DBackpropInputV2");
  }

  @Test
  void pooling() {
    assertThat(images.maxPool(2, 2, "VALID"))
        .hasToString("Tensor(\"MaxPool:0\", shape=[?,4,3,3], dtype=float32)");
    assertThat(images.avgPool(3, 2, "SAME").shape()).isEqualTo(Shape.of(-1, 4, 3, 3));
    Tensor wide = tf.maxPool(images, new int[] {1, 3}, WindowOptions.valid().strides(1, 3));
    assertThat(wide.shape()).isEqualTo(Shape.of(-1, 8, 2, 3));
    assertThat(attrs(wide).get("ksize")).isEqualTo(AttrValue.ofInts(1, 1, 3, 1));
    assertThat(tf.maxPool(first, 2, WindowOptions.valid().strides(2).channelsFirst()).shape())
        .isEqualTo(Shape.of(-1, 3, 4, 3));
    assertThat(
            tf.maxPool(images, new int[] {1, 1, 1, 3}, WindowOptions.valid().strides(1, 1, 1, 3))
                .shape())
        .isEqualTo(Shape.of(-1, 8, 6, 1));
    assertThat(tf.maxPool3d(volumes, new int[] {2}, WindowOptions.valid().strides(2)).shape())
        .isEqualTo(Shape.of(-1, 2, 4, 3, 3));
    assertThat(tf.avgPool3d(volumes, new int[] {2, 1, 1}, WindowOptions.same()).shape())
        .isEqualTo(Shape.of(-1, 4, 8, 6, 3));
    assertThat(tf.maxPoolWithArgmax(images, new int[] {2}, WindowOptions.valid().strides(2)))
        .extracting(Tensor::dtype)
        .containsExactly(DataType.FLOAT32, DataType.INT64);
    assertThatThrownBy(() -> tf.maxPool(images, 2, WindowOptions.same().dilations(2)))
        .hasMessageContaining("no dilations");
    assertThatThrownBy(() -> tf.maxPool(images, new int[] {1, 2, 3}, WindowOptions.same()))
        .hasMessageContaining("window sizes take one number, 2 for the spatial dimensions, or 4");
  }

  @Test
  void batchNormalizationOfTheBatchAndByEstimates() {
    Tensor scale = tf.ones(DataType.FLOAT32, 3);
    Tensor offset = tf.zeros(DataType.FLOAT32, 3);
    List<Tensor> training = tf.fusedBatchNorm(images, scale, offset, 1e-3);
    assertThat(training)
        .extracting(Tensor::shape)
        .containsExactly(Shape.of(-1, 8, 6, 3), Shape.of(3), Shape.of(3));
    assertThat(attrs(training.get(0)).getFloat("epsilon")).isEqualTo(1e-3f);
    List<Tensor> inference =
        tf.fusedBatchNorm(first, scale, offset, offset, scale, 0, "NCHW", false);
    assertThat(inference.get(0).shape()).isEqualTo(Shape.of(-1, 3, 8, 6));
    assertThat(attrs(inference.get(0)).getFloat("epsilon")).isEqualTo(1.001e-5f);
    assertThatThrownBy(() -> tf.fusedBatchNorm(images, scale, offset, null, null, 0, "NHWC", false))
        .hasMessageContaining("takes mean and variance when isTraining is false");
    assertThatThrownBy(() -> tf.fusedBatchNorm(images, new float[4], offset, 1e-3))
        .hasMessageContaining("the channels of x and the numbers in scale must be equal");
  }

  @Test
  void batchNormalizationOfSimpleOperations() {
    Tensor mean = tf.placeholder("mean", DataType.FLOAT32, 3);
    int before = graph.size();
    Tensor y = tf.batchNormalization(images, mean, mean, mean, mean, 1e-3);

    assertThat(y.shape()).isEqualTo(images.shape());
    assertThat(Nodes.since(graph, before))
        .extracting(n -> n.substring(0, n.indexOf(' ')))
        .containsExactly(
            "batchnorm/add/y",
            "batchnorm/add",
            "batchnorm/Rsqrt",
            "batchnorm/mul",
            "batchnorm/mul_1",
            "batchnorm/mul_2",
            "batchnorm/sub",
            "batchnorm/add_1");
    assertThat(tf.batchNormalization(images, mean, mean, null, null, 1e-3).shape())
        .isEqualTo(images.shape());
  }

  @Test
  void responseNormalization() {
    Tensor y = tf.localResponseNormalization(images, 2, 1.5, 0.1, 0.75);
    assertThat(y.op().name()).isEqualTo("LRN");
    assertThat(attrs(y).getInt("depth_radius")).isEqualTo(2);
    assertThat(attrs(y).getFloat("beta")).isEqualTo(0.75f);
    assertThat(attrs(tf.localResponseNormalization(images)).getInt("depth_radius")).isEqualTo(5);
  }

  @Test
  void images() {
    assertThat(tf.resizeBilinear(images, new int[] {4, 9}).shape())
        .isEqualTo(Shape.of(-1, 4, 9, 3));
    assertThat(attrs(tf.resizeBicubic(images, new int[] {4, 9}, true)).getBool("align_corners"))
        .isTrue();
    Tensor bytes = tf.placeholder(DataType.UINT8, 1, 8, 6, 3);
    assertThat(tf.resizeNearestNeighbor(bytes, new int[] {4, 9}, false).dtype())
        .isEqualTo(DataType.UINT8);
    assertThat(tf.resizeArea(bytes, new int[] {4, 9}, false).dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(
            tf.cropAndResize(images, new float[][] {{0, 0, 1, 1}}, new int[] {0}, new int[] {4, 4})
                .shape())
        .isEqualTo(Shape.of(1, 4, 4, 3));
  }

  @Test
  void errorsNameNodeAndShapes() {
    Tensor gray = tf.placeholder("gray", DataType.FLOAT32, -1, 8, 6, 1);
    assertThatThrownBy(() -> gray.conv2d(filter, 1, "SAME"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("Conv2D (Conv2D)")
        .hasMessageContaining("gray:0 float32[?,8,6,1], filter:0 float32[3,3,3,5]")
        .hasMessageContaining("the filter [3,3,3,5] is for 3 channels");
    assertThatThrownBy(() -> images.maxPool(9, 1, "VALID"))
        .hasMessageContaining("a window of 9 does not fit into dimension 1 of size 8")
        .hasMessageContaining("padding SAME");
  }
}
