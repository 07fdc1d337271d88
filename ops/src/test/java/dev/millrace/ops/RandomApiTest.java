package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private long[] seeds(String name) {
    Operation op = graph.operation(name);
    return new long[] {op.attrs().getInt("seed"), op.attrs().getInt("seed2")};
  }

  @Test
  void uniformIsBuiltAsTensorFlowBuildsIt() {
    tf.setRandomSeed(42);

    Tensor r = tf.randomUniform(List.of(2, 3), -1, 1);

    assertThat(r).hasToString("Tensor(\"random_uniform:0\", shape=[2,3], dtype=float32)");
    assertThat(Nodes.of(graph))
        .containsExactly(
            "random_uniform/shape = Const()",
            "random_uniform/min = Const()",
            "random_uniform/max = Const()",
            "random_uniform/RandomUniform = RandomUniform(random_uniform/shape)",
            "random_uniform/sub = Sub(random_uniform/max, random_uniform/min)",
            "random_uniform/mul = Mul(random_uniform/RandomUniform, random_uniform/sub)",
            "random_uniform = Add(random_uniform/mul, random_uniform/min)");
    assertThat(seeds("random_uniform/RandomUniform")).containsExactly(42, 3);
  }

  @Test
  void integersAreDrawnDirectly() {
    Tensor r = tf.randomUniform(new int[] {4}, DataType.INT32, 0, 10, 7L);

    assertThat(r.op().type()).isEqualTo("RandomUniformInt");
    assertThat(r.dtype()).isEqualTo(DataType.INT32);
    assertThat(seeds("random_uniform")).containsExactly(Graph.DEFAULT_GRAPH_SEED, 7);
  }

  @Test
  void normals() {
    tf.setRandomSeed(1);
    Tensor a = tf.randomNormal(Shape.of(5));
    Tensor b = tf.truncatedNormal(Shape.of(5), DataType.FLOAT64, 1, 0.5, 3L);

    assertThat(a.name()).isEqualTo("random_normal:0");
    assertThat(b.name()).isEqualTo("truncated_normal:0");
    assertThat(b.dtype()).isEqualTo(DataType.FLOAT64);
    assertThat(seeds("random_normal/RandomStandardNormal")).containsExactly(1, 3);
    assertThat(seeds("truncated_normal/TruncatedNormal")).containsExactly(1, 3);
    assertThat(Nodes.since(graph, 3))
        .startsWith(
            "random_normal/RandomStandardNormal = RandomStandardNormal(random_normal/shape)",
            "random_normal/mul = Mul(random_normal/RandomStandardNormal, random_normal/stddev)",
            "random_normal = Add(random_normal/mul, random_normal/mean)");
  }

  @Test
  void withoutSeedsTheSessionChooses() {
    tf.randomUniform(new int[] {1});
    assertThat(seeds("random_uniform/RandomUniform")).containsExactly(0, 0);
  }

  @Test
  void theShapeMayComeFromTheGraph() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
    assertThat(tf.randomUniform(x.shapeTensor()).shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(tf.randomNormal(List.of(x.shapeTensor().get(0), 2)).shape())
        .isEqualTo(Shape.of(-1, 2));
    assertThatThrownBy(() -> tf.randomUniform(x.shape())).hasMessageContaining("not fully known");
  }

  @Test
  void dropoutScalesWhatItKeeps() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
    int before = graph.size();

    Tensor y = x.dropout(0.25);

    assertThat(y.shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(Nodes.since(graph, before))
        .containsExactly(
            "dropout/rate = Const()",
            "dropout/Shape = Shape(x)",
            "dropout/random_uniform/min = Const()",
            "dropout/random_uniform/max = Const()",
            "dropout/random_uniform/RandomUniform = RandomUniform(dropout/Shape)",
            "dropout/random_uniform/sub = Sub(dropout/random_uniform/max,"
                + " dropout/random_uniform/min)",
            "dropout/random_uniform/mul = Mul(dropout/random_uniform/RandomUniform,"
                + " dropout/random_uniform/sub)",
            "dropout/random_uniform = Add(dropout/random_uniform/mul, dropout/random_uniform/min)",
            "dropout/sub/x = Const()",
            "dropout/sub = Sub(dropout/sub/x, dropout/rate)",
            "dropout/truediv/x = Const()",
            "dropout/truediv = RealDiv(dropout/truediv/x, dropout/sub)",
            "dropout/GreaterEqual = GreaterEqual(dropout/random_uniform, dropout/rate)",
            "dropout/mul = Mul(x, dropout/truediv)",
            "dropout/Cast = Cast(dropout/GreaterEqual)",
            "dropout/mul_1 = Mul(dropout/mul, dropout/Cast)");
  }

  @Test
  void dropoutOfNothingIsNothing() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 2, 3);
    assertThat(x.dropout(0)).isEqualTo(x);
    assertThat(x.dropout(tf.constant(0.0))).isEqualTo(x);
    assertThat(tf.dropout(x, 0.5, new int[] {-1, 1}, 1L).shape()).isEqualTo(Shape.of(2, 3));
    assertThat(graph.output("dropout_2/random_uniform").shape()).isEqualTo(Shape.of(2, 1));
    assertThatThrownBy(() -> x.dropout(1)).hasMessageContaining("must be in [0, 1)");
    Tensor ints = tf.placeholder(DataType.INT32, 2);
    assertThatThrownBy(() -> ints.dropout(0.5)).hasMessageContaining("floating point");
  }
}
