package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes of some rows of a variable, in both modes alike. */
class RowUpdatesTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Variable v = tf.variable("v", new float[][] {{1, 2}, {3, 4}, {5, 6}});
  private final Variable slot = tf.variable("slot", tf.ones(DataType.FLOAT32, 3, 2));
  private final Tensor indices = tf.placeholder("indices", DataType.INT32, Shape.ofRank(1));
  private final Tensor rows = tf.placeholder("rows", DataType.FLOAT32, Shape.ofRank(2));

  private Operation node(String type, Operand... inputs) {
    var b = tf.op(type, null);
    for (Operand x : inputs) {
      b.input(x);
    }
    return b.build();
  }

  private Session session(SessionOptions.Mode mode) {
    Session s = new Session(graph, SessionOptions.builder().mode(mode).build());
    s.run(v.initializer());
    s.run(slot.initializer());
    return s;
  }

  private void run(Session s, Operation update, int[] at, float[][] by) {
    s.feed(indices, at).feed(rows, by).run(update);
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aRowThatIsNamedTwiceChangesTwice(SessionOptions.Mode mode) {
    Operation add = node("ResourceScatterAdd", v.handle(), indices, rows);
    Operation put = node("ResourceScatterUpdate", v.handle(), indices, rows);
    Operation step =
        node(
            "ResourceSparseApplyMomentum",
            v.handle(),
            slot.handle(),
            tf.constant(1f),
            rows,
            indices,
            tf.constant(0.5f));
    try (Session s = session(mode)) {
      run(s, add, new int[] {2, 0, 2}, new float[][] {{1, 1}, {10, 20}, {3, 4}});
      assertThat(s.fetchValue(v).floats()).containsExactly(11, 22, 3, 4, 9, 11);
      run(s, put, new int[] {1, 1}, new float[][] {{7, 7}, {0, 8}});
      assertThat(s.fetchValue(v).floats()).containsExactly(11, 22, 0, 8, 9, 11);
      // The slot of row 0 is 1, then 0.5 + 2, then 1.25 + 4; of each the row loses as much.
      run(s, step, new int[] {0, 0}, new float[][] {{2, 2}, {4, 4}});
      assertThat(s.fetchValue(slot).floats()).containsExactly(5.25f, 5.25f, 1, 1, 1, 1);
      assertThat(s.fetchValue(v).floats()).containsExactly(3.25f, 14.25f, 0, 8, 9, 11);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void anIndexOutOfRangeIsAnErrorAfterTheRowsBeforeIt(SessionOptions.Mode mode) {
    Operation add = node("ResourceScatterAdd", v.handle(), indices, rows);
    Operation step =
        node(
            "ResourceSparseApplyAdagrad",
            v.handle(),
            slot.handle(),
            tf.constant(1f),
            rows,
            indices);
    try (Session s = session(mode)) {
      assertThatThrownBy(
              () -> run(s, add, new int[] {1, 3, 0}, new float[][] {{1, 1}, {1, 1}, {1, 1}}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("indices[1] = 3 is not in [0, 3)");
      assertThat(s.fetchValue(v).floats()).containsExactly(1, 2, 4, 5, 5, 6);
      assertThatThrownBy(() -> run(s, step, new int[] {2, -1}, new float[][] {{1, 0}, {1, 1}}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("indices[1] = -1");
      assertThat(s.fetchValue(slot).floats()).containsExactly(1, 1, 1, 1, 2, 1);
      assertThat(s.fetchValue(v).floats()[5]).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void shapesMustFit(SessionOptions.Mode mode) {
    Operation add = node("ResourceScatterAdd", v.handle(), indices, rows);
    Operation step =
        node(
            "ResourceSparseApplyAdagrad",
            v.handle(),
            slot.handle(),
            tf.constant(1f),
            rows,
            indices);
    try (Session s = session(mode)) {
      for (Operation op : new Operation[] {add, step}) {
        assertThatThrownBy(() -> run(s, op, new int[] {1, 2}, new float[][] {{1, 1}}))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("[2,2]");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aVariableWithoutValueIsNotFound(SessionOptions.Mode mode) {
    Operation add = node("ResourceScatterAdd", v.handle(), indices, rows);
    try (Session s = new Session(graph, SessionOptions.builder().mode(mode).build())) {
      assertThatThrownBy(() -> run(s, add, new int[] {1}, new float[][] {{1, 1}}))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("'v'");
    }
  }
}
