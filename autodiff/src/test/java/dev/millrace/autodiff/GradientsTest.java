package dev.millrace.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.autodiff.Gradients.Unconnected;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The driver: what gradients are built, where they meet, and what is refused. */
class GradientsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private double[] value(Tensor t) {
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run(tf.globalVariablesInitializer());
      return s.fetchValue(t).toDoubles();
    }
  }

  private List<String> typesSince(int from) {
    return graph.operations().subList(from, graph.size()).stream().map(Operation::type).toList();
  }

  private Tensor input(long... dims) {
    return tf.placeholder(DataType.FLOAT32, dims);
  }

  // ---- where it begins

  @Test
  void gradientOfATensorByItselfIsOnes() {
    Tensor x = tf.constant(new float[] {2, 3});
    assertThat(value(Gradients.gradient(x, x))).containsExactly(1, 1);
  }

  @Test
  void onesAreAFilledShapeAsInTensorFlow() {
    Tensor x = input(-1, 3);
    Gradients.gradient(x.neg(), x);
    assertThat(graph.operation("gradients/grad_ys_0").type()).isEqualTo("Const");
    assertThat(graph.operation("gradients/Fill").type()).isEqualTo("Fill");
    assertThat(graph.operation("gradients/Neg_grad/Neg").input(0).op().name())
        .isEqualTo("gradients/Fill");
  }

  @Test
  void secondCallHasAScopeOfItsOwn() {
    Tensor x = input(2);
    Tensor y = x.neg();
    Gradients.gradient(y, x);
    assertThat(Gradients.gradient(y, x).op().name()).isEqualTo("gradients_1/Neg_grad/Neg");
  }

  @Test
  void scopeCanBeNamed() {
    Tensor x = input(2);
    Gradient g = Gradients.builder(List.of(x.neg()), List.of(x)).name("back").build().get(0);
    assertThat(g.dense().op().name()).isEqualTo("back/Neg_grad/Neg");
  }

  @Test
  void gradYsWeighTheResults() {
    Tensor x = tf.constant(new float[] {2, 3});
    Tensor weights = tf.constant(new float[] {10, 100});
    List<Gradient> g =
        Gradients.builder(List.of(x.square()), List.of(x)).gradYs(List.of(weights)).build();
    assertThat(value(g.get(0).dense())).containsExactly(40, 600);
  }

  @Test
  void gradYsThatAreNullAreOnes() {
    Tensor x = tf.constant(new float[] {2, 3});
    List<Tensor> gradYs = new ArrayList<>();
    gradYs.add(null);
    gradYs.add(tf.constant(new float[] {10, 10}));
    List<Gradient> g =
        Gradients.builder(List.of(x.square(), x.neg()), List.of(x)).gradYs(gradYs).build();
    assertThat(value(g.get(0).dense())).containsExactly(4 - 10, 6 - 10);
  }

  @Test
  void gradYsMustFit() {
    Tensor x = input(2);
    Gradients.Builder b = Gradients.builder(List.of(x), List.of(x));
    assertThatThrownBy(() -> b.gradYs(List.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("1 ys")
        .hasMessageContaining("0 gradYs");
    assertThatThrownBy(
            () -> b.gradYs(List.of(tf.constant(new double[] {1, 1}, DataType.FLOAT64))).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("float32[2]")
        .hasMessageContaining("float64[2]");
    assertThatThrownBy(() -> b.gradYs(List.of(tf.constant(new float[] {1, 1, 1}))).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("float32[3]");
  }

  @Test
  void integersAndComplexResultsAreRefused() {
    Tensor x = input(2);
    assertThatThrownBy(() -> Gradients.gradient(x.cast(DataType.INT32), x))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("int32")
        .hasMessageContaining("cast");
    Tensor z = tf.placeholder(DataType.COMPLEX64, 2);
    assertThatThrownBy(() -> Gradients.gradient(z.neg(), z))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("gradYs");
    List<Gradient> g = Gradients.builder(List.of(z.neg()), List.of(z)).gradYs(List.of(z)).build();
    assertThat(g.get(0).dtype()).isEqualTo(DataType.COMPLEX64);
  }

  @Test
  void nothingToDifferentiateIsRefused() {
    Tensor x = input(2);
    assertThatThrownBy(() -> Gradients.of(List.of(), List.of(x)))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Gradients.of(x)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void tensorsOfAnotherGraphAreRefused() {
    Tensor x = input(2);
    Tensor other = Ops.of(new Graph()).constant(1f);
    assertThatThrownBy(() -> Gradients.of(x, other))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("another graph");
  }

  // ---- where paths meet and end

  @Test
  void severalResultsAndRepeatedOnesAddUp() {
    Tensor x = tf.constant(3f);
    Tensor y = x.square();
    List<Gradient> g = Gradients.of(List.of(y, y, y.square()), List.of(x, y, x));
    assertThat(value(g.get(0).dense())).containsExactly(2 * 6 + 4 * 27);
    assertThat(value(g.get(1).dense())).containsExactly(2 + 2 * 9);
    assertThat(value(g.get(2).dense())).containsExactly(2 * 6 + 4 * 27);
  }

  @Test
  void onePathNeedsNoSum() {
    Tensor x = input(2);
    Tensor y = x.exp().neg();
    int before = graph.size();
    Gradients.gradient(y, x);
    assertThat(typesSince(before)).doesNotContain("AddN");
  }

  @Test
  void pathsAreSummedAsAsked() {
    for (AggregationMethod m : AggregationMethod.values()) {
      Tensor x = tf.constant(new float[] {2});
      Tensor y = x.neg().add(x.square()).add(x.exp().stopGradient().mul(x)).add(x);
      int before = graph.size();
      List<Gradient> g = Gradients.builder(List.of(y), List.of(x)).aggregation(m).build();
      List<String> types = typesSince(before);
      assertThat(types.contains("AddN")).isEqualTo(m == AggregationMethod.ADD_N);
      assertThat(types.contains("AccumulateNV2")).isEqualTo(m == AggregationMethod.ACCUMULATE_N);
      assertThat(value(g.get(0).dense())[0]).isCloseTo(4 + Math.exp(2), Offset.offset(1e-5));
    }
  }

  @Test
  void unconnectedIsAbsentOrZeros() {
    Tensor x = tf.constant(new float[] {2, 3});
    Tensor other = tf.constant(new float[] {1, 1, 1});
    Tensor y = x.neg();
    assertThat(Gradients.of(y, other).get(0).isConnected()).isFalse();
    Gradient g =
        Gradients.builder(List.of(y), List.of(other)).unconnected(Unconnected.ZERO).build().get(0);
    assertThat(value(g.dense())).containsExactly(0, 0, 0);
    assertThatThrownBy(() -> Gradients.gradient(y, other))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("is not computed from");
    assertThatThrownBy(() -> Gradients.of(y, other).get(0).dense())
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void messageTellsWhatCutsTheWay() {
    Tensor x = input(2, 2);
    Tensor byIndex = x.argMax(1).cast(DataType.FLOAT32);
    assertThatThrownBy(() -> Gradients.gradient(byIndex, x))
        .hasMessageContaining("ArgMax")
        .hasMessageContaining("int64");
    assertThatThrownBy(() -> Gradients.gradient(x.floor().neg(), x))
        .hasMessageContaining("'Floor' (op type Floor) passes no gradient")
        .hasMessageContaining("constant between its steps");
  }

  @Test
  void integersCutTheWay() {
    Tensor x = tf.constant(new float[] {2.5f});
    Tensor y = x.cast(DataType.INT32).cast(DataType.FLOAT32).mul(x);
    assertThat(value(Gradients.gradient(y, x))).containsExactly(2);
  }

  @Test
  void stopGradientOpAndOptionBlock() {
    Tensor x = tf.constant(new float[] {3});
    Tensor s = x.square();
    assertThat(value(Gradients.gradient(s.stopGradient().mul(x), x))).containsExactly(9);
    List<Gradient> g =
        Gradients.builder(List.of(s.mul(x)), List.of(x, s)).stopGradients(List.of(s)).build();
    assertThat(value(g.get(0).dense())).containsExactly(9);
    assertThat(value(g.get(1).dense())).containsExactly(3);
  }

  @Test
  void partialDerivativesByStoppingAllXs() {
    Tensor a = tf.constant(0f);
    Tensor b = a.mul(2);
    List<Gradient> total = Gradients.of(a.add(b), a, b);
    assertThat(value(total.get(0).dense())).containsExactly(3);
    List<Gradient> partial =
        Gradients.builder(List.of(a.add(b)), List.of(a, b)).stopGradients(List.of(a, b)).build();
    assertThat(value(partial.get(0).dense())).containsExactly(1);
    assertThat(value(partial.get(1).dense())).containsExactly(1);
  }

  @Test
  void onlyWhatIsNeededIsBuilt() {
    Tensor x = input(2);
    Tensor y = x.mul(tf.constant(new float[] {2, 3}));
    int before = graph.size();
    Gradients.gradient(y, x);
    assertThat(typesSince(before)).filteredOn("Mul"::equals).hasSize(1);
  }

  @Test
  void longChainsNeedNoStack() {
    Tensor x = tf.constant(1f);
    Tensor y = x;
    for (int i = 0; i < 50_000; i++) {
      y = tf.tensor(tf.op("Neg", null).input(y).build().output(0));
    }
    Tensor g = Gradients.gradient(y, x);
    assertThat(g.op().type()).isEqualTo("Neg");
    assertThat(graph.size()).isGreaterThan(100_000);
  }

  // ---- broadcasting

  @Test
  void equalShapesAreNotReduced() {
    Tensor x = input(2, 3);
    Tensor y = x.add(input(2, 3));
    int before = graph.size();
    Gradients.gradient(y, x);
    assertThat(typesSince(before)).doesNotContain("Sum", "Reshape", "BroadcastGradientArgs");
  }

  @Test
  void knownAxesAreConstants() {
    Tensor x = input(-1, 3);
    Tensor b = input(3);
    Tensor y = x.add(b);
    int before = graph.size();
    List<Gradient> g = Gradients.of(y, x, b);
    List<String> types = typesSince(before);
    assertThat(types).contains("Sum").doesNotContain("Reshape", "BroadcastGradientArgs");
    assertThat(g.get(0).dense().shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(g.get(1).dense().shape()).isEqualTo(Shape.of(3));
  }

  @Test
  void unknownAxesAreFoundAtRunTime() {
    Tensor x = input(-1, 3);
    Tensor y = x.mul(input(-1, 3));
    int before = graph.size();
    Gradients.gradient(y, x);
    assertThat(typesSince(before)).contains("BroadcastGradientArgs", "Sum", "Reshape");
  }

  // ---- functions

  private static OpRegistry registryWith(OpDef.Builder def) {
    OpRegistry r = new OpRegistry();
    OpRegistry.global().all().forEach(r::add);
    r.add(def);
    return r;
  }

  private static OpDef.Builder mystery() {
    return OpDef.named("Mystery")
        .inputs("a: T", "b: T")
        .outputs("c: T")
        .attrs("T: type")
        .shape(c -> c.output(0, c.input(0)));
  }

  private static GradientRegistry gradientsWith(GradientFunction f) {
    GradientRegistry r = new GradientRegistry();
    r.add("Mystery", f);
    r.add("Neg", GradientRegistry.global().find("Neg"));
    r.add("Exp", GradientRegistry.global().find("Exp"));
    return r;
  }

  /** x → Neg → Mystery → Exp → y. */
  private record Mystery(Tensor x, Tensor y) {
    static Mystery build() {
      Ops ops = Ops.of(new Graph(registryWith(mystery())));
      Tensor x = ops.placeholder("x", DataType.FLOAT32, 2);
      Tensor n = x.neg();
      Operation m = ops.op("Mystery", "mystery").input(n).input(x).build();
      return new Mystery(x, ops.tensor(m.output(0)).exp());
    }

    Gradient gradient(GradientFunction f) {
      return Gradients.builder(List.of(y), List.of(x)).registry(gradientsWith(f)).build().get(0);
    }
  }

  @Test
  void missingFunctionNamesTheOpAndThePath() {
    Mystery m = Mystery.build();
    assertThatThrownBy(() -> Gradients.gradient(m.y(), m.x()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("'mystery' (op type Mystery)")
        .hasMessageContaining("x -> mystery -> Exp");
  }

  @Test
  void missingFunctionIsNoErrorWhereNoGradientArrives() {
    Mystery m = Mystery.build();
    Tensor z = m.y().stopGradient().mul(m.x());
    assertThat(Gradients.gradient(z, m.x()).dtype()).isEqualTo(DataType.FLOAT32);
  }

  @Test
  void functionsOfUsersAreCalled() {
    Mystery m = Mystery.build();
    Gradient g = m.gradient(c -> List.of(Gradient.of(c.grad()), Gradient.disconnected()));
    assertThat(g.isConnected()).isTrue();
  }

  @Test
  void resultsAreChecked() {
    Mystery m = Mystery.build();
    assertThatThrownBy(() -> m.gradient(c -> List.of()))
        .hasMessageContaining("0 gradients for 2 inputs");
    assertThatThrownBy(
            () ->
                m.gradient(
                    c ->
                        List.of(
                            Gradient.of(c.tf().zeros(DataType.FLOAT32, 3)),
                            Gradient.disconnected())))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'mystery'")
        .hasMessageContaining("input 0")
        .hasMessageContaining("[3]")
        .hasMessageContaining("[2]");
    assertThatThrownBy(
            () ->
                m.gradient(
                    c ->
                        List.of(
                            Gradient.disconnected(), Gradient.of(c.grad().cast(DataType.FLOAT64)))))
        .hasMessageContaining("input 1")
        .hasMessageContaining("float64")
        .hasMessageContaining("float32");
  }

  @Test
  void undefinedInputIsAnErrorOnlyWhereItIsNeeded() {
    Mystery m = Mystery.build();
    assertThatThrownBy(
            () ->
                m.gradient(
                    c ->
                        List.of(Gradient.undefined("nobody worked it out"), Gradient.of(c.grad()))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("input 0")
        .hasMessageContaining("nobody worked it out");
    Ops ops = m.x().ops();
    Operation op = ops.op("Mystery", null).input(ops.constant(new float[2])).input(m.x()).build();
    Gradient g =
        Gradients.builder(List.of(op.output(0)), List.of(m.x()))
            .registry(
                gradientsWith(c -> List.of(Gradient.undefined("not asked"), Gradient.of(c.grad()))))
            .build()
            .get(0);
    assertThat(g.isConnected()).isTrue();
  }

  @Test
  void undefinedOpTellsTheReason() {
    Tensor x = input(2);
    Tensor y = tf.tensor(tf.op("Unique", null).input(x).build().output(0));
    assertThatThrownBy(() -> Gradients.gradient(y, x))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("Unique")
        .hasMessageContaining("gather the elements by their indices");
  }

  @Test
  void preventGradientRaisesItsMessage() {
    Tensor x = input(2);
    assertThatThrownBy(() -> Gradients.gradient(tf.preventGradient(x, "once is enough"), x))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("once is enough");
  }

  @Test
  void tokenTellsCallsApart() {
    Mystery m = Mystery.build();
    List<GradientCall> calls = new ArrayList<>();
    GradientFunction f =
        c -> {
          calls.add(c.call());
          return List.of(Gradient.of(c.grad()), Gradient.of(c.grad()));
        };
    Gradient once = m.gradient(f);
    Gradient twice = m.gradient(f);
    assertThat(once.isConnected()).isTrue();
    assertThat(twice.isConnected()).isTrue();
    assertThat(calls).hasSize(2);
    assertThat(calls.get(0)).isNotSameAs(calls.get(1));
    assertThat(calls.get(0).scope()).isNotEqualTo(calls.get(1).scope());
  }

  @Test
  void entriesAreUnique() {
    GradientRegistry r = new GradientRegistry();
    r.notDifferentiable("A", "of a reason");
    assertThat(r.reason("A")).isEqualTo("of a reason");
    assertThat(r.isNotDifferentiable("A")).isTrue();
    assertThat(r.find("A")).isNull();
    assertThatThrownBy(() -> r.add("A", c -> List.of())).hasMessageContaining("already");
  }

  // ---- variables and slices

  @Test
  void variableSumsOverItsReads() {
    Variable v = tf.variable("v", new float[] {2, 3});
    Tensor y = v.value().square().add(v.readValue());
    assertThat(value(Gradients.gradient(y, v))).containsExactly(5, 7);
    assertThat(value(Gradients.gradient(y, v.value()))).containsExactly(4, 6);
  }

  @Test
  void unconnectedVariableIsZerosOfItsShape() {
    Variable v = tf.variable("v", new float[] {2, 3});
    Gradient g =
        Gradients.builder(List.of(input(2).neg()), List.of(v))
            .unconnected(Unconnected.ZERO)
            .build()
            .get(0);
    assertThat(value(g.dense())).containsExactly(0, 0);
  }

  @Test
  void rowsOfATableGiveSlices() {
    Variable table = tf.variable("table", new float[][] {{1, 2}, {3, 4}, {5, 6}});
    Tensor rows = table.sparseRead(new int[][] {{2, 0}, {2, 2}});
    Tensor weights = tf.constant(new float[][][] {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}});
    Gradient g = Gradients.of(rows.mul(weights), table).get(0);
    assertThat(g.isSparse()).isTrue();
    assertThat(value(g.slices().indices())).containsExactly(2, 0, 2, 2);
    assertThat(g.slices().values().shape()).isEqualTo(Shape.of(4, 2));
    assertThat(g.slices().shape()).isEqualTo(Shape.of(3, 2));
    assertThat(value(g.dense())).containsExactly(3, 4, 0, 0, 13, 16);
  }

  @Test
  void slicesAreConcatenatedNotSummed() {
    Variable table = tf.variable("table", new float[][] {{1, 2}, {3, 4}, {5, 6}});
    Tensor a = table.sparseRead(new int[] {2, 0});
    Tensor b = table.sparseRead(new long[] {2});
    Gradient g = Gradients.of(List.of(a, b.neg()), List.of(table)).get(0);
    assertThat(g.isSparse()).isTrue();
    assertThat(g.slices().indices().dtype()).isEqualTo(DataType.INT64);
    assertThat(value(g.slices().indices())).containsExactly(2, 0, 2);
    assertThat(value(g.dense())).containsExactly(1, 1, 0, 0, 0, 0);
  }

  @Test
  void slicesAndDenseGiveDense() {
    Variable table = tf.variable("table", new float[][] {{1, 2}, {3, 4}});
    Tensor rows = table.sparseRead(new int[] {1});
    Gradient g = Gradients.of(List.of(rows, table.value().square()), List.of(table)).get(0);
    assertThat(g.isSparse()).isFalse();
    assertThat(value(g.dense())).containsExactly(2, 4, 7, 9);
  }

  @Test
  void slicesOfBatches() {
    Variable table = tf.variable("table", new float[][] {{1, 2, 3}, {4, 5, 6}});
    Tensor picked =
        tf.tensor(
            tf.op("ResourceGather", null)
                .input(table.handle())
                .input(tf.constant(new int[][] {{2, 2}, {0, 1}}))
                .attr("dtype", DataType.FLOAT32)
                .attr("batch_dims", 1)
                .build()
                .output(0));
    Tensor weights = tf.constant(new float[][] {{1, 2}, {3, 4}});
    assertThat(value(Gradients.gradient(picked.mul(weights), table)))
        .containsExactly(0, 0, 3, 3, 4, 0);
  }

  @Test
  void slicesOfAVariableByVectorsOfIndices() {
    Variable table = tf.variable("table", new float[][] {{1, 2, 3}, {4, 5, 6}});
    Tensor picked =
        tf.tensor(
            tf.op("ResourceGatherNd", null)
                .input(table.handle())
                .input(tf.constant(new int[][] {{1, 2}, {0, 1}, {1, 2}}))
                .attr("dtype", DataType.FLOAT32)
                .build()
                .output(0));
    Tensor weights = tf.constant(new float[] {1, 2, 3});
    assertThat(value(Gradients.gradient(picked.mul(weights), table)))
        .containsExactly(0, 2, 0, 0, 0, 4);
  }

  // ---- graphs that came from elsewhere

  @Test
  void importedGraphsDifferentiate() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 2);
    x.square().as("y");
    Graph imported = new Graph();
    imported.importGraphDef(graph.toGraphDef());
    Ops ops = Ops.of(imported);
    Tensor g = Gradients.gradient(imported.output("y"), imported.output("x"));
    try (Session s = new Session(imported, SessionOptions.builder().verify(true).build())) {
      TensorValue v = s.feed(ops.tensor(imported.output("x")), new float[] {3, 4}).fetchValue(g);
      assertThat(v.floats()).containsExactly(6, 8);
    }
  }
}
