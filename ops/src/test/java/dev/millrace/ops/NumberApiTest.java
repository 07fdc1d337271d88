package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class NumberApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.INT32, 2, 3);
  private final Tensor f = tf.placeholder("f", DataType.FLOAT64, 2, 3);

  private void check(Tensor t, String type, DataType dtype, Shape shape) {
    assertThat(t.op().type()).isEqualTo(type);
    assertThat(t.dtype()).isEqualTo(dtype);
    assertThat(t.shape()).isEqualTo(shape);
  }

  @Test
  void bits() {
    Shape s = Shape.of(2, 3);
    check(tf.bitwiseAnd(x, 1), "BitwiseAnd", DataType.INT32, s);
    check(tf.bitwiseOr(x, 1), "BitwiseOr", DataType.INT32, s);
    check(tf.bitwiseXor(x, new int[] {1, 2, 3}), "BitwiseXor", DataType.INT32, s);
    check(tf.invert(x), "Invert", DataType.INT32, s);
    check(tf.leftShift(x, 3), "LeftShift", DataType.INT32, s);
    check(tf.rightShift(x, 3), "RightShift", DataType.INT32, s);
    check(tf.populationCount(x), "PopulationCount", DataType.UINT8, s);
  }

  @Test
  void specialFunctions() {
    Shape s = Shape.of(2, 3);
    check(tf.igamma(f, 2.5), "Igamma", DataType.FLOAT64, s);
    check(tf.igammac(1.5, f), "Igammac", DataType.FLOAT64, s);
    check(tf.zeta(2, f), "Zeta", DataType.FLOAT64, s);
    check(tf.polygamma(1, f), "Polygamma", DataType.FLOAT64, s);
    check(tf.betainc(1, 2, f), "Betainc", DataType.FLOAT64, s);
    check(tf.cross(f, f), "Cross", DataType.FLOAT64, s);
    check(tf.cumulativeLogsumexp(f, 1, true, false), "CumulativeLogsumexp", DataType.FLOAT64, s);
  }

  @Test
  void counting() {
    check(tf.bincount(x), "Bincount", DataType.INT32, Shape.of(-1));
    check(tf.bincount(x, 5, new double[2][3]), "Bincount", DataType.FLOAT32, Shape.of(5));
    check(
        tf.histogramFixedWidth(f, new double[] {0, 1}, 4),
        "HistogramFixedWidth",
        DataType.INT32,
        Shape.of(4));
    check(tf.bucketize(f, 0, 1.5f), "Bucketize", DataType.INT32, Shape.of(2, 3));
  }

  @Test
  void places() {
    check(tf.searchSorted(f, f, true), "Reshape", DataType.INT32, Shape.of(2, 3));
    Tensor v = tf.searchSorted(new float[] {1, 2, 3}, new float[] {2}, false);
    assertThat(v.shape()).isEqualTo(Shape.of(1));
    List<Tensor> difference = tf.setdiff1d(new int[] {1, 2, 3}, new int[] {2});
    check(difference.get(0), "ListDiff", DataType.INT32, Shape.of(2));
    check(
        tf.unravelIndex(new int[] {3, 4}, new int[] {2, 3}),
        "UnravelIndex",
        DataType.INT32,
        Shape.of(2, 2));
  }
}
