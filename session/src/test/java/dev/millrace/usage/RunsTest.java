package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Fetches;
import dev.millrace.session.InteractiveSession;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.SessionOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Feeding, fetching and running, in both modes. */
class RunsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session(SessionOptions.Mode mode) {
    return new Session(graph, SessionOptions.builder().mode(mode).build());
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void anyTensorCanBeFedAndWhatComputesItDoesNotRun(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32);
    Tensor y = x.mul(2);
    Tensor z = y.add(1);
    try (Session s = session(mode)) {
      assertThat(s.feed(y, 10f).fetchValue(z)).isEqualTo(TensorValue.of(11f));
      assertThat(s.feed(y, 10f).fetchValue(y)).isEqualTo(TensorValue.of(10f));
      assertThat(s.feed(x, 3).fetchValue(z)).isEqualTo(TensorValue.of(7f));
      assertThat(s.feed("x", 3).fetchValue(z.name())).isEqualTo(TensorValue.of(7f));
      Tensor c = tf.constant(5f);
      assertThat(s.feed(c, 6f).fetchValue(c.add(1))).isEqualTo(TensorValue.of(7f));
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void severalFetchesComeFromOneRun(SessionOptions.Mode mode) {
    Tensor r = tf.randomUniform(new int[] {3}, DataType.FLOAT32, 0, 1, 7L);
    Tensor twice = r.mul(2);
    Tensor text = tf.constant("héllo");
    try (Session s = session(mode)) {
      Fetches f = s.fetch(r, twice, r, text);
      assertThat(f.size()).isEqualTo(4);
      for (int i = 0; i < 3; i++) {
        assertThat(f.value(1).floats()[i]).isEqualTo(2 * f.value(r).floats()[i]);
        assertThat(f.value(2).floats()[i]).isEqualTo(f.value(0).floats()[i]);
      }
      assertThat(f.value(3).getString(0)).isEqualTo("héllo");
      assertThat(f.get(twice).shape()).containsExactly(3);
      assertThatThrownBy(() -> f.get(text))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("fetchValue");
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void fetchedArraysAreTheCallersOwn(SessionOptions.Mode mode) {
    Variable v = tf.variable("v", new float[] {1, 2});
    try (Session s = session(mode)) {
      s.run(tf.globalVariablesInitializer());
      INDArray a = s.fetch(v);
      a.addi(100);
      TensorValue before = s.fetchValue(v);
      s.run(v.assignAdd(new float[] {1, 1}));
      assertThat(before.floats()).containsExactly(1, 2);
      assertThat(s.fetchValue(v).floats()).containsExactly(2, 3);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void feedsAreNeverWrittenTo(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1);
    Tensor y = x.tanh().mul(x).exp();
    INDArray a = Nd4j.createFromArray(1f, 2f, 3f);
    try (Session s = session(mode)) {
      s.feed(x, a).fetch(y);
      SessionCallable c = s.callable().feed(x).fetch(y).build();
      c.set(0, a).call();
      assertThat(a.toFloatVector()).containsExactly(1, 2, 3);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void everyDtypeAndShapePassesThrough(SessionOptions.Mode mode) {
    Object[] values = {
      TensorValue.of(true),
      TensorValue.of(1.5),
      TensorValue.of(3L),
      TensorValue.of(new byte[] {1, -2}),
      TensorValue.of(new short[] {300}),
      TensorValue.wrap(DataType.UINT8, Shape.of(2), new byte[] {(byte) 200, 3}),
      TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 4)),
      TensorValue.zeros(DataType.INT64, Shape.of(2, 0)),
      TensorValue.of(new String[][] {{"a", "b"}}),
      TensorValue.of(new boolean[] {true, false}),
      TensorValue.wrap(DataType.FLOAT16, Shape.of(1), new short[] {0x3c00})
    };
    try (Session s = session(mode)) {
      for (Object o : values) {
        TensorValue v = (TensorValue) o;
        Tensor x = tf.placeholder(v.dtype(), Shape.unknown());
        Tensor y = x.expandDims(0).identity();
        assertThat(s.feed(x, v).fetchValue(y).reshape(v.shape())).isEqualTo(v);
        assertThat(s.feed(x, v).fetchValue(x)).isEqualTo(v);
        assertThat(s.fetchValue(tf.constant(v))).isEqualTo(v);
        if (v.dtype() != DataType.STRING) {
          INDArray a = s.feed(x, v).fetch(x);
          assertThat(a.shape()).isEqualTo(v.shape().dims());
          assertThat(s.feed(x, a).fetchValue(x)).isEqualTo(v);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void viewsAndTransposedArraysAreFedByValue(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, -1);
    Tensor y = x.identity();
    INDArray m = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}});
    try (Session s = session(mode)) {
      assertThat(s.feed(x, m.transpose()).fetchValue(y).toJava())
          .isEqualTo(new float[][] {{1, 4}, {2, 5}, {3, 6}});
      assertThat(s.feed(x, m.getColumns(1, 2)).fetchValue(y).toJava())
          .isEqualTo(new float[][] {{2, 3}, {5, 6}});
      SessionCallable c = s.callable().feed(x).fetch(y).build();
      c.set(0, m.transpose()).call();
      assertThat(c.value(0).toJava()).isEqualTo(new float[][] {{1, 4}, {2, 5}, {3, 6}});
      c.set(0, m.dup('f')).call();
      assertThat(c.value(0).toJava()).isEqualTo(new float[][] {{1, 2, 3}, {4, 5, 6}});
      c.set(0, Nd4j.create(DataTypes.DOUBLE, 1, 2)).call();
      assertThat(c.value(0).toJava()).isEqualTo(new float[][] {{0, 0}});
    }
  }

  private static final class DataTypes {
    static final org.nd4j.linalg.api.buffer.DataType DOUBLE =
        org.nd4j.linalg.api.buffer.DataType.DOUBLE;
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void callablesTakeArraysOfVaryingSizeAndFillWhatTheyAreGiven(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 2);
    Tensor y = x.mul(2);
    Tensor sum = x.reduceSum();
    try (Session s = session(mode)) {
      SessionCallable c = s.callable().feed(x).fetch(y).fetch(sum).build();
      assertThatThrownBy(c::call)
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("not been set");
      float[] out = new float[4];
      c.into(0, out);
      c.set(0, new float[] {1, 2, 3, 4}).call();
      assertThat(out).containsExactly(2, 4, 6, 8);
      assertThat(c.getFloat(1)).isEqualTo(10);
      c.into(0, Nd4j.zeros(1, 2));
      INDArray target = Nd4j.zeros(1, 2);
      c.into(0, target).set(0, Nd4j.createFromArray(new float[][] {{5, 6}})).call();
      assertThat(target.toFloatMatrix()).isDeepEqualTo(new float[][] {{10, 12}});
      assertThatThrownBy(() -> c.set(0, new float[3]))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("x:0");
      assertThatThrownBy(() -> c.set(0, Nd4j.zeros(2, 3)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("[2,3]");
      c.into(0, out);
      assertThatThrownBy(c::call)
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("another dtype or size");
      c.set(0, TensorValue.of(new float[][] {{1, 1}, {1, 1}})).call();
      assertThat(out).containsExactly(2, 2, 2, 2);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void batchesOfChangingSizeKeepGivingTheRightValues(SessionOptions.Mode mode) {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
    Tensor y = x.reshape(-1).reduceSum().add(tf.cast(x.shapeTensor().get(0), DataType.FLOAT32));
    try (Session s = session(mode)) {
      for (int round = 0; round < 3; round++) {
        for (int n = 0; n < 90; n++) {
          float[][] rows = new float[n][3];
          for (float[] r : rows) {
            r[0] = 1;
            r[2] = 2;
          }
          TensorValue v =
              n == 0 ? TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 3)) : TensorValue.of(rows);
          assertThat(s.feed(x, v).fetchValue(y).floats()[0]).isEqualTo(4 * n);
        }
      }
    }
  }

  @Test
  void interactiveSessionsEvaluateTensorsAndRunOperations() {
    Tensor x = tf.placeholder("x", DataType.FLOAT64, -1);
    Tensor y = x.mul(2);
    Variable v = tf.variable("v", 1f);
    try (var s = new InteractiveSession(graph)) {
      tf.globalVariablesInitializer().run();
      assertThat(v.value().eval()).isEqualTo(TensorValue.of(1f));
      assertThat(y.eval(Map.of(x, new double[] {1, 2})).doubles()).containsExactly(2, 4);
    }
  }

  @Test
  void anInteractiveSessionInsideAnotherGivesWayWhenItCloses() {
    Variable v = tf.variable("v", 1f);
    try (var outer = new InteractiveSession(graph)) {
      outer.run(tf.globalVariablesInitializer());
      try (var inner = new InteractiveSession(graph)) {
        inner.run(v.assign(5f));
        assertThat(v.value().eval()).isEqualTo(TensorValue.of(5f));
      }
      assertThat(v.value().eval()).isEqualTo(TensorValue.of(1f));
    }
    assertThat(graph.hasEvaluator()).isFalse();
  }

  @Test
  void valuesOfDotProductsComeOutAsInTheTextbook() {
    Tensor a = tf.constant(new float[][] {{6.2f, 12.0f, 5.9f}});
    Tensor b = tf.constant(new float[][] {{9.3f}, {1.7f}, {8.8f}});
    Tensor y = a.matmul(b);
    try (var s = new InteractiveSession(graph)) {
      assertThat(y.eval().getDouble(0)).isCloseTo(129.98, within(1e-4));
    }
  }
}
