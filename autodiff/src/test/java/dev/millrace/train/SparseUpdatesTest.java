package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.IndexedSlices;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What optimizers do with the gradients of rows that were looked up, some of them twice. */
class SparseUpdatesTest {
  private static final int[] IDS = {4, 1, 4, 1, 1};
  private static final float[][] TABLE = {
    {0.5f, -1}, {1, 2}, {-0.25f, 3}, {4, -2}, {-1.5f, 0.75f}, {2, 1}
  };

  /** A model that looks rows up and trains them. */
  private static final class Model {
    final Graph graph = new Graph();
    final Ops tf = Ops.of(graph);
    final Variable step = GlobalStep.getOrCreate(tf);
    final Variable table = tf.variable("table", TABLE);
    final Optimizer optimizer;
    final Operation train;

    Model(Function<Variable, Optimizer> make, boolean sparse) {
      optimizer = make.apply(step);
      Tensor rows =
          sparse
              ? table.sparseRead(tf.constant(IDS))
              : tf.gather(table.value().add(0), tf.constant(IDS));
      float[][] targets = {{1, 1}, {0, 2}, {-1, 0.5f}, {2, 3}, {0, -1}};
      Tensor loss = rows.sub(tf.constant(targets)).square().reduceSum();
      List<GradientAndVariable> g = optimizer.computeGradients(loss);
      if (!sparse) {
        g = List.of(new GradientAndVariable(g.get(0).gradient().dense(), table));
      }
      assertThat(g.get(0).gradient().isSparse()).isEqualTo(sparse);
      train = optimizer.applyGradients(g, step);
    }

