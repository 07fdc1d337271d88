package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrices that are transposed once for many products, against the reference kernels. */
class TransposedOperandsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Random random = new Random(17);

  private TensorValue random(DataType t, long rows, long columns) {
    double[] x = random.doubles(rows * columns, -1, 1).toArray();
    return TensorValue.of(x, t).reshape(Shape.of(rows, columns));
  }

  private double[] run(SessionOptions o, Operand result) {
    try (Session s = new Session(graph, o)) {
      s.run(tf.globalVariablesInitializer());
      return s.fetchValue(result).toDoubles();
    }
  }

  private void equalsTheReferenceKernels(Operand result) {
    double[] expected = run(SessionOptions.reference(), result);
    assertThat(run(SessionOptions.plan(), result)).containsExactly(expected, within(2e-5));
  }

  /** The plan's lines, of a run that has found all shapes. */
  private List<String> plan(Operand result) {
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      s.fetchValue(result);
      return s.runner().explain(result).lines().toList();
    }
  }

  private static long count(List<String> plan, String what) {
    return plan.stream().filter(l -> l.contains(what)).count();
  }

  private Tensor products(Tensor matrix, int count, int rows) {
    List<Tensor> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Tensor x = tf.constant(random(matrix.dtype(), rows, matrix.shape().dim(1)));
      all.add(x.add(i).matmul(matrix, false, true).tanh());
    }
    return tf.stack(all);
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 8, 40, 1", // as the gradients of an unrolled network
    "FLOAT32, 8, 4, 0", // few rows, which need no transposing
    "FLOAT32, 3, 400, 0", // few products
    "FLOAT64, 8, 40, 0", // whose library transposes as it goes
  })
  void ofAVariable(DataType t, int count, int rows, int transposed) {
    Variable w = tf.variable("w", random(t, 30, 50));
    Tensor result = products(w.value(), count, rows);
    equalsTheReferenceKernels(result);
    assertThat(count(plan(result), "= Transpose ")).isEqualTo(transposed);
  }

  @Test
  void ofAVariableThatChangesInBetween() {
    Variable w = tf.variable("w", random(DataType.FLOAT32, 30, 50));
    Tensor before = products(w.readValue(), 5, 64);
    Operation change;
    try (Scope s = graph.controlDependencies(List.of(before.op()))) {
      change = w.assign(random(DataType.FLOAT32, 30, 50)).op();
    }
    Tensor after;
    try (Scope s = graph.controlDependencies(List.of(change))) {
      after = products(w.readValue(), 5, 64);
    }
    Tensor result = tf.concat(0, before, after);
    equalsTheReferenceKernels(result);
    assertThat(count(plan(result), "= Transpose ")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "6"})
  void aheadOfALoop(int iterations) {
    Variable w = tf.variable("w", random(DataType.FLOAT32, 30, 30));
    Tensor n = tf.placeholderWithDefault(tf.constant(iterations), Shape.scalar());
    List<Tensor> end =
        tf.whileLoop(
            (i, h) -> i.less(n),
            (i, h) -> List.of(i.add(1), h.matmul(w, false, true).tanh().add(h)),
            tf.constant(0),
            tf.constant(random(DataType.FLOAT32, 20, 30)));
    equalsTheReferenceKernels(end.get(1));
    List<String> plan = plan(end.get(1));
    int outside = plan.get(0).length() - plan.get(0).stripLeading().length();
    assertThat(count(plan, "= Transpose ")).isEqualTo(1);
    assertThat(plan)
        .filteredOn(l -> l.contains("= Transpose "))
        .allMatch(l -> l.length() - l.stripLeading().length() <= outside + 2);
  }

  @Test
  void whatALoopChangesIsTransposedInIt() {
    Variable w = tf.variable("w", random(DataType.FLOAT32, 20, 20));
    List<Tensor> end =
        tf.whileLoop(
            (h, m) -> h.reduceMax().less(1e3f),
            (h, m) -> List.of(h.matmul(m, false, true), m.mul(1.5f)),
            tf.constant(random(DataType.FLOAT32, 24, 20)),
            w.value());
    equalsTheReferenceKernels(end.get(0).mul(1e-4f));
    assertThat(count(plan(end.get(0)), "= Transpose ")).isZero();
  }

  @Test
  void aheadOfALoopInALoop() {
    Variable w = tf.variable("w", random(DataType.FLOAT32, 30, 30));
    List<Tensor> end =
        tf.whileLoop(
            (i, h) -> i.less(3),
            (i, h) ->
                List.of(
                    i.add(1),
                    tf.whileLoop(
                            (k, g) -> k.less(i.add(1)),
                            (k, g) ->
                                List.of(k.add(1), g.matmul(w, false, true).add(g.matmul(w)).tanh()),
                            tf.constant(0),
                            h)
                        .get(1)),
            tf.constant(0),
            tf.constant(random(DataType.FLOAT32, 20, 30)));
    equalsTheReferenceKernels(end.get(1));
    assertThat(count(plan(end.get(1)), "= Transpose ")).isEqualTo(1);
  }
}
