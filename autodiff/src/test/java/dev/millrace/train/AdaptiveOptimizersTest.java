package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AdaptiveOptimizersTest {
  private static final Offset<Double> CLOSE = within(2e-6);

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session initialized() {
    Operation init = tf.globalVariablesInitializer();
    Session s = new Session(graph, SessionOptions.builder().verify(true).build());
    s.run(init);
    return s;
  }

  private static double value(Session s, Variable v) {
    return s.fetchValue(v).getDouble(0);
  }

  /** A variable that begins with 2 and has the gradient 4. */
  private Variable variable() {
    return tf.variable("w", new double[] {2}, DataType.FLOAT64);
  }

  private static Operation train(Optimizer optimizer, Variable w) {
    return optimizer.minimize(w.mul(4).reduceSum());
  }

  // ---- the formulas

  @Test
  void adagrad() {
    Variable w = variable();
    AdagradOptimizer optimizer = new AdagradOptimizer(0.5);
    Operation train = train(optimizer, w);
    try (Session s = initialized()) {
      Variable accum = optimizer.slot(w, "accumulator");
      assertThat(accum.name()).isEqualTo("w/Adagrad");
      assertThat(value(s, accum)).isCloseTo(0.1, CLOSE);
      s.run(train);
      assertThat(value(s, accum)).isCloseTo(16.1, CLOSE);
      assertThat(value(s, w)).isCloseTo(2 - 0.5 * 4 / Math.sqrt(16.1), CLOSE);
    }
  }

  @Test
  void adadelta() {
    Variable w = variable();
    AdadeltaOptimizer optimizer = new AdadeltaOptimizer(1, 0.75, 0.01);
    Operation train = train(optimizer, w);
    try (Session s = initialized()) {
      Variable accum = optimizer.slot(w, "accum");
      Variable updates = optimizer.slot(w, "accum_update");
      assertThat(List.of(accum.name(), updates.name()))
          .containsExactly("w/Adadelta", "w/Adadelta_1");
      assertThat(value(s, accum)).isZero();
      assertThat(value(s, updates)).isZero();
      s.run(train);
      double step = Math.sqrt(0.01) / Math.sqrt(4 + 0.01) * 4;
      assertThat(value(s, accum)).isCloseTo(4, CLOSE);
      assertThat(value(s, updates)).isCloseTo(0.25 * step * step, CLOSE);
      assertThat(value(s, w)).isCloseTo(2 - step, CLOSE);
    }
  }

  @Test
  void rmsProp() {
    Variable w = variable();
    RmsPropOptimizer optimizer = new RmsPropOptimizer(0.5, 0.75, 0.5, 0.25);
    Operation train = train(optimizer, w);
    try (Session s = initialized()) {
      Variable rms = optimizer.slot(w, "rms");
      Variable momentum = optimizer.slot(w, "momentum");
      assertThat(List.of(rms.name(), momentum.name())).containsExactly("w/RMSProp", "w/RMSProp_1");
      assertThat(value(s, rms)).isEqualTo(1);
      assertThat(value(s, momentum)).isZero();
      s.run(train);
      double step = 0.5 * 4 / Math.sqrt(0.75 + 0.25 * 16 + 0.25);
      assertThat(value(s, rms)).isCloseTo(4.75, CLOSE);
      assertThat(value(s, w)).isCloseTo(2 - step, CLOSE);
      s.run(train);
      double second = 0.5 * step + 0.5 * 4 / Math.sqrt(0.75 * 4.75 + 0.25 * 16 + 0.25);
      assertThat(value(s, momentum)).isCloseTo(second, CLOSE);
      assertThat(value(s, w)).isCloseTo(2 - step - second, CLOSE);
    }
  }

  @Test
  void centeredRmsProp() {
    Variable w = variable();
    RmsPropOptimizer optimizer = new RmsPropOptimizer(0.5, 0.75, 0.5, 0.25, true);
    Operation train = train(optimizer, w);
    assertThat(optimizer.slot(w, "rms").name()).isEqualTo("w/RMSProp");
    assertThat(optimizer.slot(w, "mg").name()).isEqualTo("w/RMSProp_1");
    assertThat(optimizer.slot(w, "momentum").name()).isEqualTo("w/RMSProp_2");
    try (Session s = initialized()) {
      assertThat(value(s, optimizer.slot(w, "mg"))).isZero();
      s.run(train);
      assertThat(value(s, optimizer.slot(w, "mg"))).isCloseTo(1, CLOSE);
      assertThat(value(s, w)).isCloseTo(2 - 0.5 * 4 / Math.sqrt(4.75 - 1 + 0.25), CLOSE);
    }
  }

  @Test
  void adam() {
    Variable w = variable();
    AdamOptimizer optimizer = new AdamOptimizer(0.5, 0.75, 0.5, 0.25);
    Operation train = train(optimizer, w);
    Variable m = optimizer.slot(w, "m");
    Variable v = optimizer.slot(w, "v");
    List<Variable> all = optimizer.variables();
    assertThat(all)
        .extracting(Variable::name)
        .containsExactly("beta1_power", "beta2_power", "w/Adam", "w/Adam_1");
    assertThat(graph.collection(GraphKeys.TRAINABLE_VARIABLES)).containsExactly(w);
    try (Session s = initialized()) {
      assertThat(value(s, m)).isZero();
      assertThat(value(s, v)).isZero();
      assertThat(value(s, all.get(0))).isEqualTo(0.75);
      assertThat(value(s, all.get(1))).isEqualTo(0.5);
      s.run(train);
      double first = 0.5 * Math.sqrt(0.5) / 0.25 * 1 / (Math.sqrt(8) + 0.25);
      assertThat(value(s, w)).isCloseTo(2 - first, CLOSE);
      assertThat(value(s, all.get(0))).isEqualTo(0.75 * 0.75);
      assertThat(value(s, all.get(1))).isEqualTo(0.25);
      s.run(train);
      double rate = 0.5 * Math.sqrt(1 - 0.25) / (1 - 0.5625);
      double second = rate * (0.75 + 0.25 * 4) / (Math.sqrt(4 + 8) + 0.25);
      assertThat(value(s, w)).isCloseTo(2 - first - second, CLOSE);
    }
  }

  @Test
  void adamChangesThePowersAfterAllUpdates() {
    Variable a = tf.variable("a", new float[] {1});
    Variable b = tf.variable("b", new float[] {1});
    Operation train = new AdamOptimizer(0.5).minimize(a.mul(b).reduceSum());
    assertThat(train.name()).isEqualTo("Adam");
    for (Variable power : List.of(named("beta1_power"), named("beta2_power"))) {
      Operation assign =
          graph.operations().stream()
              .filter(o -> o.type().equals("AssignVariableOp"))
              .filter(o -> o.input(0).equals(power.handle()) && o != power.initializer())
              .findFirst()
              .orElseThrow();
      assertThat(assign.input(1).op().input(0).op().controlInputs())
          .extracting(Operation::name)
          .contains("Adam/update_a/ResourceApplyAdam", "Adam/update_b/ResourceApplyAdam");
      assertThat(train.controlInputs()).contains(assign);
    }
  }

  private Variable named(String name) {
    return graph.collection(GraphKeys.GLOBAL_VARIABLES, Variable.class).stream()
        .filter(v -> v.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ftrl() {
    Variable w = tf.variable("w", new double[] {0}, DataType.FLOAT64);
    FtrlOptimizer optimizer = new FtrlOptimizer(0.5, 1, 0.25);
    Operation train = train(optimizer, w);
    Variable accum = optimizer.slot(w, "accum");
    Variable linear = optimizer.slot(w, "linear");
    assertThat(List.of(accum.name(), linear.name())).containsExactly("w/Ftrl", "w/Ftrl_1");
    try (Session s = initialized()) {
      assertThat(value(s, accum)).isCloseTo(0.1, CLOSE);
      assertThat(value(s, linear)).isZero();
      s.run(train);
      assertThat(value(s, linear)).isCloseTo(4, CLOSE);
      double expected = (1 - 4) / (Math.sqrt(16.1) / 0.5 + 0.5);
      assertThat(value(s, w)).isCloseTo(expected, CLOSE);
    }
  }

  @Test
  void ftrlMakesExactZeros() {
    Variable w = variable();
    Operation train = train(new FtrlOptimizer(0.5, 100, 0), w);
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, w)).isZero();
    }
  }

  @Test
  void ftrlShrinks() {
    Variable w = tf.variable("w", new double[] {2}, DataType.FLOAT64);
    FtrlOptimizer optimizer = new FtrlOptimizer(0.5, 0, 0.25, 0, 0, 0.5, "Ftrl");
    Operation train = train(optimizer, w);
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, optimizer.slot(w, "accum"))).isCloseTo(16.25, CLOSE);
      // With power 0 the quadratic term is 1 / lr from the start, and the gradient 4 + 2 * 0.5 * 2.
      assertThat(value(s, optimizer.slot(w, "linear"))).isCloseTo(6, CLOSE);
      assertThat(value(s, w)).isCloseTo(-3, CLOSE);
    }
  }

  // ---- learning

  static Stream<Arguments> optimizers() {
    return Stream.of(
        Arguments.of(new AdagradOptimizer(0.5), 200),
        Arguments.of(new AdadeltaOptimizer(1, 0.95, 1e-2), 400),
        Arguments.of(new RmsPropOptimizer(0.02), 300),
        Arguments.of(new RmsPropOptimizer(0.01, 0.9, 0.5, 1e-10, true), 300),
        Arguments.of(new AdamOptimizer(0.05), 300),
        Arguments.of(new FtrlOptimizer(0.5), 200));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void linearRegressionLearns(Optimizer optimizer, int steps) {
    float[][] x = {{0, 1}, {1, 0}, {1, 1}, {-1, 0.5f}, {0.5f, -1}};
    float[][] y = new float[x.length][1];
    for (int i = 0; i < x.length; i++) {
      y[i][0] = 2 * x[i][0] - x[i][1] + 0.5f;
    }
    Variable w = tf.variable("w", new float[2][1]);
    Variable b = tf.variable("b", new float[1]);
    Tensor loss = tf.constant(x).matmul(w).add(b).sub(tf.constant(y)).square().reduceMean();
    Operation train = optimizer.minimize(loss);
    try (Session s = initialized()) {
      for (int i = 0; i < steps; i++) {
        s.run(train);
      }
      assertThat(s.fetchValue(loss).floats()[0]).isLessThan(0.01f);
    }
  }

  // ---- mistakes

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new AdagradOptimizer(1, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must be positive");
    assertThatThrownBy(() -> new FtrlOptimizer(1, -1, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("L1 penalty");
    assertThatThrownBy(() -> new FtrlOptimizer(1, 0.5, 0.1, 0, 0, 0, "Ftrl"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("power");
    assertThatThrownBy(() -> new AdamOptimizer("fast"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("learning rate");
  }
}