    /** The table after each of some steps, and all that the optimizer keeps after the last. */
    List<TensorValue> run(int steps) {
      List<TensorValue> all = new ArrayList<>();
      Operation init = tf.globalVariablesInitializer();
      try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
        s.run(init);
        for (int i = 0; i < steps; i++) {
          s.run(train);
          all.add(s.fetchValue(table));
        }
        for (Variable v : optimizer.variables()) {
          all.add(s.fetchValue(v));
        }
      }
      return all;
    }
  }

  private static Arguments args(
      String name, Function<Variable, Optimizer> make, String opType, boolean lazy) {
    return Arguments.of(name, make, opType, lazy);
  }

  /** Name, optimizer, the op type of its step, and whether it leaves other rows as they are. */
  static Stream<Arguments> optimizers() {
    return Stream.of(
        args("descent", s -> new GradientDescentOptimizer(0.1), "ResourceScatterAdd", true),
        args("momentum", s -> new MomentumOptimizer(0.1, 0.5), "ResourceSparseApplyMomentum", true),
        args(
            "nesterov",
            s -> new MomentumOptimizer(0.1, 0.5, true),
            "ResourceSparseApplyMomentum",
            true),
        args("adagrad", s -> new AdagradOptimizer(0.1), "ResourceSparseApplyAdagrad", true),
        args("adadelta", s -> new AdadeltaOptimizer(1), "ResourceSparseApplyAdadelta", true),
        args("rms", s -> new RmsPropOptimizer(0.1), "ResourceSparseApplyRMSProp", true),
        args(
            "centered",
            s -> new RmsPropOptimizer(0.1, 0.9, 0.5, 1e-10, true),
            "ResourceSparseApplyCenteredRMSProp",
            true),
        args("adam", s -> new AdamOptimizer(0.1), "ResourceScatterAdd", false),
        args("ftrl", s -> new FtrlOptimizer(0.1, 0.01, 0.1), "ResourceSparseApplyFtrl", true),
        args(
            "ftrl2",
            s -> new FtrlOptimizer(0.1, -0.5, 0.1, 0, 0, 0.1, "Ftrl"),
            "ResourceSparseApplyFtrlV2",
            true),
        args(
            "proximal",
            s -> new ProximalGradientDescentOptimizer(0.1, 0.1, 0.1),
            "ResourceSparseApplyProximalGradientDescent",
            true),
        args(
            "proximal adagrad",
            s -> new ProximalAdagradOptimizer(0.1, 0.1, 0.1, 0.1),
            "ResourceSparseApplyProximalAdagrad",
            true),
        args(
            "dual averaging",
            s -> new AdagradDaOptimizer(0.1, s, 0.1, 0.1, 0.1),
            "ResourceSparseApplyAdagradDA",
            true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void rowsThatWereLookedUpChangeAsInADenseStep(
      String name, Function<Variable, Optimizer> make, String opType, boolean lazy) {
    Model sparse = new Model(make, true);
    List<TensorValue> got = sparse.run(3);
    List<TensorValue> want = new Model(make, false).run(3);
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.size(); i++) {
      TensorValue g = got.get(i);
      if (g.shape().rank() == 2) {
        for (int row : lazy ? new int[] {1, 4} : new int[] {0, 1, 2, 3, 4, 5}) {
          for (int k = 0; k < 2; k++) {
            assertThat(g.getDouble(2 * row + k))
                .as("row %d of value %d", row, i)
                .isCloseTo(want.get(i).getDouble(2 * row + k), within(2e-5));
          }
        }
      } else {
        assertThat(g).isEqualTo(want.get(i));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void otherRowsStayAsTheyAre(
      String name, Function<Variable, Optimizer> make, String opType, boolean lazy) {
    TensorValue after = new Model(make, true).run(3).get(2);
    for (int row : new int[] {0, 2, 3, 5}) {
      for (int k = 0; k < 2; k++) {
        // Adam's averages of those rows are 0 and stay so.
        assertThat(after.getDouble(2 * row + k)).isEqualTo(TABLE[row][k]);
      }
    }
    for (int row : new int[] {1, 4}) {
      assertThat(after.getDouble(2 * row)).isNotEqualTo(TABLE[row][0]);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void theStepIsTensorFlows(
      String name, Function<Variable, Optimizer> make, String opType, boolean lazy) {
    Model m = new Model(make, true);
    String scope = m.optimizer.name() + "/update_table/";
    assertThat(m.graph.operation(scope + opType).type()).isEqualTo(opType);
    boolean deduplicates = !name.equals("descent");
    assertThat(m.graph.findOperation(scope + "Unique") != null).isEqualTo(deduplicates);
    assertThat(m.graph.findOperation(scope + "UnsortedSegmentSum") != null).isEqualTo(deduplicates);
  }

  @Test
  void adamMovesAllRowsThatItsAveragesRemember() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable table = tf.variable("table", TABLE);
    Tensor id = tf.placeholder("id", DataType.INT32, 1);
    Tensor loss = table.sparseRead(id).reduceSum();
    Operation train = new AdamOptimizer(0.1).minimize(loss);
    Operation init = tf.globalVariablesInitializer();
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run(init);
      s.feed(id, new int[] {0}).run(train);
      double once = s.fetchValue(table).getDouble(0);
      s.feed(id, new int[] {3}).run(train);
      TensorValue after = s.fetchValue(table);
      assertThat(after.getDouble(0)).isLessThan(once);
      assertThat(after.getDouble(6)).isLessThan(4);
      assertThat(after.getDouble(2)).isEqualTo(1);
    }
  }

  @Test
  void indicesOfSixtyFourBitsAndDoublesTrainToo() {
    for (Optimizer o :
        List.of(
            new GradientDescentOptimizer(0.5), new AdagradOptimizer(0.5), new AdamOptimizer(0.5))) {
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      Variable w = tf.variable("w", new double[][] {{1}, {2}, {3}}, DataType.FLOAT64);
      Operation train = o.minimize(w.sparseRead(tf.constant(new long[] {2, 2})).reduceSum());
      Operation init = tf.globalVariablesInitializer();
      try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
        s.run(init);
        s.run(train);
        double[] after = s.fetchValue(w).doubles();
        assertThat(after[0]).isEqualTo(1);
        assertThat(after[1]).isEqualTo(2);
        double want =
            switch (o.name()) {
              case "GradientDescent" -> 3 - 0.5 * 2;
              case "Adagrad" -> 3 - 0.5 * 2 / Math.sqrt(4.1);
              default -> 2.5;
            };
        assertThat(after[2]).isCloseTo(want, within(1e-6));
      }
    }
  }

  @Test
  void twoLookupsOfOneTableAreSummed() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable w = tf.variable("w", new float[][] {{1}, {2}, {3}});
    Tensor loss =
        w.sparseRead(tf.constant(new int[] {0, 2}))
            .reduceSum()
            .add(w.sparseRead(tf.constant(new int[] {2})).reduceSum().mul(10));
    Optimizer optimizer = new MomentumOptimizer(1, 0.5);
    List<GradientAndVariable> g = optimizer.computeGradients(loss);
    assertThat(g.get(0).gradient().isSparse()).isTrue();
    Operation train = optimizer.applyGradients(g);
    Operation init = tf.globalVariablesInitializer();
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run(init);
      s.run(train);
      assertThat(s.fetchValue(w).floats()).containsExactly(0, 2, -8);
    }
  }

  @Test
  void anOptimizerWithoutASparseStepGetsADenseGradient() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable w = tf.variable("w", new float[][] {{1}, {2}, {3}});
    List<String> seen = new ArrayList<>();
    Optimizer plain =
        new Optimizer("Plain") {
          @Override
          protected void prepare(Ops ops) {}

          @Override
          protected Operation applyDense(Tensor gradient, Variable v) {
            seen.add(gradient.shape().toString());
            return v.assignSub(gradient).operation();
          }
        };
    IndexedSlices rows =
        new IndexedSlices(
            tf.constant(new float[][] {{1}, {10}, {100}}),
            tf.constant(new int[] {2, 0, 2}),
            tf.constant(new int[] {3, 1}));
    Operation train = plain.applyGradients(List.of(new GradientAndVariable(Gradient.of(rows), w)));
    Operation init = tf.globalVariablesInitializer();
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run(init);
      s.run(train);
      assertThat(s.fetchValue(w).floats()).containsExactly(-9, 2, -98);
    }
    assertThat(seen).hasSize(1);
  }
}
