package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import org.junit.jupiter.api.Test;

class TensorArrayTest {
  private final Ops tf = Ops.of(new Graph());
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, 4, 3);
  private final Tensor i = tf.placeholder("i", DataType.INT32, new long[0]);

  record State(Tensor i, TensorArray a) {}

  @Test
  void whatIsWrittenTellsTheElementsShape() {
    TensorArray a = tf.tensorArray(DataType.FLOAT32, 5);
    assertThat(a.elementShape()).isEqualTo(Shape.unknown());
    TensorArray b = a.write(i, x);
    assertThat(b.elementShape()).isEqualTo(Shape.of(4, 3));
    assertThat(b.read(i).shape()).isEqualTo(Shape.of(4, 3));
    assertThat(b.stack().shape()).isEqualTo(Shape.of(5, 4, 3));
    assertThat(b.gather(new int[] {1, 2}).shape()).isEqualTo(Shape.of(2, 4, 3));
    assertThat(b.concat().shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(b.size().shape()).isEqualTo(Shape.scalar());
    assertThat(b.toString()).contains("TensorArray(float32[4,3]");
  }

  @Test
  void aLoopTellsTheShapeToWhatComesBehindIt() {
    TensorArray a = tf.tensorArray(DataType.FLOAT32, 5);
    State s =
        tf.whileLoop(
            v -> v.i().less(5),
            v -> new State(v.i().add(1), v.a().write(v.i(), x.get(0))),
            new State(tf.constant(0), a));
    assertThat(s.a().stack().shape()).isEqualTo(Shape.of(5, 3));
    assertThat(s.a().flow().op().type()).isEqualTo("StatelessWhile");
  }

  @Test
  void arraysOfRows() {
    TensorArray a = tf.newTensorArray(DataType.FLOAT32).build().unstack(x);
    assertThat(a.read(0).shape()).isEqualTo(Shape.of(3));
    assertThat(a.stack().shape()).isEqualTo(Shape.of(4, 3));
    TensorArray b = tf.tensorArray(DataType.FLOAT32, 7).scatter(new int[] {0, 2, 4, 6}, x);
    assertThat(b.stack().shape()).isEqualTo(Shape.of(7, 3));
    TensorArray c = tf.tensorArray(DataType.FLOAT32, 2).split(x, new int[] {2, 2});
    assertThat(c.read(1).shape()).isEqualTo(Shape.of(2, 3));
    TensorArray d = tf.tensorArray(DataType.FLOAT32, 2).split(x, new int[] {1, 3});
    assertThat(d.read(1).shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(d.identity().concat().shape()).isEqualTo(Shape.of(-1, 3));
  }

  @Test
  void aGrowingArrayHasNoKnownSize() {
    TensorArray a = tf.newTensorArray(DataType.FLOAT32).dynamicSize(true).size(2).build();
    TensorArray b = a.write(5, x);
    assertThat(b.flow().op().input(0).op().type()).isEqualTo("TensorListResize");
    assertThat(b.stack().shape()).isEqualTo(Shape.of(-1, 4, 3));
    assertThat(a.scatter(new int[] {8, 9, 10, 11}, tf.zeros(DataType.FLOAT32, 4, 4, 3)).flow())
        .isNotNull();
  }

  @Test
  void whatDoesNotFitIsAnError() {
    TensorArray a = tf.tensorArray(DataType.FLOAT32, 5).write(0, x);
    assertThatThrownBy(() -> a.write(1, x.get(0)))
        .hasMessageContaining("has elements of shape [4,3]")
        .hasMessageContaining("inferShape(false)");
    assertThatThrownBy(() -> a.write(1, tf.constant(1)))
        .hasMessageContaining("the tensor array takes float32");
    assertThatThrownBy(() -> a.write(0, x))
        .hasMessageContaining("element 0 of the tensor array is written already");
    assertThatThrownBy(() -> a.unstack(1f)).hasMessageContaining("has no rows");
    assertThatThrownBy(() -> tf.tensorArray(DataType.FLOAT32, 5).write(0, 1f).concat())
        .hasMessageContaining("take stack()");
  }

  @Test
  void shapesMayDifferWhereTheyAreNotInferred() {
    TensorArray a =
        tf.newTensorArray(DataType.FLOAT32).size(2).inferShape(false).name("parts").build();
    TensorArray b = a.write(0, x).write(1, x.get(0));
    assertThat(b.elementShape()).isEqualTo(Shape.unknown());
    assertThat(a.flow().name()).isEqualTo("parts/TensorListReserve:0");
  }
}
