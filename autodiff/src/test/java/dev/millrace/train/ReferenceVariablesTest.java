package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
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
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Variables by reference are trained as resources are, by the operations of their kind. */
class ReferenceVariablesTest {
  private static final int STEPS = 4;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  static Stream<SessionOptions> modes() {
    return Stream.of(SessionOptions.plan(), SessionOptions.reference());
  }

  /** All variables after some runs of what {@code build} makes of a variable. */
  private static List<TensorValue> run(
      boolean reference, SessionOptions mode, BiFunction<Ops, Variable, Operation> build) {
    Ops tf = Ops.of(new Graph());
    Variable w =
        tf.newVariable("w")
            .initialValue(new float[][] {{1, -2}, {3, 0.5f}, {-1, 4}})
            .reference(reference)
            .build();
    Operation step = build.apply(tf, w);
    List<TensorValue> all = new ArrayList<>();
    try (Session s = new Session(tf.graph(), mode)) {
      s.run(tf.globalVariablesInitializer());
      for (int i = 0; i < STEPS; i++) {
        s.run(step);
      }
      for (Variable v : tf.graph().collection(GraphKeys.GLOBAL_VARIABLES, Variable.class)) {
        assertThat(v.isReference()).as(v.name()).isEqualTo(reference);
        all.add(s.fetchValue(v));
      }
    }
    return all;
  }

  private static void same(SessionOptions mode, BiFunction<Ops, Variable, Operation> build) {
    List<TensorValue> resources = run(false, mode, build);
    assertThat(run(true, mode, build)).isEqualTo(resources).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("modes")
  void rowsAndWholesAreTrainedAsOfResources(SessionOptions mode) {
    same(
        mode,
        (tf, w) -> {
          Tensor rows = w.sparseRead(tf.constant(new int[] {2, 0, 2}));
          return new AdamOptimizer(0.1).minimize(rows.square().reduceSum());
        });
    same(mode, (tf, w) -> new AdamOptimizer(0.1).minimize(w.square().reduceSum()));
    same(
        mode,
        (tf, w) -> {
          Tensor rows = w.sparseRead(tf.constant(new int[] {1, 1}));
          return new MomentumOptimizer(0.1, 0.5).minimize(rows.square().reduceSum());
        });
  }

  @ParameterizedTest
  @MethodSource("modes")
  void averagesMoveAsOfResources(SessionOptions mode) {
    same(
        mode,
        (tf, w) -> {
          Operation train = new GradientDescentOptimizer(0.1).minimize(w.square().reduceSum());
          try (var after = tf.controlDependencies(train)) {
            return new ExponentialMovingAverage(0.9).apply(List.of(w));
          }
        });
    same(
        mode,
        (tf, w) ->
            MovingAverages.assignMovingAverage(
                w, tf.constant(new float[][] {{1, 1}, {1, 1}, {2, 2}}), 0.5, false, null));
  }

  @Test
  void nodesAreThoseOfTensorFlowsFirstVariables() {
    Variable w = tf.newVariable("w").initialValue(new float[] {1, 2}).reference(true).build();
    Operation train = new AdamOptimizer().minimize(w.square().reduceSum());
    assertThat(w.isReference()).isTrue();
    assertThat(w.shape()).isEqualTo(Shape.of(2));
    assertThat(graph.operation("w").type()).isEqualTo("VariableV2");
    assertThat(graph.operation("w").attrs().getString("shared_name")).isEmpty();
    assertThat(graph.operation("w/Assign").type()).isEqualTo("Assign");
    assertThat(graph.operation("w/read").type()).isEqualTo("Identity");
    assertThat(graph.operation("w/Adam").type()).isEqualTo("VariableV2");
    assertThat(graph.operation("beta1_power").type()).isEqualTo("VariableV2");
    assertThat(graph.operation("Adam/update_w/ApplyAdam").type()).isEqualTo("ApplyAdam");
    assertThat(w.initializer()).isEqualTo(graph.operation("w/Assign"));
    assertThat(train.name()).isEqualTo("Adam");
  }

  @Test
  void aValueOfAnotherShapeIsTakenWhereTheShapeIsNotValidated() {
    Tensor first = tf.placeholderWithDefault(tf.constant(new float[] {1, 2}), Shape.of(-1));
    Variable v =
        tf.newVariable("v").initialValue(first).validateShape(false).reference(true).build();
    try (Session s = new Session(graph)) {
      s.run(v.initializer());
      assertThat(s.fetchValue(v).floats()).containsExactly(1, 2);
      s.feed(first, new float[] {3, 4, 5}).run(v.initializer());
      assertThat(s.fetchValue(v).floats()).containsExactly(3, 4, 5);
    }
  }
}
