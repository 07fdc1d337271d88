package dev.millrace.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CustomGradientTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private double[] value(Tensor t) {
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run(tf.globalVariablesInitializer());
      return s.fetchValue(t).toDoubles();
    }
  }

  /** log(1 + e^x), with a gradient that is right for large x too. */
  private Tensor log1pExp(Tensor x) {
    return CustomGradient.of(
        x,
        t -> {
          Tensor e = t.exp();
          return CustomGradient.result(
              e.add(1).log(), dy -> dy.mul(tf.sub(1, e.add(1).reciprocal())));
        });
  }

  // ---- functions with gradients of their own

  @Test
  void theGradientIsTheOneThatWasGiven() {
    Tensor x = tf.constant(new float[] {0, 100});
    Tensor plain = x.exp().add(1).log();
    assertThat(value(Gradients.gradient(plain, x))[1]).isNaN();
    assertThat(value(Gradients.gradient(log1pExp(x), x))).containsExactly(0.5, 1);
  }

  @Test
  void itTakesPartInTheChainRule() {
    Tensor x = tf.constant(new double[] {0.5}, DataType.FLOAT64);
    Tensor y = log1pExp(x.mul(3)).square();
    double e = Math.exp(1.5);
    assertThat(value(Gradients.gradient(y, x))[0])
        .isCloseTo(2 * Math.log1p(e) * 3 * (1 - 1 / (1 + e)), within(1e-12));
  }

  @Test
  void itCanBeDifferentiatedAgain() {
    Tensor x = tf.constant(new double[] {0.5}, DataType.FLOAT64);
    Tensor second = Gradients.gradient(Gradients.gradient(log1pExp(x), x), x);
    double sigmoid = 1 / (1 + Math.exp(-0.5));
    assertThat(value(second)[0]).isCloseTo(sigmoid * (1 - sigmoid), within(1e-12));
  }

  @Test
  void severalArgumentsAndResults() {
    Tensor a = tf.constant(new float[] {2});
    Tensor b = tf.constant(new float[] {3});
    List<Tensor> ys =
        CustomGradient.all(
            List.of(a, b),
            xs ->
                CustomGradient.resultAll(
                    List.of(xs.get(0).mul(xs.get(1)), xs.get(0).add(xs.get(1))),
                    dys ->
                        List.of(
                            Gradient.of(dys.get(0).mul(10)), Gradient.of(dys.get(1).mul(100)))));
    assertThat(value(ys.get(0))).containsExactly(6);
    assertThat(value(ys.get(1))).containsExactly(5);
    List<Gradient> both = Gradients.of(ys, List.of(a, b));
    assertThat(value(both.get(0).dense())).containsExactly(10);
    assertThat(value(both.get(1).dense())).containsExactly(100);
    // A result on which nothing depends has a gradient of zeros.
    assertThat(value(Gradients.gradient(ys.get(0), b))).containsExactly(0);
  }

  @Test
  void anArgumentMayHaveNoGradient() {
    Tensor a = tf.constant(new float[] {2});
    Tensor y =
        CustomGradient.all(
                List.of(a),
                xs ->
                    CustomGradient.resultAll(
                        List.of(xs.get(0).neg()), dys -> List.of(Gradient.disconnected())))
            .get(0);
    assertThat(Gradients.of(y, a).get(0).isConnected()).isFalse();
  }

  @Test
  void variablesGetTheirGradientsToo() {
    Variable w = tf.variable("w", new float[] {3});
    Tensor x = tf.constant(new float[] {2});
    Tensor y =
        CustomGradient.all(
                List.of(x),
                xs ->
                    CustomGradient.resultWithVariables(
                        List.of(xs.get(0).mul(w)),
                        (dys, vs) -> {
                          assertThat(vs).containsExactly(w);
                          return new CustomGradient.Backward(
                              List.of(Gradient.of(dys.get(0).mul(7))),
                              List.of(Gradient.of(dys.get(0).mul(11))));
                        }))
            .get(0);
    assertThat(value(Gradients.gradient(y, x))).containsExactly(7);
    assertThat(value(Gradients.gradient(y, w))).containsExactly(11);
  }

  @Test
  void variablesThatWouldLoseTheirGradientAreRefused() {
    Variable w = tf.variable("w", new float[] {3});
    Tensor x = tf.constant(new float[] {2});
    assertThatThrownBy(() -> CustomGradient.of(x, t -> CustomGradient.result(t.mul(w), dy -> dy)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[w]")
        .hasMessageContaining("resultWithVariables");
    // As an argument it is a variable like any other.
    Tensor y = CustomGradient.of(w, t -> CustomGradient.result(t.mul(2), dy -> dy.mul(5)));
    assertThat(value(Gradients.gradient(y, w))).containsExactly(5);
  }

  @Test
  void aWrongNumberOfGradientsIsToldAt() {
    Tensor x = tf.constant(new float[] {2});
    Tensor y =
        CustomGradient.all(
                List.of(x),
                xs -> CustomGradient.resultAll(List.of(xs.get(0).neg()), dys -> List.of()))
            .get(0);
    assertThatThrownBy(() -> Gradients.gradient(y, x))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("0 gradients for 1 arguments");
  }

  @Test
  void theGraphHoldsAnIdentityThatOthersCannotDifferentiate() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 2);
    Tensor y = log1pExp(x);
    assertThat(y.op().type()).isEqualTo("IdentityN");
    assertThat(y.op().inputs()).hasSize(2);
    assertThat(y.op().attrs().getString(Graph.GRADIENT_ATTR)).startsWith("CustomGradient-");
    Graph copy = new Graph();
    copy.importGraphDef(graph.toGraphDef());
    Ops there = Ops.of(copy);
    assertThatThrownBy(
            () ->
                Gradients.gradient(
                    there.tensor(copy.output(y.name())), there.tensor(copy.output("x"))))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("under 'CustomGradient-")
        .hasMessageContaining(y.op().name());
  }

  // ---- gradients by name

  @Test
  void overridesApplyToTheirScopeOnly() {
    Tensor x = tf.constant(new float[] {1.4f, 2.6f});
    Tensor inside;
    try (var s = tf.gradientOverrideMap(Map.of("Round", "Identity"))) {
      inside = x.round();
    }
    Tensor outside = x.round();
    assertThat(value(inside)).containsExactly(1, 3);
    assertThat(value(Gradients.gradient(inside.square(), x))).containsExactly(2, 6);
    assertThat(Gradients.of(outside.square(), x).get(0).isConnected()).isFalse();
    assertThat(inside.op().attrs().getString(Graph.GRADIENT_ATTR)).isEqualTo("Identity");
    assertThat(outside.op().attrs().has(Graph.GRADIENT_ATTR)).isFalse();
  }

  @Test
  void innerScopesAddToOuterOnes() {
    Tensor x = tf.constant(new float[] {1});
    try (var s = tf.gradientOverrideMap(Map.of("Exp", "A", "Neg", "A"))) {
      try (var t = tf.gradientOverrideMap(Map.of("Neg", "B"))) {
        assertThat(x.exp().op().attrs().getString(Graph.GRADIENT_ATTR)).isEqualTo("A");
        assertThat(x.neg().op().attrs().getString(Graph.GRADIENT_ATTR)).isEqualTo("B");
      }
      assertThat(x.neg().op().attrs().getString(Graph.GRADIENT_ATTR)).isEqualTo("A");
    }
  }

  @Test
  void functionsOfOnesOwnSurviveAnImport() {
    GradientRegistry registry = GradientRegistry.global().copy();
    registry.add("Tenfold", c -> List.of(Gradient.of(c.grad().mul(10))));
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 1);
    try (var s = tf.gradientOverrideMap(Map.of("Neg", "Tenfold"))) {
      x.neg();
    }
    Graph copy = new Graph();
    copy.importGraphDef(graph.toGraphDef());
    Ops there = Ops.of(copy);
    Tensor at = there.tensor(copy.output("x"));
    Tensor g =
        Gradients.builder(List.of(there.tensor(copy.output("Neg"))), List.of(at))
            .registry(registry)
            .build()
            .get(0)
            .dense();
    try (Session s = new Session(copy)) {
      assertThat(s.feed(at, new float[] {1}).fetchValue(g).floats()).containsExactly(10);
    }
  }

  @Test
  void namesThatAreNotRegisteredAreErrorsWhereTheyAreNeeded() {
    Tensor x = tf.constant(new float[] {1});
    Tensor y;
    try (var s = tf.gradientOverrideMap(Map.of("Neg", "Nowhere"))) {
      y = x.neg();
    }
    assertThatThrownBy(() -> Gradients.gradient(y, x))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("under 'Nowhere'")
        .hasMessageContaining("'Neg' (op type Neg)");
    Operation op = y.op();
    assertThat(op.attrs().getString(Graph.GRADIENT_ATTR)).isEqualTo("Nowhere");
  }
}
