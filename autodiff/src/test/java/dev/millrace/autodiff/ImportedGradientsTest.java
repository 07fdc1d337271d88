package dev.millrace.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A graph that was exported and imported has the same gradients as the one it was exported from:
 * the same nodes, and the same values.
 */
class ImportedGradientsTest {
  /** What to differentiate by what. */
  private record Model(Operand loss, List<Operand> xs) {}

  private static Model layers(Ops tf) {
    Tensor x = tf.constant(new float[][] {{1, -2, 0.5f}, {0, 3, -1}});
    Variable w1 = tf.variable("layer1/w", Initializers.glorotUniform(), 3, 4);
    Variable b1 = tf.variable("layer1/b", Initializers.zeros(), 4);
    Variable w2 = tf.variable("layer2/w", Initializers.glorotUniform(), 4, 2);
    Tensor h = x.matmul(w1).add(b1).relu();
    Tensor y = tf.constant(new int[] {1, 0});
    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(y, h.matmul(w2)).reduceMean();
    return new Model(loss, List.of(w1, b1, w2));
  }

  private static Model rows(Ops tf) {
    Variable table = tf.variable("table", Initializers.randomUniform(-1, 1), 5, 2);
    Tensor a = table.sparseRead(tf.constant(new int[] {3, 1, 3}));
    Tensor b = table.sparseRead(tf.constant(new int[][] {{0}, {3}}));
    return new Model(a.square().reduceSum().add(b.exp().reduceSum()), List.of(table));
  }

  private static Model shapesThatAreNotKnown(Ops tf) {
    Tensor x = tf.placeholderWithDefault(new double[][] {{1, 2}, {3, 4}}, Shape.unknown());
    Tensor y = tf.placeholderWithDefault(new double[] {0.5, -1}, Shape.unknown());
    Tensor z = x.mul(y).sub(x.reduceMean(true, 0)).softmax();
    Tensor loss = z.log().mul(x).reduceSum().add(x.reduceMax()).add(y.reduceProd());
    return new Model(loss, List.of(x, y));
  }

  private static Model pieces(Ops tf) {
    Tensor x = tf.constant(new float[][] {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 8, 7, 6}});
    List<Tensor> halves = tf.split(x, 2, 1);
    Tensor joined = tf.concat(List.of(halves.get(1), halves.get(0).neg()), 1);
    Tensor stacked = tf.stack(List.of(joined, x.square()), 1);
    Tensor cut = stacked.get(1).slice(new int[] {0, 1}, new int[] {2, 2}).transpose();
    Tensor padded = tf.pad(cut, new int[][] {{1, 0}, {0, 2}}).reshape(-1);
    return new Model(padded.mul(tf.range(12).cast(DataType.FLOAT32)).reduceSum(), List.of(x));
  }

  private static Model manyUses(Ops tf) {
    Tensor x = tf.constant(new double[] {0.3, -0.7}, DataType.FLOAT64);
    Tensor t = x;
    for (int i = 0; i < 5; i++) {
      t = t.tanh().mul(x).add(t.sigmoid()).sub(x.square());
    }
    return new Model(t.add(x).reduceSum(), List.of(x, t));
  }

  private static Model secondOrder(Ops tf) {
    Tensor x = tf.constant(new float[][] {{1, 2}, {3, 4}});
    Tensor y = x.matmul(x).tanh().reduceSum();
    // An import takes the names of operations, but not those of scopes, as in TensorFlow.
    Gradient first = Gradients.builder(List.of(y), List.of(x)).name("first").build().get(0);
    return new Model(first.dense().square().reduceSum(), List.of(x));
  }

  private static Model namedGradients(Ops tf) {
    Tensor x = tf.constant(new float[] {1.4f, 2.6f});
    try (var s = tf.gradientOverrideMap(Map.of("Round", "Identity", "Floor", "Neg"))) {
      return new Model(x.round().mul(x.floor()).reduceSum(), List.of(x));
    }
  }

  private static Model scopesAndControl(Ops tf) {
    Variable v = tf.variable("v", new float[] {2});
    Tensor loss;
    try (var outer = tf.scope("tower");
        var d = tf.device("/cpu:0");
        var w = tf.controlDependencies(v.isInitialized())) {
      Tensor y = v.readValue().square();
      try (var place = tf.colocateWith(y)) {
        loss = y.add(v.value()).reduceSum();
      }
    }
    return new Model(loss, List.of(v));
  }

  static Stream<Arguments> models() {
    return Stream.<Map.Entry<String, Function<Ops, Model>>>of(
            Map.entry("layers", ImportedGradientsTest::layers),
            Map.entry("rows", ImportedGradientsTest::rows),
            Map.entry("unknown shapes", ImportedGradientsTest::shapesThatAreNotKnown),
            Map.entry("pieces", ImportedGradientsTest::pieces),
            Map.entry("many uses", ImportedGradientsTest::manyUses),
            Map.entry("second order", ImportedGradientsTest::secondOrder),
            Map.entry("named gradients", ImportedGradientsTest::namedGradients),
            Map.entry("scopes and control", ImportedGradientsTest::scopesAndControl))
        .map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  private static Output differentiated(Operand x) {
    return x instanceof Variable v ? v.handle() : x.asOutput();
  }

  private static List<Gradient> gradients(Operand loss, List<? extends Operand> xs) {
    return Gradients.builder(List.of(loss), xs).gateGradients(true).build();
  }

  /** The gradients' parts, which have names of their own to be fetched by. */
  private static List<String> names(List<Gradient> gradients) {
    List<String> names = new ArrayList<>();
    for (Gradient g : gradients) {
      if (g.isSparse()) {
        names.add(g.slices().values().name());
        names.add(g.slices().indices().name());
      } else {
        names.add(g.dense().name());
      }
    }
    return names;
  }

  private static List<TensorValue> values(Graph graph, List<String> names) {
    List<TensorValue> values = new ArrayList<>();
    try (Session s = new Session(graph, SessionOptions.builder().verify(true).build())) {
      s.run("init");
      for (String n : names) {
        values.add(s.fetchValue(graph.output(n)));
      }
    }
    return values;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void areThoseOfTheGraphItCameFrom(String name, Function<Ops, Model> make) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    tf.setRandomSeed(5);
    Model m = make.apply(tf);
    tf.globalVariablesInitializer();
    GraphDef exported = graph.toGraphDef();

    Graph copy = new Graph();
    copy.importGraphDef(exported);
    List<Output> xs = m.xs().stream().map(x -> copy.output(differentiated(x).name())).toList();
    List<String> there = names(gradients(copy.output(m.loss().asOutput().name()), xs));
    List<String> here = names(gradients(m.loss(), m.xs()));

    assertThat(there).isEqualTo(here);
    assertThat(copy.toGraphDef()).isEqualTo(graph.toGraphDef());
    assertThat(values(copy, there)).isEqualTo(values(graph, here));
  }
}
