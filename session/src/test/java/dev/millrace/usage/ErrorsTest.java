package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.InteractiveSession;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.SessionOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What users see when something is wrong, and that the session goes on afterwards. In a package of
 * its own, as users' code is.
 */
class ErrorsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session(SessionOptions.Mode mode) {
    return new Session(graph, SessionOptions.builder().mode(mode).build());
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void readingAnUninitializedVariableNamesItAndTheFix(SessionOptions.Mode mode) {
    Variable w = tf.variable("weights", new float[] {1, 2});
    Tensor doubled = w.value().mul(2);
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.fetch(doubled))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContainingAll(
              "weights",
              "not initialized",
              "globalVariablesInitializer",
              "ReadVariableOp",
              "ErrorsTest.java");
      s.run(tf.globalVariablesInitializer());
      assertThat(s.fetchValue(doubled).floats()).containsExactly(2, 4);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void anUnfedPlaceholderIsNamedWithShapeAndLine(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
    Tensor y = x.mul(2);
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.fetch(y))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContainingAll("'x'", "must be fed", "float32[?,3]", "ErrorsTest.java");
      assertThat(s.feed(x, new float[][] {{1, 2, 3}}).fetchValue(y).floats())
          .containsExactly(2, 4, 6);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aFeedOfTheWrongShapeOrDtypeIsRefused(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
    Tensor ids = tf.placeholder("ids", DataType.INT32, -1);
    Tensor y = x.mul(2);
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.feed(x, new float[][] {{1, 2}}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContainingAll("x:0", "float32[?,3]", "[1,2]", "ErrorsTest.java");
      assertThatThrownBy(() -> s.feed(ids, new float[] {1.5f}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContainingAll("ids:0", "1.5", "int32");
      assertThatThrownBy(() -> s.feed(x, "text"))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("string");
      assertThatThrownBy(() -> s.feed(x, new float[][] {{1, 2, 3}, {4, 5}}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("differ in length");
      assertThatThrownBy(() -> s.feed(x, null)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(
              () -> s.feed(x, new float[][] {{1, 2, 3}}).feed(x, new float[][] {{1, 2, 3}}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("twice");
      assertThat(s.feed(x, Nd4j.create(new float[][] {{1, 2, 3}})).fetchValue(y).floats())
          .containsExactly(2, 4, 6);
      // Whole numbers convert, and so do doubles.
      assertThat(s.feed(x, new int[][] {{1, 2, 3}}).fetchValue(y).floats())
          .containsExactly(2, 4, 6);
      assertThat(s.feed(x, new double[][] {{1, 2, 3}}).fetchValue(y).floats())
          .containsExactly(2, 4, 6);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void anIndexOutOfRangeNamesValueAndNode(SessionOptions.Mode mode) {
    Tensor ids = tf.placeholder("ids", DataType.INT32, -1);
    Tensor picked = tf.constant(new float[] {1, 2, 3}).gather(ids);
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.feed(ids, new int[] {0, 7}).fetch(picked))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContainingAll("7", "Gather", "ErrorsTest.java");
      assertThat(s.feed(ids, new int[] {2, 0}).fetchValue(picked).floats()).containsExactly(3, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void shapesThatDoNotFitAtRunTimeNameTheNode(SessionOptions.Mode mode) {
    Tensor a = tf.placeholder("a", DataType.FLOAT32, -1, -1);
    Tensor b = tf.placeholder("b", DataType.FLOAT32, -1, -1);
    Tensor c = a.matmul(b);
    try (Session s = session(mode)) {
      assertThatThrownBy(
              () -> s.feed(a, new float[][] {{1, 2}}).feed(b, new float[][] {{1, 2}}).fetch(c))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContainingAll("MatMul", "a:0", "b:0", "ErrorsTest.java");
      assertThat(
              s.feed(a, new float[][] {{1, 2}})
                  .feed(b, new float[][] {{1}, {2}})
                  .fetchValue(c)
                  .floats())
          .containsExactly(5);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aClosedSessionSaysSo(SessionOptions.Mode mode) {
    Tensor x = tf.constant(1f);
    Session s = session(mode);
    SessionCallable call = s.callable().fetch(x).build();
    call.call();
    assertThat(call.getFloat(0)).isEqualTo(1f);
    s.close();
    s.close();
    assertThatThrownBy(() -> s.fetch(x))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(call::call)
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(s::callable).isInstanceOf(FailedPreconditionException.class);
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void tensorsOfAnotherGraphAndUnknownNamesAreRefused(SessionOptions.Mode mode) {
    Output foreign = Ops.of(new Graph()).constant(1f).asOutput();
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.fetch(foreign))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("another graph");
      assertThatThrownBy(() -> s.fetch("nowhere:0"))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("nowhere");
      assertThatThrownBy(() -> s.run("nowhere")).isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> s.run(42)).isInstanceOf(InvalidArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aDeviceThatIsNotThereIsAnErrorUnlessPlacementIsSoft(SessionOptions.Mode mode) {
    Tensor x;
    try (var d = tf.device("/gpu:7")) {
      x = tf.constant(new float[] {1, 2}).mul(3);
    }
    Tensor y = x;
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.fetch(y))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContainingAll("GPU:7", "allowSoftPlacement", "ErrorsTest.java");
    }
    try (Session s =
        new Session(graph, SessionOptions.builder().mode(mode).allowSoftPlacement(true).build())) {
      assertThat(s.fetchValue(y).floats()).containsExactly(3, 6);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aFailedRunChangesNothingElse(SessionOptions.Mode mode) {
    Variable v = tf.variable("v", new float[] {1, 2, 3});
    Tensor ids = tf.placeholder("ids", DataType.INT32, -1);
    Tensor bad = tf.constant(new float[] {1, 2, 3}).gather(ids);
    try (Session s = session(mode)) {
      s.run(tf.globalVariablesInitializer());
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> s.feed(ids, new int[] {5}).fetch(bad))
            .isInstanceOf(MillraceException.class);
        assertThat(s.fetchValue(v).floats()).containsExactly(1, 2, 3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void numberChecksNameTheFirstNodeThatMakesANan(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1);
    Tensor y = x.log().as("the_log");
    Tensor z = y.mul(2).reduceSum();
    try (Session s =
        new Session(graph, SessionOptions.builder().mode(mode).checkNumbers(true).build())) {
      assertThatThrownBy(() -> s.feed(x, new float[] {1, -1}).fetch(z))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContainingAll("NaN", "Log", "ErrorsTest.java");
      assertThat(s.feed(x, new float[] {1, 1}).fetchValue(z).floats()).containsExactly(0);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void evalNeedsAnInteractiveSession(SessionOptions.Mode mode) {
    Tensor x = tf.constant(2f).mul(3);
    assertThatThrownBy(x::eval)
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("InteractiveSession");
    try (var s = new InteractiveSession(graph, SessionOptions.builder().mode(mode).build())) {
      assertThat(x.eval()).isEqualTo(TensorValue.of(6f));
    }
    assertThatThrownBy(x::eval).isInstanceOf(FailedPreconditionException.class);
  }
}
