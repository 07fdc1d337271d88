package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Softmax and cross-entropies that add the bias themselves, against the reference kernels. */
class BiasedSoftmaxTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Random random = new Random(23);

  private TensorValue random(DataType t, long... dims) {
    Shape s = Shape.of(dims);
    double[] x = random.doubles(s.numElements(), -3, 3).toArray();
    return TensorValue.of(x, t).reshape(s);
  }

  /** Logits and the variable that is their bias. */
  private Tensor logits(DataType t, int rows, int columns) {
    Tensor x = tf.placeholderWithDefault(tf.constant(random(t, rows, columns)), Shape.of(-1, -1));
    Variable bias = tf.variable("bias", random(t, columns));
    return tf.biasAdd(x.mul(1), bias);
  }

  private Tensor result(String kind, Tensor logits, int rows, int columns) {
    return switch (kind) {
      case "softmax" -> tf.softmax(logits);
      case "log" -> tf.logSoftmax(logits);
      case "dense" ->
          tf.softmaxCrossEntropyWithLogits(
              tf.softmax(tf.constant(random(logits.dtype(), rows, columns))), logits);
      default -> {
        long[] labels = random.longs(rows, 0, columns).toArray();
        DataType t = kind.equals("sparse32") ? DataType.INT32 : DataType.INT64;
        yield tf.sparseSoftmaxCrossEntropyWithLogits(
            tf.constant(TensorValue.of(labels, t)), logits);
      }
    };
  }

  private Operation entropy() {
    return graph.operations().stream()
        .filter(o -> o.type().endsWith("SoftmaxCrossEntropyWithLogits"))
        .findFirst()
        .orElseThrow();
  }

  private void equalsTheReferenceKernels(Tensor t) {
    double[][] got = new double[2][];
    SessionOptions[] options = {SessionOptions.plan(), SessionOptions.reference()};
    for (int i = 0; i < 2; i++) {
      try (Session s = new Session(graph, options[i])) {
        s.run(tf.globalVariablesInitializer());
        got[i] = s.fetchValue(t).toDoubles();
      }
    }
    assertThat(got[0]).containsExactly(got[1], within(2e-6));
  }

  private String plan(Tensor t) {
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      s.fetchValue(t);
      return s.runner().explain(t);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "softmax, FLOAT32, 7, 5",
    "log, FLOAT32, 3, 2000",
    "sparse32, FLOAT32, 40, 3000",
    "sparse64, FLOAT32, 5, 1",
    "dense, FLOAT32, 9, 33",
    "softmax, FLOAT64, 4, 1500",
    "log, FLOAT64, 3, 5",
    "sparse32, FLOAT64, 6, 17",
    "dense, FLOAT64, 300, 10",
  })
  void addsItsBias(String kind, DataType t, int rows, int columns) {
    Tensor result = result(kind, logits(t, rows, columns), rows, columns);
    equalsTheReferenceKernels(result);
    if (!kind.equals("softmax") && !kind.equals("log")) {
      equalsTheReferenceKernels(tf.tensor(entropy().output(1)));
    }
    assertThat(plan(result)).contains("+ BiasAdd (BiasAdd)").doesNotContain("= BiasAdd ");
  }

  @ParameterizedTest
  @CsvSource({"softmax", "log", "sparse32", "dense"})
  void longRowsOfOddNumbers(String kind) {
    int rows = 5;
    int columns = 40_000; // more blocks than are summed in floats
    double[] x = random.doubles((long) rows * columns, -30, 30).toArray();
    x[700] = Double.NaN;
    x[columns + 30_000] = Double.POSITIVE_INFINITY;
    x[2 * columns + 1024] = Double.NEGATIVE_INFINITY;
    Arrays.fill(x, 3 * columns, 4 * columns, Double.NEGATIVE_INFINITY);
    TensorValue v = TensorValue.of(x, DataType.FLOAT32).reshape(Shape.of(rows, columns));
    Tensor logits = tf.placeholderWithDefault(tf.constant(v), Shape.of(-1, -1));
    Tensor result = result(kind, logits, rows, columns);
    double[] got;
    double[] want;
    try (Session plan = new Session(graph);
        Session reference = new Session(graph, SessionOptions.reference())) {
      got = plan.fetchValue(result).toDoubles();
      want = reference.fetchValue(result).toDoubles();
    }
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.length; i++) {
      boolean same = Double.compare(got[i], want[i]) == 0;
      assertThat(same || Math.abs(got[i] - want[i]) <= 2e-6 * Math.max(1, Math.abs(want[i])))
          .as("%s is %s, not %s", i, got[i], want[i])
          .isTrue();
    }
  }

  @Test
  void logitsThatAreUsedElsewhereStay() {
    Tensor logits = logits(DataType.FLOAT32, 6, 8);
    Tensor result = tf.softmax(logits).add(logits);
    equalsTheReferenceKernels(result);
    assertThat(plan(result)).contains("= BiasAdd ");
  }

  @Test
  void aBiasThatChangesInBetween() {
    Tensor logits = logits(DataType.FLOAT32, 6, 8);
    Variable bias = tf.globalVariables().get(0);
    Operation change;
    try (Scope after = tf.controlDependencies(logits.op())) {
      change = bias.assign(random(DataType.FLOAT32, 8)).op();
    }
    try (Scope after = tf.controlDependencies(change)) {
      equalsTheReferenceKernels(tf.softmax(logits));
    }
  }

  @Test
  void wrongLabelsAreNamed() {
    Tensor logits = logits(DataType.FLOAT32, 2, 3);
    Tensor labels = tf.placeholder("labels", DataType.INT32, 2);
    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      Runner wrong = s.feed(labels, new int[] {1, 3});
      assertThatThrownBy(() -> wrong.fetch(loss))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("label 3 of row 1");
    }
  }
}
