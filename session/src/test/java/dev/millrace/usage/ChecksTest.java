package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The checks of values: at build time where everything is known, else when run. */
class ChecksTest {
  private final Ops tf = Ops.of(new Graph());

  private interface Check {
    Operation of(Ops tf, Object x, Object y);
  }

  private static Stream<Arguments> all(Object x, Object y, String holding) {
    record Named(String sign, Check check) {}
    return Stream.of(
            new Named("==", Ops::assertEqual),
            new Named("!=", Ops::assertNoneEqual),
            new Named("<", Ops::assertLess),
            new Named("<=", Ops::assertLessEqual),
            new Named(">", Ops::assertGreater),
            new Named(">=", Ops::assertGreaterEqual))
        .map(
            n -> Arguments.of(n.sign, x, y, List.of(holding.split(" ")).contains(n.sign), n.check));
  }

  static Stream<Arguments> comparisons() {
    return Stream.of(
            all(1, 1, "== <= >="),
            all(1, 2, "!= < <="),
            all(2f, 1.5f, "!= > >="),
            all(new int[] {1, 2}, new int[] {1, 3}, "<="),
            all(new int[] {1, 2}, 1, ">="),
            all(new float[][] {{1, 2}, {3, 4}}, new float[] {5, 6}, "!= < <="),
            all(new float[][] {{1, 2}}, new float[][] {{3}, {1}}, ""),
            all(Float.NaN, 1f, "!="),
            all(Long.MAX_VALUE, Long.MAX_VALUE - 1, "!= > >="),
            all(new float[0], new float[0], "== != < <= > >="))
        .flatMap(s -> s);
  }

  @ParameterizedTest(name = "{1} {0} {2}: {3}")
  @MethodSource
  void comparisons(String sign, Object x, Object y, boolean holds, Check check) {
    // Known when the graph is built.
    if (holds) {
      run(check.of(tf, x, y));
    } else {
      assertThatThrownBy(() -> check.of(tf, x, y))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("Condition x " + sign + " y did not hold")
          .hasMessageContaining("ChecksTest.java");
    }
    // Known only when run.
    Tensor fed = tf.constant(x);
    Tensor p = tf.placeholderWithDefault(fed, Shape.unknown());
    Operation op = check.of(tf, p, y);
    if (holds) {
      run(op);
    } else {
      fails(op, "Condition x " + sign + " y did not hold element-wise:", p.name());
    }
  }

