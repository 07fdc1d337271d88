package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products that loops only add up, computed after them, against the reference kernels. */
class SumAfterLoopsTest {
  private static final LoopOptions OPEN =
      new LoopOptions().shapeInvariants(List.of(Shape.scalar(), Shape.unknown()));

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Random random = new Random(29);
  private Tensor stack;

  private TensorValue random(DataType t, long... dims) {
    Shape s = Shape.of(dims);
    return TensorValue.of(random.doubles(s.numElements(), -1, 1).toArray(), t).reshape(s);
  }

  /** A matrix whose shape the graph does not tell. */
  private Tensor open(DataType t, long rows, long columns) {
    return tf.placeholderWithDefault(tf.constant(random(t, rows, columns)), Shape.of(-1, -1));
  }

  private double[] run(SessionOptions o, Operand result) {
    try (Session s = new Session(graph, o)) {
      s.run(tf.globalVariablesInitializer());
      s.fetchValue(result);
      return s.fetchValue(result).toDoubles(); // lists are used again
    }
  }

  private void equalsTheReferenceKernels(Operand result) {
    double[] expected = run(SessionOptions.reference(), result);
    assertThat(run(SessionOptions.plan(), result)).containsExactly(expected, within(1e-4));
  }

  private long joinsOf(Operand result) {
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      s.fetchValue(result);
      String plan = s.runner().explain(result);
      return plan.lines().filter(l -> l.contains("= _JoinRows ")).count();
    }
  }

  /** {@code x (i + 0.5)}, with the factor taken from a stack: what loops save is what counts. */
  private Tensor scaled(Tensor x, Tensor i) {
    Operation push =
        tf.op("StackPushV2", null).input(stack).input(i.cast(x.dtype()).add(0.5)).build();
    try (var after = tf.controlDependencies(push)) {
      Operation pop = tf.op("StackPopV2", null).input(stack).attr("elem_type", x.dtype()).build();
      pop.output(0).setShape(Shape.scalar());
      return x.mul(tf.tensor(pop.output(0)));
    }
  }

  private void makeStack(DataType t) {
    stack =
        tf.tensor(
            tf.op("StackV2", null)
                .input(tf.constant(-1))
                .attr("elem_type", t)
                .attr("stack_name", "saved")
                .build()
                .output(0));
  }

  private Tensor sum(DataType t, Object times, Tensor a, Tensor b, long m, long n) {
    Tensor end = tf.placeholderWithDefault(tf.constant(times), Shape.scalar());
    return tf.whileLoop(
            (i, s) -> i.less(end),
            (i, s) -> List.of(i.add(1), s.add(scaled(a, i).matmul(b, true, false))),
            tf.constant(0),
            tf.constant(random(t, m, n)),
            OPEN)
        .get(1);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 0", "FLOAT32, 1", "FLOAT32, 7", "FLOAT64, 0", "FLOAT64, 5"})
  void sumsOfIterations(DataType t, int times) {
    makeStack(t);
    Tensor known =
        sum(t, times, tf.constant(random(t, 4, 30)), tf.constant(random(t, 4, 20)), 30, 20);
    Tensor open = sum(t, times, open(t, 4, 30), open(t, 4, 20), 30, 20);
    Tensor result = tf.stack(List.of(known, open));
    equalsTheReferenceKernels(result);
    assertThat(joinsOf(result)).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"0", "3"})
  void productsThatTheSumRepeats(int times) {
    DataType t = DataType.FLOAT32;
    makeStack(t);
    // One row, that each addition repeats.
    Tensor result = sum(t, times, open(t, 4, 1), open(t, 4, 90), 80, 90);
    equalsTheReferenceKernels(result);
  }

  @ParameterizedTest
  @CsvSource({"0", "3"})
  void sumsThatGrowToTheProductsShape(int times) {
    DataType t = DataType.FLOAT32;
    makeStack(t);
    equalsTheReferenceKernels(sum(t, times, open(t, 4, 80), open(t, 4, 90), 1, 90));
  }

  @Test
  void rowsThatChangeInNumber() {
    DataType t = DataType.FLOAT32;
    makeStack(t);
    Tensor all = open(t, 9, 200);
    Tensor other = open(t, 9, 180);
    Tensor result =
        tf.whileLoop(
                (i, s) -> i.less(5),
                (i, s) -> {
                  Tensor rows = tf.range(i);
                  Tensor a = tf.gather(all, rows);
                  return List.of(
                      i.add(1), s.add(scaled(a, i).matmul(tf.gather(other, rows), true, false)));
                },
                tf.constant(0),
                tf.zeros(t, 200, 180),
                OPEN)
            .get(1);
    equalsTheReferenceKernels(result);
    assertThat(joinsOf(result)).isEqualTo(2);
  }

  @Test
  void severalSumsAndProducts() {
    DataType t = DataType.FLOAT32;
    makeStack(t);
    Tensor a = tf.constant(random(t, 4, 30));
    Tensor b = tf.constant(random(t, 3, 30));
    Tensor c = tf.constant(random(t, 4, 20));
    Tensor d = tf.constant(random(t, 3, 20));
    List<Tensor> end =
        tf.whileLoop(
            l -> l.get(0).less(4),
            l ->
                List.of(
                    l.get(0).add(1),
                    tf.addN(
                        List.of(
                            scaled(a, l.get(0)).matmul(c, true, false),
                            l.get(1),
                            b.matmul(scaled(d, l.get(0)), true, false))),
                    tf.add(scaled(c, l.get(0)).matmul(a, true, false), l.get(2))),
            List.of(
                tf.constant(0), tf.constant(random(t, 30, 20)), tf.constant(random(t, 20, 30))));
    Tensor result = end.get(1).add(end.get(2).transpose());
    equalsTheReferenceKernels(result);
    assertThat(joinsOf(result)).isEqualTo(6);
  }

  @Test
  void sumsThatIterationsUseStay() {
    DataType t = DataType.FLOAT32;
    makeStack(t);
    Tensor a = tf.constant(random(t, 4, 30));
    Tensor b = tf.constant(random(t, 4, 20));
    Tensor decided =
        tf.whileLoop(
            s -> tf.reduceSum(s.abs()).less(1e4f),
            s -> s.add(scaled(a, tf.constant(0)).matmul(b, true, false)),
            tf.constant(random(t, 30, 20)));
    List<Tensor> looked =
        tf.whileLoop(
            l -> l.get(0).less(3),
            l ->
                List.of(
                    l.get(0).add(1),
                    l.get(1).add(scaled(a, l.get(0)).matmul(b, true, false)),
                    l.get(2).add(tf.reduceSum(l.get(1)))),
            List.of(tf.constant(0), tf.constant(random(t, 30, 20)), tf.constant(0f)));
    Tensor result = decided.mul(1e-2f).add(looked.get(1)).add(looked.get(2).mul(1e-2f));
    equalsTheReferenceKernels(result);
    assertThat(joinsOf(result)).isZero();
  }

  /** Such a loop may take any number of iterations in the same memory. */
  @Test
  void loopsThatTakeNothingSavedStay() {
    DataType t = DataType.FLOAT32;
    Tensor a = tf.constant(random(t, 4, 30));
    Tensor b = tf.constant(random(t, 4, 20));
    Tensor result =
        tf.whileLoop(
                (i, s) -> i.less(3),
                (i, s) -> List.of(i.add(1), s.add(a.matmul(b, true, false))),
                tf.constant(0),
                tf.zeros(t, 30, 20))
            .get(1);
    equalsTheReferenceKernels(result);
    assertThat(joinsOf(result)).isZero();
  }

  @Test
  void fewNumbersOfManyRowsStay() {
    DataType t = DataType.FLOAT32;
    makeStack(t);
    Tensor result =
        sum(t, 3, tf.constant(random(t, 5000, 6)), tf.constant(random(t, 5000, 5)), 6, 5);
    equalsTheReferenceKernels(result.mul(0.01f));
    assertThat(joinsOf(result)).isZero();
  }

  @Test
  void whatWaitsForAProductStillRuns() {
    DataType t = DataType.FLOAT32;
    makeStack(t);
    Variable count = tf.variable("count", 0f);
    Tensor a = tf.constant(random(t, 4, 30));
    Tensor b = tf.constant(random(t, 4, 20));
    Tensor sum =
        tf.whileLoop(
                l -> l.get(0).less(4),
                l -> {
                  Tensor p = scaled(a, l.get(0)).matmul(b, true, false);
                  Operation counted;
                  try (var after = tf.controlDependencies(p.op())) {
                    counted = count.assignAdd(1f).op();
                  }
                  try (var after = tf.controlDependencies(counted)) {
                    return List.of(l.get(0).add(1), l.get(1).add(p));
                  }
                },
                List.of(tf.constant(0), tf.zeros(t, 30, 20)))
            .get(1);
    equalsTheReferenceKernels(sum);
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      s.fetch(sum);
      assertThat(s.fetchValue(count.readValue()).floats()).containsExactly(4);
    }
  }

  @Test
  void loopsInLoops() {
    DataType t = DataType.FLOAT32;
    makeStack(t);
    Tensor a = tf.constant(random(t, 4, 30));
    Tensor b = tf.constant(random(t, 4, 20));
    Tensor result =
        tf.whileLoop(
                (i, s) -> i.less(3),
                (i, s) -> {
                  Tensor inner =
                      tf.whileLoop(
                              (k, u) -> k.less(i),
                              (k, u) ->
                                  List.of(k.add(1), u.add(scaled(a, k).matmul(b, true, false))),
                              tf.constant(0),
                              s)
                          .get(1);
                  return List.of(i.add(1), inner.mul(0.5f));
                },
                tf.constant(0),
                tf.constant(random(t, 30, 20)))
            .get(1);
    equalsTheReferenceKernels(result);
    assertThat(joinsOf(result)).isEqualTo(2);
  }
}
