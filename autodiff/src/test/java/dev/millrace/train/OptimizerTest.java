package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session initialized() {
    Operation init = tf.globalVariablesInitializer();
    Session s = new Session(graph, SessionOptions.builder().verify(true).build());
    s.run(init);
    return s;
  }

  private static double[] value(Session s, Variable v) {
    return s.fetchValue(v).toDoubles();
  }

  /** v0 · 10 + v1 · 100, summed: the gradients are 10 and 100. */
  private Tensor linearLoss(Variable v0, Variable v1) {
    return v0.mul(10).reduceSum().add(v1.mul(100).reduceSum());
  }

  // ---- the numbers

  @Test
  void gradientDescentFollowsTheGradient() {
    Variable v0 = tf.variable("v0", new float[] {1, 2});
    Variable v1 = tf.variable("v1", new float[] {3});
    Operation train = new GradientDescentOptimizer(0.25).minimize(linearLoss(v0, v1));
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, v0)).containsExactly(1 - 2.5, 2 - 2.5);
      assertThat(value(s, v1)).containsExactly(3 - 25);
      s.run(train);
      assertThat(value(s, v1)).containsExactly(3 - 50);
    }
  }

  @Test
  void momentumAccumulates() {
    Variable v0 = tf.variable("v0", new float[] {1});
    Variable v1 = tf.variable("v1", new float[] {0});
    MomentumOptimizer optimizer = new MomentumOptimizer(0.25, 0.5);
    Operation train = optimizer.minimize(linearLoss(v0, v1));
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, optimizer.slot(v0, "momentum"))).containsExactly(10);
      assertThat(value(s, v0)).containsExactly(1 - 2.5);
      s.run(train);
      assertThat(value(s, optimizer.slot(v0, "momentum"))).containsExactly(15);
      assertThat(value(s, v0)).containsExactly(1 - 2.5 - 3.75);
    }
  }

  @Test
  void nesterovLooksAhead() {
    Variable v0 = tf.variable("v0", new float[] {1});
    Variable v1 = tf.variable("v1", new float[] {0});
    Operation train = new MomentumOptimizer(0.25, 0.5, true).minimize(linearLoss(v0, v1));
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, v0)).containsExactly(1 - 0.25 * (10 + 0.5 * 10));
      s.run(train);
      assertThat(value(s, v0)).containsExactly(1 - 0.25 * 15 - 0.25 * (10 + 0.5 * 15));
    }
  }

  @Test
  void float64VariablesTrain() {
    Variable v = tf.variable("v", new double[] {1}, DataType.FLOAT64);
    Operation train = new MomentumOptimizer(0.5, 0.5).minimize(v.square().reduceSum());
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, v)).containsExactly(0);
    }
  }

  @Test
  void slicesTouchTheirRows() {
    Variable table = tf.variable("table", new float[][] {{1, 1}, {2, 2}, {3, 3}});
    Tensor loss = table.sparseRead(new int[] {2, 0, 2}).reduceSum();
    Operation train = new GradientDescentOptimizer(0.5).minimize(loss);
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, table)).containsExactly(0.5, 0.5, 2, 2, 2, 2);
    }
  }

  @Test
  void constraintsHoldAfterEachUpdate() {
    Variable v =
        tf.newVariable("v")
            .initialValue(new float[] {1, 2})
            .constraint(x -> tf.clipByValue(x, -3, 0.5f))
            .build();
    Variable free = tf.variable("free", new float[] {1});
    Operation train = new GradientDescentOptimizer(0.25).minimize(linearLoss(v, free));
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, v)).containsExactly(1 - 2.5, 2 - 2.5);
      s.run(train);
      assertThat(value(s, v)).containsExactly(-3, -3);
      assertThat(value(s, free)).containsExactly(1 - 50);
    }
    Variable rows = tf.newVariable("r").initialValue(new float[3]).constraint(x -> x).build();
    Tensor some = tf.gather(rows, new int[] {0, 2}).reduceSum();
    assertThatThrownBy(() -> new GradientDescentOptimizer(1).minimize(some))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("variable 'r' has a constraint");
  }

  @Test
  void learningRateMayBeATensor() {
    Variable v = tf.variable("v", new float[] {1});
    Tensor rate = tf.placeholder(DataType.FLOAT32);
    Operation train = new GradientDescentOptimizer(rate).minimize(v.mul(2).reduceSum());
    try (Session s = initialized()) {
      s.feed(rate, 0.5f).run(train);
      s.feed(rate, 0.25f).run(train);
      assertThat(value(s, v)).containsExactly(1 - 1 - 0.5);
    }
  }

  @Test
  void softmaxRegressionLearns() {
    float[][] points = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    int[] labels = {0, 1, 1, 1};
    Tensor x = tf.placeholder(DataType.FLOAT32, -1, 2);
    Variable w = tf.variable("w", new float[2][2]);
    Variable b = tf.variable("b", new float[2]);
    Tensor logits = x.matmul(w).add(b);
    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(labels, logits).reduceMean();
    Operation train = new MomentumOptimizer(0.5, 0.9).minimize(loss);
    try (Session s = initialized()) {
      for (int i = 0; i < 200; i++) {
        s.feed(x, points).run(train);
      }
      assertThat(s.feed(x, points).fetchValue(loss).floats()[0]).isLessThan(0.05f);
    }
  }

  // ---- the graph

  @Test
  void namesAreTensorFlows() {
    Variable w;
    try (Scope s = tf.scope("layer")) {
      w = tf.variable("w", new float[] {1, 2});
    }
    Operation train = new MomentumOptimizer(0.1, 0.9).minimize(w.square().reduceSum());
    assertThat(train.name()).isEqualTo("Momentum");
    assertThat(train.type()).isEqualTo("NoOp");
    for (String name :
        new String[] {
          "Momentum/learning_rate",
          "Momentum/momentum",
          "Momentum/update_layer/w/ResourceApplyMomentum",
          "layer/w/Momentum",
          "layer/w/Momentum/Initializer/zeros",
          "layer/w/Momentum/Assign",
          "layer/w/Momentum/Read/ReadVariableOp"
        }) {
      assertThat(graph.findOperation(name)).as(name).isNotNull();
    }
    Operation update = graph.operation("Momentum/update_layer/w/ResourceApplyMomentum");
    assertThat(train.controlInputs()).containsExactly(update);
    assertThat(update.colocationGroups()).containsExactly("layer/w");
    assertThat(graph.collection(GraphKeys.TRAIN_OP)).containsExactly(train);
  }

  @Test
  void slotsAreSavedButNotTrained() {
    Variable w = tf.variable("w", new float[] {1, 2});
    MomentumOptimizer optimizer = new MomentumOptimizer(0.1, 0.9);
    try (Scope s = tf.scope("training")) {
      Operation train = optimizer.minimize(w.square().reduceSum());
      assertThat(train.name()).isEqualTo("training/Momentum");
    }
    Variable slot = optimizer.slot(w, "momentum");
    assertThat(slot.name()).isEqualTo("w/Momentum");
    assertThat(slot.shape()).isEqualTo(Shape.of(2));
    assertThat(graph.collection(GraphKeys.GLOBAL_VARIABLES)).contains(slot);
    assertThat(graph.collection(GraphKeys.TRAINABLE_VARIABLES)).containsExactly(w);
    assertThat(optimizer.slotNames()).containsExactly("momentum");
    assertThat(optimizer.variables()).containsExactly(slot);
    assertThat(optimizer.slot(w, "other")).isNull();
  }

  @Test
  void secondUseSharesTheSlots() {
    Variable w = tf.variable("w", new float[] {1, 2});
    MomentumOptimizer optimizer = new MomentumOptimizer(0.1, 0.9);
    Operation a = optimizer.minimize(w.square().reduceSum());
    Operation b = optimizer.minimize(w.reduceSum());
    assertThat(List.of(a.name(), b.name())).containsExactly("Momentum", "Momentum_1");
    assertThat(optimizer.variables()).hasSize(1);
  }

  @Test
  void globalStepCountsAfterTheUpdates() {
    Variable w = tf.variable("w", new float[] {1});
    Variable step = GlobalStep.getOrCreate(tf);
    assertThat(GlobalStep.getOrCreate(tf)).isSameAs(step);
    assertThat(GlobalStep.get(graph)).isSameAs(step);
    assertThat(step.dtype()).isEqualTo(DataType.INT64);
    assertThat(step.name()).isEqualTo("global_step");
    Operation train = new GradientDescentOptimizer(0.5).minimize(w.reduceSum(), step);
    assertThat(train.type()).isEqualTo("AssignAddVariableOp");
    assertThat(train.name()).isEqualTo("GradientDescent");
    assertThat(train.controlInputs())
        .extracting(Operation::name)
        .containsExactly("GradientDescent/update");
    try (Session s = initialized()) {
      s.run(train);
      s.run(train);
      assertThat(value(s, step)).containsExactly(2);
      assertThat(value(s, w)).containsExactly(0);
    }
  }

  @Test
  void gradientsCanBeChangedBetween() {
    Variable w = tf.variable("w", new float[] {1});
    Optimizer optimizer = new GradientDescentOptimizer(1);
    List<GradientAndVariable> halved =
        optimizer.computeGradients(w.mul(8).reduceSum()).stream()
            .map(g -> new GradientAndVariable(g.gradient().dense().mul(0.5), g.variable()))
            .toList();
    Operation train = optimizer.applyGradients(halved);
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, w)).containsExactly(1 - 4);
    }
  }

  @Test
  void variablesWithoutGradientStay() {
    Variable w = tf.variable("w", new float[] {1});
    Variable other = tf.variable("other", new float[] {5});
    Operation train = new GradientDescentOptimizer(1).minimize(w.reduceSum());
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, w)).containsExactly(0);
      assertThat(value(s, other)).containsExactly(5);
    }
  }

  @Test
  void onlyTheListedVariablesAreTrained() {
    Variable v0 = tf.variable("v0", new float[] {1});
    Variable v1 = tf.variable("v1", new float[] {1});
    Operation train =
        new GradientDescentOptimizer(1).minimize(linearLoss(v0, v1), null, List.of(v1));
    try (Session s = initialized()) {
      s.run(train);
      assertThat(value(s, v0)).containsExactly(1);
      assertThat(value(s, v1)).containsExactly(-99);
    }
  }

  // ---- mistakes

  @Test
  void lossWithoutVariablesIsRefused() {
    Optimizer optimizer = new GradientDescentOptimizer(1);
    Tensor x = tf.constant(1f);
    assertThatThrownBy(() -> optimizer.minimize(x))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("no variables");
    Variable w = tf.variable("w", new float[][] {{1, 2}});
    assertThatThrownBy(() -> optimizer.minimize(x.neg()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[w]")
        .hasMessageContaining("is not computed from 'w'");
    Tensor cut = w.argMax(1).cast(DataType.FLOAT32).reduceSum();
    assertThatThrownBy(() -> optimizer.minimize(cut))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("ArgMax");
    assertThatThrownBy(() -> optimizer.applyGradients(optimizer.computeGradients(x.neg())))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[w]");
  }

  @Test
  void integerVariablesAreRefused() {
    Variable n = tf.variable("n", new int[] {1});
    assertThatThrownBy(
            () -> new GradientDescentOptimizer(1).minimize(tf.constant(1f), null, List.of(n)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'n' is int32");
  }

  @Test
  void hyperParametersAreNumbersOrTensors() {
    assertThatThrownBy(() -> new GradientDescentOptimizer("fast"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("learning rate");
    assertThatThrownBy(() -> new MomentumOptimizer(1, null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("momentum");
  }
}
