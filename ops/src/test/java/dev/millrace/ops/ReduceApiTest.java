package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReduceApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3, 4);
  private final Tensor unknown = tf.placeholder("u", DataType.FLOAT32, Shape.unknown());
  private final int start = graph.size();

  private static Arguments reducer(
      String type, UnaryOperator<Tensor> all, UnaryOperator<Tensor> last) {
    return Arguments.of(type, all, last);
  }

  static Stream<Arguments> reducers() {
    return Stream.of(
        reducer("Sum", Tensor::reduceSum, t -> t.reduceSum(true, -1)),
        reducer("Mean", Tensor::reduceMean, t -> t.reduceMean(true, -1)),
        reducer("Max", Tensor::reduceMax, t -> t.reduceMax(true, -1)),
        reducer("Min", Tensor::reduceMin, t -> t.reduceMin(true, -1)),
        reducer("Prod", Tensor::reduceProd, t -> t.reduceProd(true, -1)),
        reducer("All", t -> t.greater(0).reduceAll(), t -> t.greater(0).reduceAll(true, -1)),
        reducer("Any", t -> t.greater(0).reduceAny(), t -> t.greater(0).reduceAny(true, -1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reducers")
  void reducesAllOrSome(String type, UnaryOperator<Tensor> all, UnaryOperator<Tensor> last) {
    Tensor a = all.apply(x);
    Tensor b = last.apply(x);

    assertThat(a.op().name()).isEqualTo(type);
    assertThat(a.op().type()).isEqualTo(type);
    assertThat(a.shape()).isEqualTo(Shape.scalar());
    assertThat(a.op().input(1).constantValue()).isEqualTo(TensorValue.ofInts(0, 1, 2));
    assertThat(a.op().input(1).name()).isEqualTo("Const:0");
    assertThat(b.shape()).isEqualTo(Shape.of(-1, 3, 1));
    assertThat(b.op().input(1).name()).isEqualTo(type + "_1/reduction_indices:0");
    assertThat(b.op().input(1).constantValue()).isEqualTo(TensorValue.of(-1));
  }

  @Test
  void severalAxesAreAVector() {
    Tensor y = x.reduceSum(0, 2);

    assertThat(y.shape()).isEqualTo(Shape.of(3));
    assertThat(y.op().input(1).constantValue()).isEqualTo(TensorValue.ofInts(0, 2));
    assertThatThrownBy(() -> x.reduceSum(3)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void allAxesOfUnknownRankAreComputed() {
    unknown.reduceSum();

    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "Rank = Rank(u)",
            "range/start = Const()",
            "range/delta = Const()",
            "range = Range(range/start, Rank, range/delta)",
            "Sum = Sum(u, range)");
  }

  @Test
  void axesMayBeATensor() {
    Tensor axes = tf.placeholder(DataType.INT32, 1);
    assertThat(tf.reduceMax(x, axes, true).shape()).isEqualTo(Shape.of(-1, -1, -1));
    Tensor none = tf.constant(new int[0]);
    assertThat(tf.reduceMax(x, none, false).shape()).isEqualTo(Shape.of(-1, 3, 4));
  }

  @Test
  void javaValuesAreReduced() {
    assertThat(tf.reduceMean(new double[] {1, 2, 3}))
        .hasToString("Tensor(\"Mean:0\", shape=[], dtype=float32)");
  }

  @Test
  void places() {
    Tensor best = x.argMax(-1);

    assertThat(best).hasToString("Tensor(\"ArgMax:0\", shape=[?,3], dtype=int64)");
    assertThat(best.op().input(1).name()).isEqualTo("ArgMax/dimension:0");
    assertThat(tf.argMin(x, 0, DataType.INT32).dtype()).isEqualTo(DataType.INT32);
    assertThat(x.argMin(1).shape()).isEqualTo(Shape.of(-1, 4));
  }

  @Test
  void running() {
    Tensor y = tf.cumsum(x, 1, true, true);
    assertThat(y.shape()).isEqualTo(x.shape());
    assertThat(y.op().attrs().getBool("exclusive")).isTrue();
    assertThat(y.op().attrs().getBool("reverse")).isTrue();
    assertThat(x.cumprod(0).op().type()).isEqualTo("Cumprod");
  }

  @Test
  void logSumExpShiftsByTheMaximum() {
    Tensor y = x.reduceLogSumExp(-1);

    assertThat(y.shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(tf.reduceLogSumExp(x, true, -1).shape()).isEqualTo(Shape.of(-1, 3, 1));
    assertThat(x.reduceLogSumExp().shape()).isEqualTo(Shape.scalar());
    assertThat(graph.operation("ReduceLogSumExp/StopGradient").input(0).op().type())
        .isEqualTo("Select");
  }
}
