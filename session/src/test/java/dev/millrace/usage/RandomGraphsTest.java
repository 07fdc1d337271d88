package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random graphs in both modes: element-wise ops, products, reductions, changes of shape, variables
 * read and written under random control dependencies, several runs with several batch sizes,
 * fetches and feeds of what lies between. The number in a test's name is its seed.
 */
class RandomGraphsTest {
  private static final int GRAPHS = 400;
  private static final int COLUMNS = 4;

  static LongStream seeds() {
    return LongStream.range(0, GRAPHS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void bothModesAgree(long seed) {
    Random random = new Random(seed);
    Case c = new Case(random);
    List<TensorValue> batches = new ArrayList<>();
    for (int n : new int[] {3, 1, 3, 6}) {
      batches.add(batch(random, n));
    }
    SessionOptions simple =
        SessionOptions.builder().simplify(random.nextBoolean()).threads(2).build();
    try (Session plan = new Session(c.tf.graph(), simple);
        Session reference = new Session(c.tf.graph(), SessionOptions.reference())) {
      plan.run(c.tf.globalVariablesInitializer());
      reference.run(c.tf.globalVariablesInitializer());
      for (int run = 0; run < 8; run++) {
        TensorValue x = batches.get(run % batches.size());
        List<Operand> fetches = pick(random, c.tensors, 3);
        List<Operation> targets = random.nextBoolean() ? pick(random, c.writes, 2) : List.of();
        Tensor fed =
            random.nextInt(3) == 0 ? c.batched.get(random.nextInt(c.batched.size())) : null;
        TensorValue between = batch(random, (int) x.shape().dim(0));
        Fetches got = run(plan, c, x, fed, between, fetches, targets);
        Fetches want = run(reference, c, x, fed, between, fetches, targets);
        for (int k = 0; k < fetches.size(); k++) {
          check(seed, run, fetches.get(k), got.value(k), want.value(k));
        }
        for (Variable v : c.variables) {
          check(seed, run, v, plan.fetchValue(v), reference.fetchValue(v));
        }
      }
    }
  }

  private static Fetches run(
      Session s,
      Case c,
      TensorValue x,
      Tensor fed,
      TensorValue between,
      List<Operand> fetches,
      List<Operation> targets) {
    Runner r = s.feed(c.x, x);
    if (fed != null && !fed.asOutput().equals(c.x.asOutput())) {
      r.feed(fed, between);
    }
    targets.forEach(r::target);
    return r.fetch(fetches);
  }

  private static void check(long seed, int run, Operand what, TensorValue got, TensorValue want) {
    assertThat(got.shape()).isEqualTo(want.shape());
    for (int i = 0; i < want.size(); i++) {
      double w = want.getDouble(i);
      assertThat(got.getDouble(i))
          .as("seed %d, run %d, %s, element %d: got %s, want %s", seed, run, what, i, got, want)
          .satisfies(
              g ->
                  assertThat(
                          Double.compare(g, w) == 0 || Math.abs(g - w) <= 1e-4 * Math.abs(w) + 1e-5)
                      .isTrue());
    }
  }

  private static TensorValue batch(Random random, int n) {
    float[][] rows = new float[n][COLUMNS];
    for (float[] r : rows) {
      for (int k = 0; k < COLUMNS; k++) {
        r[k] = random.nextFloat() * 2 - 1;
      }
    }
    return TensorValue.of(rows);
  }

  private static <R> List<R> pick(Random random, List<? extends R> from, int most) {
    List<R> picked = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(most) && !from.isEmpty(); i++) {
      R one = from.get(random.nextInt(from.size()));
      if (!picked.contains(one)) {
        picked.add(one);
      }
    }
    return picked;
  }

  /** A random graph. */
  private static final class Case {
    private final Ops tf = Ops.of(new Graph());
    private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, COLUMNS);
    private final Random random;
    private final List<Tensor> batched = new ArrayList<>(); // of shape [batch, COLUMNS]
    private final List<Tensor> rows = new ArrayList<>(); // of shape [COLUMNS]
    private final List<Tensor> tensors = new ArrayList<>(); // all
    private final List<Variable> variables = new ArrayList<>();
    private final List<Operation> writes = new ArrayList<>();

    Case(Random random) {
      this.random = random;
      batched.add(x);
      for (int i = 0; i < 2; i++) {
        Variable v = tf.variable("v", new float[] {1, -0.5f, 0.25f * i, 2});
        variables.add(v);
        rows.add(v.value());
      }
      for (int i = 0; i < 25; i++) {
        boolean wait = !writes.isEmpty() && random.nextInt(4) == 0;
        if (wait) {
          try (var c = tf.controlDependencies(any(writes))) {
            grow();
          }
        } else {
          grow();
        }
      }
      tensors.addAll(batched);
      tensors.addAll(rows);
    }

    private <T> T any(List<T> from) {
      return from.get(random.nextInt(from.size()));
    }

    private void grow() {
      switch (random.nextInt(16)) {
        case 0 -> batched.add(any(batched).add(any(rows)));
        case 1 -> batched.add(any(batched).mul(any(batched)));
        case 2 -> batched.add(any(batched).sub(any(batched)));
        case 3 -> batched.add(any(batched).tanh());
        case 4 -> batched.add(any(batched).relu().sub(0.5f));
        case 5 -> batched.add(any(batched).matmul(tf.constant(weights())));
        case 6 -> rows.add(any(batched).reduceMean(0));
        case 7 -> batched.add(any(batched).sub(any(batched).reduceMean(true, 1)));
        case 8 ->
            batched.add(any(batched).transpose().reshape(-1).reshape(any(batched).shapeTensor()));
        case 9 ->
            batched.add(
                tf.concat(List.of(any(batched), any(batched)), 1)
                    .stridedSlice(new int[] {0, 2}, new int[] {1000, 6}, new int[] {1, 1}));
        case 10 -> rows.add(any(variables).readValue());
        case 11 -> rows.add(any(rows).mul(0.5f).neg().neg().identity());
        case 12 -> writes.add(any(variables).assign(any(rows).tanh()).operation());
        case 13 -> writes.add(any(variables).assignAdd(any(rows).tanh()).operation());
        case 14 -> batched.add(any(batched).softmax().mul(1f));
        default -> batched.add(any(batched).square().sigmoid().div(any(batched).abs().add(1)));
      }
    }

    private static float[][] weights() {
      return new float[][] {
        {0.5f, -1, 0, 0.25f}, {1, 0.5f, -0.5f, 0}, {0, 0.25f, 1, -1}, {-0.25f, 0, 0.5f, 0.5f}
      };
    }
  }
}
