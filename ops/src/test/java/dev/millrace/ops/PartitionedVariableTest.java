package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionedVariableTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private SharedVariableBuilder w(int parts, int axis) {
    return tf.sharedVariable("w").shape(5, 4).partitioner(Partitioners.fixedSize(parts, axis));
  }

  @Test
  void theFirstPartsTakeWhatIsLeftOver() {
    PartitionedVariable w;
    try (var s = tf.variableScope("layer");
        var n = tf.scope("elsewhere")) {
      w = w(3, 0).getPartitioned();
    }
    assertThat(w.name()).isEqualTo("layer/w");
    assertThat(w.parts().stream().map(Variable::name))
        .containsExactly("layer/w/part_0", "layer/w/part_1", "layer/w/part_2");
    assertThat(w.parts().stream().map(Variable::shape))
        .containsExactly(Shape.of(2, 4), Shape.of(2, 4), Shape.of(1, 4));
    assertThat(w.parts().stream().map(p -> p.slice().spec()))
        .containsExactly("5 4 0,2:0,4", "5 4 2,2:0,4", "5 4 4,1:0,4");
    assertThat(w.parts().get(1).slice().fullName()).isEqualTo("layer/w");
    assertThat(w.partitions()).containsExactly(3, 1);
    assertThat(w.axis()).isEqualTo(0);
    assertThat(tf.trainableVariables()).containsExactlyElementsOf(w.parts());
    assertThat(w)
        .hasToString("PartitionedVariable(\"layer/w\", shape=[5,4], dtype=float32, parts=3)");
  }

  @Test
  void asAnOperandItIsThePartsJoined() {
    PartitionedVariable w = w(2, 1).getPartitioned();
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 3, 5);
    try (var c = tf.controlDependencies(x)) {
      assertThat(x.matmul(w).shape()).isEqualTo(Shape.of(3, 4));
    }
    int at = graph.size();
    assertThat(w.value().shape()).isEqualTo(Shape.of(5, 4));
    assertThat(graph.size()).isEqualTo(at);
    assertThat(Nodes.line(w.value().op())).isEqualTo("w = Identity(w/ConcatPartitions/concat)");
    assertThat(Nodes.line(graph.operation("w/ConcatPartitions/concat")))
        .isEqualTo(
            "w/ConcatPartitions/concat = ConcatV2(w/part_0/Read/ReadVariableOp,"
                + " w/part_1/Read/ReadVariableOp, w/ConcatPartitions/concat/axis)");
  }

  @Test
  void onePartIsAPartAllTheSame() {
    PartitionedVariable w = w(1, 0).getPartitioned();
    assertThat(w.parts().get(0).name()).isEqualTo("w/part_0");
    assertThat(Nodes.line(w.value().op())).isEqualTo("w = Identity(w/part_0/Read/ReadVariableOp)");
  }

  @Test
  void initializersSeeTheWholesFans() {
    Variable part = w(4, 1).getPartitioned().parts().get(0);
    double limit = Math.sqrt(6.0 / (5 + 4));
    assertThat(graph.output("w/part_0/Initializer/random_uniform/max").constantValue().getDouble(0))
        .isEqualTo((float) limit);
    assertThat(part.initialValue().shape()).isEqualTo(Shape.of(5, 1));
  }

  @Test
  void anInitialValueIsCut() {
    PartitionedVariable w =
        tf.sharedVariable("w")
            .initialValue(new int[] {1, 2, 3, 4, 5})
            .partitioner(Partitioners.fixedSize(2))
            .getPartitioned();
    assertThat(w.dtype()).isEqualTo(DataType.INT32);
    assertThat(w.parts().get(1).initialValue().name())
        .isEqualTo("w/part_1/PartitionedInitializer/Slice:0");
    assertThat(w.parts().get(1).shape()).isEqualTo(Shape.of(2));
  }

  @Test
  void theScopesPartitionerIsTheDefault() {
    try (var s = tf.newVariableScope("s").partitioner(Partitioners.fixedSize(2)).open();
        var inner = tf.variableScope("t")) {
      assertThat(tf.sharedVariable("w").shape(4).getPartitioned().parts()).hasSize(2);
      inner.setPartitioner(Partitioners.fixedSize(4));
      assertThat(tf.sharedVariable("u").shape(4).getPartitioned().parts()).hasSize(4);
    }
  }

  @Test
  void partsAreShared() {
    PartitionedVariable w = w(2, 0).getPartitioned();
    try (var s = tf.variableScope("", Reuse.TRUE)) {
      assertThat(w(2, 0).getPartitioned()).isSameAs(w);
      assertThat(tf.sharedVariable("w").getPartitioned()).isSameAs(w);
      assertThat(tf.getVariable("w/part_1", 2, 4)).isSameAs(w.parts().get(1));
      assertThatThrownBy(() -> w(3, 0).getPartitioned())
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("parts [3, 1], but it has parts [2, 1]");
      assertThatThrownBy(() -> tf.sharedVariable("w").shape(6, 4).getPartitioned())
          .hasMessageContaining("shape [6,4], but it has shape [5,4]");
      assertThatThrownBy(() -> tf.sharedVariable("w").dtype(DataType.INT32).getPartitioned())
          .hasMessageContaining("dtype int32, but it has dtype float32");
      assertThatThrownBy(() -> tf.getVariable("w", 5, 4))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("exists in parts");
      assertThatThrownBy(
              () ->
                  tf.sharedVariable("u")
                      .shape(2)
                      .partitioner(Partitioners.fixedSize(2))
                      .getPartitioned())
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("does not exist in parts");
    }
    assertThatThrownBy(() -> w(2, 0).getPartitioned())
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("exists already, in parts");
  }

  @Test
  void whatDoesNotGoTogetherIsAnError() {
    tf.getVariable("whole", 4);
    Partitioner two = Partitioners.fixedSize(2);
    assertThatThrownBy(() -> tf.sharedVariable("whole").shape(4).partitioner(two).getPartitioned())
        .hasMessageContaining("exists in one piece");
    assertThatThrownBy(() -> tf.sharedVariable("a").shape(4).getPartitioned())
        .hasMessageContaining("neither the call nor the scope has a partitioner");
    assertThatThrownBy(() -> tf.sharedVariable("a").partitioner(two).getPartitioned())
        .hasMessageContaining("fully known shape of at least one dimension, not none");
    assertThatThrownBy(() -> tf.sharedVariable("a").shape().partitioner(two).getPartitioned())
        .hasMessageContaining("at least one dimension, not []");
    assertThatThrownBy(
            () ->
                tf.sharedVariable("a")
                    .shape(4, 4)
                    .partitioner((shape, dtype) -> new int[] {2, 2})
                    .getPartitioned())
        .hasMessageContaining("gave [2, 2]");
    assertThatThrownBy(
            () ->
                tf.sharedVariable("a")
                    .initialValue((Supplier<Object>) () -> 1)
                    .partitioner(two)
                    .getPartitioned())
        .hasMessageContaining("takes an initial value or an initializer");
    tf.getVariable("b/part_0", 2);
    assertThatThrownBy(() -> tf.sharedVariable("b").shape(4).partitioner(two).getPartitioned())
        .hasMessageContaining("cut into 2 parts, but fewer exist");
    assertThatThrownBy(() -> w(2, 2).getPartitioned()).hasMessageContaining("has no axis 2");
    assertThatThrownBy(() -> w(2, 0).getPartitioned().assign(new float[4][5]))
        .hasMessageContaining("cannot take");
  }

  @Test
  void assignmentsGoToTheParts() {
    PartitionedVariable w = w(2, 0).getPartitioned();
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 5, 4);
    assertThat(w.assign(x).stream().map(a -> Nodes.line(a.op())))
        .containsExactly(
            "AssignVariableOp = AssignVariableOp(w/part_0, split)",
            "AssignVariableOp_1 = AssignVariableOp(w/part_1, split:1)");
    assertThat(w.assignAdd(x)).hasSize(2);
    assertThat(w.assignSub(x)).hasSize(2);
  }

  /** Computed from the formulas in TensorFlow's documentation. */
  @ParameterizedTest
  @CsvSource({
    // axisSize(maxBytes, 0, maxParts) of [rows, columns]
    "axis, 64, 1000, 16, 4, float32, 4",
    "axis, 65, 1000, 16, 4, float32, 4",
    "axis, 63, 1000, 16, 4, float32, 6",
    "axis, 1, 1000, 16, 4, float32, 16",
    "axis, 1, 5, 16, 4, float32, 5",
    "axis, 64, 1000, 16, 4, float64, 8",
    "axis, 64, 1000, 4, 1, string, 1",
    "axis, 100000, 1000, 16, 4, float32, 1",
    // minMax(maxParts, 0, minBytes)
    "minMax, 64, 10, 16, 4, float32, 4",
    "minMax, 100, 10, 16, 4, float32, 3",
    "minMax, 1, 10, 16, 4, float32, 10",
    "minMax, 1, 100, 16, 4, float32, 16",
    "minMax, 1000, 10, 16, 4, float32, 1",
    // fixedSize(maxParts)
    "fixed, 0, 3, 16, 4, float32, 3",
    "fixed, 0, 30, 16, 4, float32, 16",
  })
  void partitioners(
      String kind, int bytes, int max, int rows, int columns, String dtype, int parts) {
    Partitioner p =
        switch (kind) {
          case "axis" -> Partitioners.axisSize(bytes, 0, max);
          case "minMax" -> Partitioners.minMax(max, 0, bytes);
          default -> Partitioners.fixedSize(max);
        };
    DataType type =
        dtype.equals("string")
            ? DataType.STRING
            : DataType.valueOf(dtype.toUpperCase(java.util.Locale.ROOT));
    assertThat(p.partition(Shape.of(rows, columns), type)).containsExactly(parts, 1);
  }

  @Test
  void partitionersRefuseNonsense() {
    for (Supplier<Partitioner> p :
        List.<Supplier<Partitioner>>of(
            () -> Partitioners.fixedSize(0),
            () -> Partitioners.axisSize(0, 0),
            () -> Partitioners.minMax(0))) {
      assertThatThrownBy(p::get).hasMessageContaining("must be 1 or above, not 0");
    }
  }
}
