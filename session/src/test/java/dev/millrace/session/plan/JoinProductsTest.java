package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums of products computed as one product, against the reference kernels. */
class JoinProductsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Random random = new Random(11);
  private final List<Tensor> placeholders = new ArrayList<>();
  private final List<TensorValue> values = new ArrayList<>();

  private TensorValue random(DataType t, long rows, long columns) {
    double[] x = random.doubles(rows * columns, -1, 1).toArray();
    return TensorValue.of(x, t).reshape(Shape.of(rows, columns));
  }

  private Tensor fed(DataType t, long rows, long columns) {
    Tensor x = tf.placeholder(t, rows, columns);
    placeholders.add(x);
    values.add(random(t, rows, columns));
    return x;
  }

  private Tensor product(DataType t, boolean ta, boolean tb, int m, int n, int k) {
    Tensor a = ta ? fed(t, k, m) : fed(t, m, k);
    return a.tanh().matmul(tb ? fed(t, n, k) : fed(t, k, n), ta, tb);
  }

  private Runner runner(Session s) {
    Runner r = s.runner();
    for (int i = 0; i < values.size(); i++) {
      r.feed(placeholders.get(i), values.get(i));
    }
    return r;
  }

  private void equalsTheReferenceKernels(Tensor sum) {
    try (Session plan = new Session(graph);
        Session reference = new Session(graph, SessionOptions.reference())) {
      double[] actual = runner(plan).fetchValue(sum).toDoubles();
      double[] expected = runner(reference).fetchValue(sum).toDoubles();
      assertThat(actual).containsExactly(expected, within(2e-5));
    }
  }

  /** The lines of the plan that show a product, and no part of a step. */
  private long productsOf(Tensor sum) {
    try (Session s = new Session(graph)) {
      runner(s).fetch(sum);
      return runner(s).explain(sum).lines().filter(l -> l.contains("= MatMul ")).count();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, true, false",
    "FLOAT32, false, true",
    "FLOAT32, true, true",
    "FLOAT32, false, false",
    "FLOAT64, true, false"
  })
  void productsOfAnyForm(DataType t, boolean ta, boolean tb) {
    List<Tensor> all = new ArrayList<>();
    for (int k : new int[] {3, 1, 4}) {
      all.add(product(t, ta, tb, 7, 5, k));
    }
    equalsTheReferenceKernels(tf.addN(all));
  }

  @Test
  void productsOfTwoFormsAndOtherSummands() {
    DataType t = DataType.FLOAT32;
    Tensor sum =
        tf.addN(
            List.of(
                product(t, true, false, 30, 20, 2),
                fed(t, 30, 20),
                product(t, false, true, 30, 20, 3),
                product(t, true, false, 30, 20, 4),
                product(t, false, true, 30, 20, 5),
                product(t, false, false, 30, 20, 5)));
    equalsTheReferenceKernels(sum);
    assertThat(productsOf(sum)).isEqualTo(3);
  }

  @Test
  void whatElseIsUsedStaysAsItIs() {
    DataType t = DataType.FLOAT32;
    Tensor shared = product(t, true, false, 30, 20, 2);
    Tensor own = product(t, true, false, 30, 20, 2);
    Tensor sum = tf.addN(List.of(shared, own, product(t, true, false, 30, 20, 2))).add(shared);
    equalsTheReferenceKernels(sum);
    assertThat(productsOf(sum)).isEqualTo(2);
    Tensor wide = tf.addN(List.of(product(t, true, false, 4, 4, 90), fed(t, 4, 4), fed(t, 4, 4)));
    equalsTheReferenceKernels(wide);
  }

  @Test
  void longSumsOfSmallProductsAreNotCopied() {
    DataType t = DataType.FLOAT32;
    List<Tensor> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(product(t, true, false, 4, 4, 90));
    }
    Tensor sum = tf.addN(all);
    equalsTheReferenceKernels(sum);
    assertThat(productsOf(sum)).isEqualTo(3);
  }

  /** A product that reads a variable is computed before the variable's next change. */
  @Test
  void variablesThatChangeInBetween() {
    Variable v = tf.variable("v", random(DataType.FLOAT32, 20, 30));
    Tensor b = tf.constant(random(DataType.FLOAT32, 20, 25));
    Tensor first = v.value().matmul(b, true, false);
    Operation change;
    try (Scope s = graph.controlDependencies(List.of(first.op()))) {
      change = v.assign(tf.zeros(DataType.FLOAT32, 20, 30)).op();
    }
    Tensor sum;
    try (Scope s = graph.controlDependencies(List.of(change))) {
      sum =
          tf.addN(List.of(first, v.value().matmul(b, true, false), fed(DataType.FLOAT32, 30, 25)));
    }
    double[][] got = new double[2][];
    SessionOptions[] options = {SessionOptions.plan(), SessionOptions.reference()};
    for (int i = 0; i < 2; i++) {
      try (Session s = new Session(graph, options[i])) {
        s.run(tf.globalVariablesInitializer());
        got[i] = runner(s).fetchValue(sum).toDoubles();
      }
    }
    assertThat(got[0]).containsExactly(got[1], within(2e-5));
  }
}
