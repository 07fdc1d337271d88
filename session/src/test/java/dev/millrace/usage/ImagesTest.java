package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.WindowOptions;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What TensorFlow 1.15 computes on GPUs only, or not at all, and has no recorded cases therefore:
 * channels first, groups, dilated gradients. It is held against what it must equal. Every run is
 * computed by a plan and by the reference kernels.
 */
class ImagesTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Random random = new Random(7);
  private final Session session = new Session(graph, SessionOptions.builder().verify(true).build());

  @AfterEach
  void close() {
    session.close();
  }

  private Tensor numbers(DataType t, long... shape) {
    Shape s = Shape.of(shape);
    double[] v = random.doubles(s.numElements(), -1, 1).toArray();
    return tf.placeholderWithDefault(
            TensorValue.wrap(DataType.FLOAT64, s, v), Shape.ofRank(s.rank()))
        .cast(t);
  }

  private Tensor numbers(long... shape) {
    return numbers(DataType.FLOAT64, shape);
  }

  private void assertSame(Operand a, Operand b, double tolerance) {
    Fetches f = session.runner().fetch(List.of(a, b));
    assertThat(f.value(0).shape()).isEqualTo(f.value(1).shape());
    assertThat(f.value(0).toDoubles()).containsExactly(f.value(1).toDoubles(), within(tolerance));
  }

  private static int[] toLast(int rank) {
    int[] perm = new int[rank];
    for (int i = 1; i < rank - 1; i++) {
      perm[i] = i + 1;
    }
    perm[rank - 1] = 1;
    return perm;
  }

  private static Tensor last(Tensor first) {
    return first.transpose(toLast(first.shape().rank()));
  }

  private void assertFormatsAgree(UnaryOperator<Tensor> onFirst, UnaryOperator<Tensor> onLast) {
    for (DataType t : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
      Tensor first = numbers(t, 2, 4, 5, 6);
      Tensor y = onFirst.apply(first);
      assertSame(last(y), onLast.apply(last(first)), t == DataType.FLOAT64 ? 1e-12 : 1e-5);
    }
  }

  @Test
  void channelsMayComeFirst() {
    WindowOptions same = WindowOptions.same().strides(2, 1);
    WindowOptions first = same.channelsFirst();
    Tensor w = numbers(3, 2, 4, 3);
    assertFormatsAgree(
        x -> tf.conv2d(x, w.cast(x.dtype()), first), x -> tf.conv2d(x, w.cast(x.dtype()), same));
    WindowOptions padded = WindowOptions.padded(1, 2, 0, 3);
    assertFormatsAgree(
        x -> tf.conv2d(x, w.cast(x.dtype()), padded.channelsFirst()),
        x -> tf.conv2d(x, w.cast(x.dtype()), padded));
    Tensor depth = numbers(3, 2, 4, 2);
    assertFormatsAgree(
        x -> tf.depthwiseConv2d(x, depth.cast(x.dtype()), first),
        x -> tf.depthwiseConv2d(x, depth.cast(x.dtype()), same));
    assertFormatsAgree(x -> tf.maxPool(x, 3, first), x -> tf.maxPool(x, 3, same));
    assertFormatsAgree(x -> tf.avgPool(x, 3, first), x -> tf.avgPool(x, 3, same));
  }

  @Test
  void channelsOfVolumesMayComeFirst() {
    Tensor x = numbers(2, 3, 4, 5, 3);
    WindowOptions valid = WindowOptions.valid().strides(1, 2, 1).dilations(2, 1, 1);
    Tensor w = numbers(2, 3, 2, 3, 4);
    assertSame(last(tf.conv3d(x, w, valid.channelsFirst())), tf.conv3d(last(x), w, valid), 1e-12);
    WindowOptions same = WindowOptions.same().strides(2);
    int[] size = {2, 3, 1};
    assertSame(
        last(tf.avgPool3d(x, size, same.channelsFirst())),
        tf.avgPool3d(last(x), size, same),
        1e-12);
    Tensor narrow = x.cast(DataType.FLOAT32);
    assertSame(
        last(tf.maxPool3d(narrow, size, same.channelsFirst())),
        tf.maxPool3d(last(narrow), size, same),
        0);
  }

  @Test
  void batchNormalizationWithChannelsFirst() {
    Tensor first = numbers(DataType.FLOAT32, 3, 4, 2, 5);
    Tensor scale = numbers(DataType.FLOAT32, 4);
    Tensor offset = numbers(DataType.FLOAT32, 4);
    List<Tensor> a = tf.fusedBatchNorm(first, scale, offset, null, null, 1e-3, "NCHW", true);
    List<Tensor> b = tf.fusedBatchNorm(last(first), scale, offset, 1e-3);
    assertSame(last(a.get(0)), b.get(0), 1e-5);
    assertSame(a.get(1), b.get(1), 1e-6);
    assertSame(a.get(2), b.get(2), 1e-6);
  }

  @Test
  void groupsAreConvolutionsOfTheirOwn() {
    for (DataType t : new DataType[] {DataType.FLOAT64, DataType.FLOAT32}) {
      Tensor x = numbers(t, 2, 5, 5, 6);
      Tensor w = numbers(t, 3, 3, 2, 9);
      List<Tensor> parts = new ArrayList<>();
      for (int g = 0; g < 3; g++) {
        Tensor in = x.slice(new int[] {0, 0, 0, 2 * g}, new int[] {-1, -1, -1, 2});
        Tensor f = w.slice(new int[] {0, 0, 0, 3 * g}, new int[] {-1, -1, -1, 3});
        parts.add(in.conv2d(f, 1, "SAME"));
      }
      assertSame(x.conv2d(w, 1, "SAME"), tf.concat(parts, 3), 1e-5);
    }
  }

  @Test
  void aDilatedFilterIsOneWithZerosBetween() {
    Tensor x = numbers(2, 7, 8, 2);
    Tensor w = numbers(2, 3, 2, 3);
    Tensor spread = spread(w, 2, 3);
    assertSame(
        tf.conv2d(x, w, WindowOptions.valid().dilations(2)), x.conv2d(spread, 1, "VALID"), 1e-12);
    assertSame(
        tf.depthwiseConv2d(x, w, WindowOptions.same().dilations(2)),
        tf.depthwiseConv2d(x, spread, 1, "SAME"),
        1e-12);
    // As transposes, which are the gradients.
    Tensor y = numbers(2, 5, 4, 3);
    int[] size = {2, 7, 8, 2};
    assertSame(
        tf.conv2dTranspose(y, w, size, WindowOptions.valid().dilations(2)),
        tf.conv2dTranspose(y, spread, size, 1, "VALID"),
        1e-12);
  }

  /** A filter with zeros between its rows and columns. */
  private Tensor spread(Tensor w, int inChannels, int outChannels) {
    Tensor rows = tf.pad(w.reshape(2, 1, 3, 1, inChannels, outChannels), PADS);
    return rows.reshape(4, 6, inChannels, outChannels)
        .slice(new int[] {0, 0, 0, 0}, new int[] {3, 5, -1, -1});
  }

  private static final int[][] PADS = {{0, 0}, {0, 1}, {0, 0}, {0, 1}, {0, 0}, {0, 0}};

  @Test
  void aTransposeIsAdjoint() {
    Tensor x = numbers(2, 5, 7, 3);
    Tensor w = numbers(3, 2, 3, 4);
    WindowOptions windows = WindowOptions.padded(2, 0, 1, 3).strides(2, 3);
    Tensor y = numbers(2, 3, 4, 4);
    Tensor there = tf.conv2d(x, w, windows).mul(y).reduceSum();
    Tensor back = tf.conv2dTranspose(y, w, new int[] {2, 5, 7, 3}, windows).mul(x).reduceSum();
    assertSame(there, back, 1e-12);
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void whatOnlyTheRunShowsToBeWrongNamesNodeAndLine(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, Shape.unknown());
    Tensor w = tf.placeholder("w", DataType.FLOAT32, Shape.unknown());
    Tensor y = x.conv2d(w, 1, "VALID");
    try (Session s = new Session(graph, SessionOptions.builder().mode(mode).build())) {
      assertThatThrownBy(
              () -> s.feed(x, new float[1][4][4][2]).feed(w, new float[3][3][1][5]).fetch(y))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContainingAll("Conv2D (Conv2D)", "ImagesTest.java", "into as many groups");
      assertThatThrownBy(
              () -> s.feed(x, new float[1][4][4][3]).feed(w, new float[3][5][3][5]).fetch(y))
          .hasMessageContainingAll("a window of 5 does not fit into dimension 2 of size 4");
      assertThat(
              s.feed(x, new float[2][4][4][3]).feed(w, new float[3][3][3][5]).fetchValue(y).shape())
          .isEqualTo(Shape.of(2, 2, 2, 5));
    }
  }
}
