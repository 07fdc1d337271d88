package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Assigned;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Eight threads on one session. */
class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int RUNS = 10_000;
  private static final int BATCHES = 5;

  private interface Body {
    void run(int thread, int turn) throws Exception;
  }

  /** Runs {@code body} {@link #RUNS} times in all, on all threads at once. */
  private static void onAllThreads(Body body) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        all.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < RUNS / THREADS; i++) {
                    body.run(thread, i);
                  }
                  return null;
                }));
      }
      for (Future<?> f : all) {
        f.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void theSameAndDifferentFetchesGiveTheSingleThreadedResults() throws Exception {
    Ops tf = Ops.of(new Graph());
    tf.setRandomSeed(3);
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 40);
    Variable w = tf.variable("w", Initializers.glorotUniform(), 40, 60);
    Tensor hidden = x.matmul(w).tanh();
    Tensor rows = hidden.reduceSum(1);
    Tensor soft = hidden.softmax();
    List<Tensor> fetches = List.of(hidden, rows, soft, hidden.argMax(1));
    Random random = new Random(17);
    List<TensorValue> batches = new ArrayList<>();
    for (int b = 0; b < BATCHES; b++) {
      float[][] rowsOfBatch = new float[b * 30 + 1][40];
      for (float[] r : rowsOfBatch) {
        for (int k = 0; k < r.length; k++) {
          r[k] = random.nextFloat() - 0.5f;
        }
      }
      batches.add(TensorValue.of(rowsOfBatch));
    }
    try (Session s = new Session(tf.graph())) {
      s.run(tf.globalVariablesInitializer());
      List<List<TensorValue>> want = new ArrayList<>();
      for (TensorValue b : batches) {
        List<TensorValue> results = new ArrayList<>();
        for (Tensor f : fetches) {
          results.add(s.feed(x, b).fetchValue(f));
        }
        want.add(results);
      }
      SessionCallable[] callables = new SessionCallable[THREADS];
      for (int t = 0; t < THREADS; t++) {
        callables[t] = s.callable().feed(x).fetch(rows).fetch(soft).build();
      }
      onAllThreads(
          (thread, turn) -> {
            int b = (thread + turn) % BATCHES;
            if (turn % 3 == 2) {
              callables[thread].set(0, batches.get(b)).call();
              assertThat(callables[thread].value(1)).isEqualTo(want.get(b).get(2));
            } else {
              int f = turn % 3 == 0 ? 1 : (thread * 7 + turn) % fetches.size();
              assertThat(s.feed(x, batches.get(b)).fetchValue(fetches.get(f)))
                  .isEqualTo(want.get(b).get(f));
            }
          });
    }
  }

  @Test
  void atomicUpdatesLoseNone() throws Exception {
    Ops tf = Ops.of(new Graph());
    Variable counters = tf.variable("counters", new float[50_000]);
    Variable other = tf.variable("other", new int[] {0, 0, 0});
    float[] ones = new float[50_000];
    Arrays.fill(ones, 1);
    Assigned up = counters.assignAdd(ones);
    Assigned down = other.assignSub(new int[] {1, 2, 3});
    try (Session s = new Session(tf.graph())) {
      s.run(tf.globalVariablesInitializer());
      onAllThreads(
          (thread, turn) -> {
            if (turn % 5 == 0) {
              s.run(up.operation(), down.operation());
            } else {
              s.run(down.operation());
            }
          });
      int ups = RUNS / THREADS / 5 * THREADS;
      float[] got = s.fetchValue(counters).floats();
      for (float f : got) {
        assertThat(f).isEqualTo(ups);
      }
      assertThat(s.fetchValue(other).ints()).containsExactly(-RUNS, -2 * RUNS, -3 * RUNS);
    }
  }
}