  private void run(Operation op) {
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(tf.graph(), o)) {
        s.run(op);
      }
    }
  }

  private void fails(Operation op, String... says) {
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(tf.graph(), o)) {
        for (String text : says) {
          assertThatThrownBy(() -> s.run(op))
              .isInstanceOf(InvalidArgumentException.class)
              .hasMessageContaining("assertion failed")
              .hasMessageContaining(text);
        }
      }
    }
  }

  private Tensor unknown(Object value) {
    return tf.placeholderWithDefault(value, Shape.unknown());
  }

  @Test
  void signs() {
    run(tf.assertPositive(unknown(new float[] {1, 2})));
    run(tf.assertNegative(unknown(new int[] {-1})));
    run(tf.assertNonNegative(unknown(new int[] {0, 3})));
    run(tf.assertNonPositive(unknown(new long[] {0, -3})));
    fails(tf.assertPositive(unknown(0), "rates are above 0"), "rates are above 0");
    fails(tf.assertNegative(unknown(0)), "x < y");
    fails(tf.assertNonNegative(unknown(-1)), "x >= y");
    fails(tf.assertNonPositive(unknown(new float[] {0, 1e-3f})), "x <= y");
    assertThatThrownBy(() -> tf.assertPositive(-2, "rates are above 0"))
        .hasMessageContaining("rates are above 0 Condition x > y");
  }

  @Test
  void stringsAndBools() {
    run(tf.assertEqual(new String[] {"a", "b"}, new String[] {"a", "b"}));
    assertThatThrownBy(() -> tf.assertEqual("a", "b")).hasMessageContaining("x == y");
    fails(tf.assertNoneEqual(unknown("a"), "a"), "[a]");
    run(tf.assertNoneEqual(true, false));
  }

  @Test
  void whatWaitsForACheckFailsWithIt() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32);
    Tensor y;
    try (var c = tf.controlDependencies(tf.assertPositive(x, "log needs positive numbers"))) {
      y = x.log();
    }
    try (Session s = new Session(tf.graph())) {
      assertThat(s.feed(x, 1f).fetchValue(y).getDouble(0)).isEqualTo(0);
      assertThatThrownBy(() -> s.feed(x, -1f).fetchValue(y))
          .hasMessageContaining("[log needs positive numbers]")
          .hasMessageContaining("[-1");
    }
  }

  @Test
  void assertTrueTellsItsData() {
    run(tf.assertTrue(true, "never told"));
    fails(
        tf.assertTrue(unknown(false), "told", 5, new float[] {1, 2, 3, 4}),
        "[told] [5] [1.0 2.0 3.0 ...]");
    // It may stand where it is never run.
    tf.assertTrue(false, "not reached");
  }

  @Test
  void near() {
    run(tf.assertNear(unknown(1f), 1f + 1e-7f));
    fails(tf.assertNear(unknown(1f), 1.001f), "not equal to tolerance");
    run(tf.assertNear(unknown(new double[] {1, 100}), new double[] {1.001, 100.1}, 2e-3, 0.0));
    run(tf.assertNear(unknown(0f), 0.01f, 0.0, 0.02));
    fails(tf.assertNear(unknown(Float.NaN), Float.NaN), "rtol = 1.19");
    assertThatThrownBy(() -> tf.assertNear(1, 1))
        .hasMessageContaining("floating-point tensors, not int32");
  }

  @Test
  void ranks() {
    Tensor matrix = unknown(new float[2][3]);
    run(tf.assertRank(matrix, 2));
    run(tf.assertRankAtLeast(matrix, 1));
    run(tf.assertRankIn(matrix, 1, 2));
    fails(tf.assertRank(matrix, 1), "must have rank 1", "[2 3]");
    fails(tf.assertRankAtLeast(matrix, 3), "must have at least rank 3");
    fails(tf.assertRankIn(matrix, 0, 3), "must have a rank in [0, 3]");
    Tensor known = tf.placeholder("known", DataType.FLOAT32, -1, 3);
    run(tf.assertRank(known, 2));
    assertThatThrownBy(() -> tf.assertRank(known, 1))
        .hasMessageContaining("'known:0' must have rank 1, but is of shape [?,3]");
    assertThatThrownBy(() -> tf.assertRankAtLeast(known, 3))
        .hasMessageContaining("at least rank 3");
    assertThatThrownBy(() -> tf.assertRankIn(known, 0, 1)).hasMessageContaining("in [0, 1]");
    assertThat(tf.assertScalar(3).shape()).isEqualTo(Shape.scalar());
    assertThatThrownBy(() -> tf.assertScalar(known)).hasMessageContaining("must be a scalar");
    assertThatThrownBy(() -> tf.assertScalar(matrix)).hasMessageContaining("<unknown>");
  }

  @Test
  void dtypes() {
    Tensor f = tf.constant(1f);
    Tensor i = tf.constant(1);
    assertThat(tf.assertType(f, DataType.FLOAT32)).isEqualTo(f);
    assertThatThrownBy(() -> tf.assertType(f, DataType.INT32))
        .hasMessageContaining("must be int32, but is float32");
    assertThat(tf.assertInteger(i)).isEqualTo(i);
    assertThatThrownBy(() -> tf.assertInteger(f)).hasMessageContaining("an integer dtype");
    assertThat(tf.assertSameFloatDtype(List.of(f, f))).isEqualTo(DataType.FLOAT32);
    assertThat(tf.assertSameFloatDtype(List.of())).isEqualTo(DataType.FLOAT32);
    assertThatThrownBy(() -> tf.assertSameFloatDtype(List.of(f, i)))
        .hasMessageContaining("is float32 and 'Const_1:0' is int32");
    assertThatThrownBy(() -> tf.assertSameFloatDtype(List.of(i, i)))
        .hasMessageContaining("one floating-point dtype");
  }

  @Test
  void order() {
    Values.check(tf, tf.cast(tf.isNonDecreasing(new int[] {1, 1, 2}), DataType.INT32), 1);
    Values.check(tf, tf.cast(tf.isStrictlyIncreasing(new int[] {1, 1, 2}), DataType.INT32), 0);
    Values.check(
        tf, tf.cast(tf.isStrictlyIncreasing(new int[][] {{1, 2}, {3, 2}}), DataType.INT32), 0);
    for (Object few : new Object[] {new float[0], new float[] {1}, 5}) {
      Values.check(tf, tf.cast(tf.isStrictlyIncreasing(few), DataType.INT32), 1);
      Values.check(tf, tf.cast(tf.isNonDecreasing(few), DataType.INT32), 1);
    }
  }
}
