package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A read is a snapshot, whatever is written in the same run, and plans do not copy where they need
 * not.
 */
class VariableOrderTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Variable v = tf.variable("v", new float[] {1, 2, 3});

  private Session session(SessionOptions.Mode mode) {
    Session s = new Session(graph, SessionOptions.builder().mode(mode).build());
    s.run(v.initializer());
    return s;
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aConsumerThatWaitsForTheWriteSeesTheSnapshot(SessionOptions.Mode mode) {
    Tensor read = v.readValue();
    Operation write = v.assignAdd(new float[] {10, 10, 10}).operation();
    Tensor before;
    Tensor view;
    Tensor after;
    try (var c = tf.controlDependencies(write)) {
      before = read.mul(2);
      view = read.reshape(3, 1).mul(3);
      after = v.readValue().mul(2);
    }
    try (Session s = session(mode)) {
      Fetches f = s.fetch(before, view, after, read);
      assertThat(f.value(0).floats()).containsExactly(2, 4, 6);
      assertThat(f.value(1).floats()).containsExactly(3, 6, 9);
      assertThat(f.value(2).floats()).containsExactly(22, 24, 26);
      assertThat(f.value(3).floats()).containsExactly(1, 2, 3);
      assertThat(s.fetchValue(v).floats()).containsExactly(11, 12, 13);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void withoutEdgesTheOrderOfCreationHolds(SessionOptions.Mode mode) {
    Tensor first = v.readValue().add(0.5f);
    Operation write = v.assign(new float[] {7, 8, 9}).operation();
    Tensor second = v.readValue().add(0.5f);
    Operation again = v.assignSub(new float[] {1, 1, 1}).operation();
    try (Session s = session(mode)) {
      for (int i = 0; i < 2; i++) {
        Fetches f = s.runner().target(write).target(again).fetch(first, second);
        assertThat(f.value(0).floats()[0]).isEqualTo(i == 0 ? 1.5f : 6.5f);
        assertThat(f.value(1).floats()).containsExactly(7.5f, 8.5f, 9.5f);
        assertThat(s.fetchValue(v).floats()).containsExactly(6, 7, 8);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aConsumerMadeAfterTheWriteStillSeesTheEarlierRead(SessionOptions.Mode mode) {
    Tensor read = v.readValue();
    Operation write = v.assign(new float[] {0, 0, 0}).operation();
    Tensor late = read.mul(5);
    try (Session s = session(mode)) {
      assertThat(s.runner().target(write).fetchValue(late).floats()).containsExactly(5, 10, 15);
      assertThat(s.fetchValue(v).floats()).containsExactly(0, 0, 0);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aVariableMayBeAssignedFromItself(SessionOptions.Mode mode) {
    Operation twice = v.assignAdd(v.readValue()).operation();
    Operation reversed = v.assign(tf.reverse(v.readValue(), 0)).operation();
    try (Session s = session(mode)) {
      s.run(twice);
      assertThat(s.fetchValue(v).floats()).containsExactly(2, 4, 6);
      s.run(reversed);
      assertThat(s.fetchValue(v).floats()).containsExactly(6, 4, 2);
      s.run(twice, reversed);
      assertThat(s.fetchValue(v).floats()).containsExactly(4, 8, 12);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void twoVariablesMayChangePlaces(SessionOptions.Mode mode) {
    Variable w = tf.variable("w", new float[] {4, 5, 6});
    Tensor a = v.readValue();
    Tensor b = w.readValue();
    Operation swap = tf.group(v.assign(b), w.assign(a));
    try (Session s = session(mode)) {
      s.run(w.initializer());
      s.run(swap);
      assertThat(s.fetchValue(v).floats()).containsExactly(4, 5, 6);
      assertThat(s.fetchValue(w).floats()).containsExactly(1, 2, 3);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void anIdentityUnderAControlDependencyFetchesItsEffects(SessionOptions.Mode mode) {
    Operation write = v.assignAdd(new float[] {1, 1, 1}).operation();
    Tensor x = tf.constant(5f);
    Tensor y;
    Tensor constant;
    try (var c = tf.controlDependencies(write)) {
      y = x.identity();
      constant = tf.constant(6f);
    }
    Tensor z = constant.mul(2);
    try (Session s = session(mode)) {
      assertThat(s.fetchValue(y).floats()).containsExactly(5);
      assertThat(s.fetchValue(v).floats()).containsExactly(2, 3, 4);
      assertThat(s.fetchValue(z).floats()).containsExactly(12);
      assertThat(s.fetchValue(v).floats()).containsExactly(3, 4, 5);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void shapesThatDependOnValuesCutThePlanAndKeepTheOrder(SessionOptions.Mode mode) {
    Tensor n = tf.placeholder("n", DataType.INT32);
    Tensor range = tf.range(n).cast(DataType.FLOAT32);
    Tensor sum = range.mul(v.readValue().reduceSum());
    Operation write = v.assignAdd(new float[] {1, 0, 0}).operation();
    Tensor shaped = tf.fill(tf.stack(List.of(n, tf.constant(2)), 0), 1.5f).add(range.expandDims(1));
    try (Session s = session(mode)) {
      for (int i = 0; i < 4; i++) {
        Fetches f = s.feed(n, i).target(write).fetch(List.of(sum, shaped.reduceSum()));
        float total = 6 + i;
        assertThat(f.value(0).shape().dim(0)).isEqualTo(i);
        for (int k = 0; k < i; k++) {
          assertThat(f.value(0).floats()[k]).isEqualTo(k * total);
        }
        assertThat(f.value(1).floats()[0]).isEqualTo(3f * i + i * (i - 1));
      }
    }
  }
}
