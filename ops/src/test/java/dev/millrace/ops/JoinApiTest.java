package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, 4, 6);
  private final Tensor ids = tf.placeholder("ids", DataType.INT64, -1);
  private final int start = graph.size();

  @Test
  void concatJoins() {
    assertThat(tf.concat(1, x, x).shape()).isEqualTo(Shape.of(4, 12));
    assertThat(tf.concat(List.of(x, x, x), -2).shape()).isEqualTo(Shape.of(12, 6));
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "concat/axis = Const()",
            "concat = ConcatV2(x, x, concat/axis)",
            "concat_1/axis = Const()",
            "concat_1 = ConcatV2(x, x, x, concat_1/axis)");
    assertThat(tf.concat(0, x).op().type()).isEqualTo("Identity");
    assertThatThrownBy(() -> tf.concat(List.of(), 0)).hasMessageContaining("at least one");
    Tensor other = tf.placeholder(DataType.FLOAT32, 3, 5);
    assertThatThrownBy(() -> tf.concat(0, x, other)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void javaValuesJoinTensors() {
    Tensor y = tf.concat(0, x.shapeTensor(), new int[] {1}, ids.shapeTensor());
    assertThat(y.shape()).isEqualTo(Shape.of(4));
    assertThat(y.dtype()).isEqualTo(DataType.INT32);
    assertThat(graph.findOperation("concat/values_1")).isNotNull();
  }

  @Test
  void stackAndUnstack() {
    assertThat(tf.stack(List.of(x, x)).shape()).isEqualTo(Shape.of(2, 4, 6));
    assertThat(tf.stack(List.of(x, x), -1).shape()).isEqualTo(Shape.of(4, 6, 2));
    assertThat(tf.stack(List.of(1, 2, 3)).op().type()).isEqualTo("Const");
    List<Tensor> rows = x.unstack();
    assertThat(rows).hasSize(4).allMatch(r -> r.shape().equals(Shape.of(6)));
    assertThat(rows.get(3).name()).isEqualTo("unstack:3");
    assertThat(x.unstack(-1)).hasSize(6);
    assertThat(ids.unstack(5, 0)).hasSize(5);
    assertThatThrownBy(() -> ids.unstack())
        .hasMessageContaining("the size of dimension 0 of 'ids:0' [?] is not known");
    assertThatThrownBy(() -> x.unstack(2)).hasMessageContaining("axis 2 is outside");
    assertThatThrownBy(() -> tf.constant(1).unstack()).hasMessageContaining("a scalar");
  }

  @Test
  void splits() {
    List<Tensor> parts = x.split(3, 1);

    assertThat(parts).hasSize(3).allMatch(t -> t.shape().equals(Shape.of(4, 2)));
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "Const = Const()", "split/split_dim = Const()", "split = Split(split/split_dim, x)");
    assertThat(x.split(new int[] {1, -1, 2}, 0))
        .extracting(Tensor::shape)
        .containsExactly(Shape.of(1, 6), Shape.of(1, 6), Shape.of(2, 6));
    assertThatThrownBy(() -> x.split(4, 1)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void gathers() {
    assertThat(x.gather(ids).shape()).isEqualTo(Shape.of(-1, 6));
    assertThat(x.gather(new int[] {0, 2}, 1).shape()).isEqualTo(Shape.of(4, 2));
    assertThat(x.gatherNd(new int[][] {{0, 1}, {2, 3}}).shape()).isEqualTo(Shape.of(2));
    assertThat(tf.scatterNd(new int[][] {{1}, {3}}, new float[] {1, 2}, Shape.of(5)).shape())
        .isEqualTo(Shape.of(5));
    assertThat(graph.operation("GatherV2").inputs())
        .extracting(o -> o.op().name())
        .containsExactly("x", "ids", "GatherV2/axis");
  }

  @Test
  void oneHot() {
    Tensor y = ids.oneHot(10);

    assertThat(y.shape()).isEqualTo(Shape.of(-1, 10));
    assertThat(y.dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "one_hot/on_value = Const()",
            "one_hot/off_value = Const()",
            "one_hot/depth = Const()",
            "one_hot = OneHot(ids, one_hot/depth, one_hot/on_value, one_hot/off_value)");
    assertThat(tf.oneHot(ids, 3, true, false, 0, DataType.BOOL).shape()).isEqualTo(Shape.of(3, -1));
  }

  @Test
  void choosing() {
    Tensor c = x.greater(0);
    assertThat(tf.where(c, x, x.zerosLike()).op().type()).isEqualTo("Select");
    assertThat(tf.select(c, x, x).shape()).isEqualTo(Shape.of(4, 6));
    assertThat(tf.whereV2(c, x, 0).op().type()).isEqualTo("SelectV2");
    assertThat(tf.whereV2(c, x, 0).shape()).isEqualTo(Shape.of(4, 6));
    assertThat(tf.where(c).shape()).isEqualTo(Shape.of(-1, 2));
    assertThat(tf.where(c).dtype()).isEqualTo(DataType.INT64);
    assertThatThrownBy(() -> tf.where(c, x, 0)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void masks() {
    assertThat(tf.booleanMask(x, x.greater(0)).shape()).isEqualTo(Shape.of(-1));
    Tensor rows = tf.placeholder(DataType.BOOL, 4);
    assertThat(tf.booleanMask(x, rows).shape()).isEqualTo(Shape.of(-1, 6));
    Tensor three = tf.placeholder(DataType.BOOL, 3);
    assertThatThrownBy(() -> tf.booleanMask(x, three))
        .hasMessageContaining("[4,6] does not begin with the mask's shape [3]");
    Tensor any = tf.placeholder(DataType.BOOL, Shape.unknown());
    assertThatThrownBy(() -> tf.booleanMask(x, any)).hasMessageContaining("rank must be known");
  }

  @Test
  void sequenceMasks() {
    assertThat(ids.sequenceMask(7).shape()).isEqualTo(Shape.of(-1, 7));
    assertThat(ids.sequenceMask(7).dtype()).isEqualTo(DataType.BOOL);
    Tensor weights = tf.sequenceMask(ids, x.shapeTensor().get(0), DataType.FLOAT32);
    assertThat(weights.shape()).isEqualTo(Shape.of(-1, 4));
    assertThat(weights.dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(tf.sequenceMask(ids).shape().rank()).isEqualTo(2);
  }

  @Test
  void padding() {
    int[][] around = {{1, 2}, {0, 3}};
    assertThat(x.pad(around).shape()).isEqualTo(Shape.of(7, 9));
    assertThat(x.pad(around, 5).op().type()).isEqualTo("PadV2");
    assertThat(x.pad(around, 5).op().input(2).constantValue()).isEqualTo(TensorValue.of(5f));
    Tensor mirrored = tf.mirrorPad(x, around, true);
    assertThat(mirrored.op().attrs().getString("mode")).isEqualTo("SYMMETRIC");
    assertThat(x.reverse(0, -1).shape()).isEqualTo(Shape.of(4, 6));
  }

  @Test
  void inTopK() {
    Tensor targets = tf.placeholder("t", DataType.INT32, 4);
    Tensor hit = tf.inTopK(x, targets, 2);
    assertThat(hit.name()).isEqualTo("in_top_k/InTopKV2:0");
    assertThat(hit.dtype()).isEqualTo(DataType.BOOL);
    assertThat(hit.shape()).isEqualTo(Shape.of(4));
  }
}
