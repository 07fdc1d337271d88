package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.autodiff.AggregationMethod;
import dev.millrace.autodiff.Gradient;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.PartitionedVariable;
import dev.millrace.ops.Partitioners;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientOptionsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Optimizer optimizer = new GradientDescentOptimizer(1);

  private boolean has(String opName) {
    return graph.findOperation(opName) != null;
  }

  private float[] after(Operation train, Variable v) {
    Operation init = tf.globalVariablesInitializer();
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run(init);
      s.run(train);
      return s.fetchValue(v).floats();
    }
  }

  @Test
  void gradientsOfOneOperationWaitForEachOther() {
    Variable a = tf.variable("a", new float[][] {{2}});
    Variable b = tf.variable("b", new float[][] {{3}});
    Operation train = optimizer.minimize(a.matmul(b).reduceSum());
    String tuple = "gradients/MatMul_grad/tuple/";
    assertThat(graph.operation(tuple + "group_deps").controlInputs())
        .extracting(Operation::name)
        .containsExactly("gradients/MatMul_grad/MatMul", "gradients/MatMul_grad/MatMul_1");
    Operation first = graph.operation(tuple + "control_dependency");
    assertThat(first.controlInputs()).containsExactly(graph.operation(tuple + "group_deps"));
    assertThat(first.colocationGroups()).containsExactly("gradients/MatMul_grad/MatMul");
    assertThat(graph.operation("GradientDescent/update_a/ResourceApplyGradientDescent").inputs())
        .contains(first.output(0));
    assertThat(after(train, a)).containsExactly(-1);
  }

  @Test
  void aSingleGradientWaitsForNothing() {
    Variable a = tf.variable("a", new float[] {2});
    optimizer.minimize(a.square().reduceSum());
    assertThat(graph.operations()).noneMatch(o -> o.name().contains("tuple"));
  }

  @Test
  void withoutGates() {
    Variable a = tf.variable("a", new float[][] {{2}});
    Variable b = tf.variable("b", new float[][] {{3}});
    Operation train =
        optimizer.minimize(
            a.matmul(b).reduceSum(),
            null,
            null,
            GradientOptions.DEFAULT.withGate(GradientOptions.Gate.NONE),
            null);
    assertThat(graph.operations()).noneMatch(o -> o.name().contains("tuple"));
    assertThat(after(train, b)).containsExactly(1);
  }

  @Test
  void allGradientsWaitForEachOther() {
    Variable a = tf.variable("a", new float[] {2});
    Variable b = tf.variable("b", new float[] {3});
    Variable c = tf.variable("c", new float[][] {{4}, {5}});
    Variable unused = tf.variable("unused", new float[] {3});
    Tensor loss =
        a.square()
            .add(b.square())
            .reduceSum()
            .add(c.sparseRead(tf.constant(new int[] {1, 1})).reduceSum());
    List<GradientAndVariable> g =
        optimizer.computeGradients(
            loss, null, GradientOptions.DEFAULT.withGate(GradientOptions.Gate.GRAPH));
    assertThat(g).extracting(GradientAndVariable::variable).containsExactly(a, b, c, unused);
    assertThat(g.get(0).gradient().dense().name()).isEqualTo("tuple/control_dependency:0");
    assertThat(g.get(2).gradient().isSparse()).isTrue();
    assertThat(g.get(2).gradient().slices().values().name())
        .isEqualTo("tuple/control_dependency_2:0");
    assertThat(g.get(3).gradient().isConnected()).isFalse();
    assertThat(graph.operation("tuple/group_deps").controlInputs()).hasSize(3);
    assertThat(has("gradients/AddV2_grad/tuple/group_deps")).isFalse();
    Operation train = optimizer.applyGradients(g);
    assertThat(after(train, c)).containsExactly(4, 3);
  }

  @Test
  void gradientsArePlacedWithTheirOperations() {
    Variable a = tf.variable("a", new float[] {2});
    Tensor square;
    try (var d = tf.device("/cpu:1")) {
      square = a.square();
    }
    optimizer.minimize(
        square.reduceSum(), null, null, GradientOptions.DEFAULT.withColocation(true), null);
    Operation g = graph.operation("gradients/Square_grad/mul");
    assertThat(g.colocationGroups()).containsExactly(square.op().name());
    assertThat(g.device()).isEqualTo(square.op().device());
    assertThat(graph.operation("gradients/grad_ys_0").colocationGroups()).containsExactly("Sum");
  }

  @Test
  void aggregationAndTheGradientToBeginWith() {
    Variable a = tf.variable("a", new float[] {2});
    Tensor x = a.identity();
    Tensor loss = x.add(x.mul(3)).add(x.square());
    List<GradientAndVariable> g =
        optimizer.computeGradients(
            loss,
            List.of(a),
            GradientOptions.DEFAULT
                .withAggregation(AggregationMethod.TREE)
                .withGradLoss(tf.constant(new float[] {10})));
    assertThat(graph.operations()).noneMatch(o -> o.type().equals("AddN"));
    Operation train = optimizer.applyGradients(g, null, "down");
    assertThat(train.name()).isEqualTo("down");
    assertThat(after(train, a)).containsExactly(2 - 10 * (1 + 3 + 4));
  }

  @Test
  void slotsAreNamedByTheOpenVariableScope() {
    Variable w = tf.variable("w", new float[] {2});
    Optimizer momentum = new MomentumOptimizer(1, 0.5);
    try (var scope = tf.variableScope("Model")) {
      momentum.minimize(w.square().reduceSum());
    }
    assertThat(momentum.slot(w, "momentum").name()).isEqualTo("Model/w/Momentum");
    Optimizer second = new MomentumOptimizer(1, 0.5);
    second.minimize(w.square().reduceSum());
    assertThat(second.slot(w, "momentum").name()).isEqualTo("w/Momentum");
    assertThat(second.slotNames()).containsExactly("momentum");
  }

  @Test
  void slotsOfPartsArePartsOfAWholeSlot() {
    Optimizer adam = new AdamOptimizer(0.1);
    PartitionedVariable w =
        tf.sharedVariable("w")
            .shape(4, 3)
            .partitioner(Partitioners.fixedSize(2, 0))
            .getPartitioned();
    try (var scope = tf.variableScope("Model")) {
      adam.minimize(w.value().square().reduceSum());
    }
    Variable last = w.parts().get(1);
    assertThat(adam.slot(last, "v").name()).isEqualTo("Model/w/part_1/Adam_1");
    assertThat(adam.slot(last, "m").slice().fullName()).isEqualTo("w/Adam");
    assertThat(adam.slot(last, "v").slice().fullName()).isEqualTo("w/Adam_1");
    assertThat(adam.slot(last, "v").slice().spec()).isEqualTo(last.slice().spec());
  }

  @Test
  void slotsFindANameInAnImportedGraph() {
    Variable w = tf.variable("w", new float[] {2});
    new MomentumOptimizer(1, 0.5).minimize(w.square().reduceSum());
    Graph copy = new Graph();
    copy.importGraphDef(graph.toGraphDef());
    Ops there = Ops.of(copy);
    Variable other = there.variable("v", new float[] {2});
    Optimizer again = new MomentumOptimizer(1, 0.5);
    again.minimize(other.square().reduceSum());
    assertThat(again.slot(other, "momentum").name()).isEqualTo("v/Momentum");
  }

  @Test
  void variablesOfUnknownShapeHaveSlots() {
    Tensor initial = tf.placeholder("initial", dev.millrace.graph.DataType.FLOAT32, -1);
    Variable w = tf.newVariable("w").initialValue(initial).build();
    Operation train = new AdagradOptimizer(0.5).minimize(w.mul(2).reduceSum());
    Operation init = tf.globalVariablesInitializer();
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.feed(initial, new float[] {1, 2, 3}).run(init);
      s.run(train);
      float move = (float) (0.5 * 2 / Math.sqrt(4.1));
      assertThat(s.fetchValue(w).floats()).containsExactly(1 - move, 2 - move, 3 - move);
    }
  }

  @Test
  void stepsInARowSeeEachOthersResults() {
    Variable w = tf.variable("w", new float[][] {{2}, {3}});
    Optimizer adam = new AdamOptimizer(0.5);
    Gradient rows =
        adam.computeGradients(w.sparseRead(tf.constant(new int[] {1})).reduceSum())
            .get(0)
            .gradient();
    Operation first = adam.applyGradients(List.of(new GradientAndVariable(rows, w)));
    Operation both;
    try (var after = tf.controlDependencies(first)) {
      both = adam.applyGradients(List.of(new GradientAndVariable(rows, w)));
    }
    Operation init = tf.globalVariablesInitializer();
    float[] twice;
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run(init);
      s.run(first);
      s.run(first);
      twice = s.fetchValue(w).floats();
      s.run(init);
      s.run(both);
      assertThat(s.fetchValue(w).floats()).containsExactly(twice);
    }
  }
}
