package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many threads, one session. */
class ConcurrentRunsTest {
  private static final int THREADS = 8;

  private final RawGraph g = new RawGraph();

  /** What each thread does, given its number. */
  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void inThreads(Work work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try {
      List<Future<Void>> all = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        Callable<Void> c =
            () -> {
              start.await();
              work.run(thread);
              return null;
            };
        all.add(pool.submit(c));
      }
      for (Future<Void> f : all) {
        f.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void runsOfManyShapesAndFetchesDoNotMix() throws Exception {
    Output x = g.placeholder(-1, 3);
    Output half = g.op("Mul", x, g.constant(0.5f));
    Output sum = g.op("Sum", g.op("Add", half, x), g.ints(1));
    Output where = g.op("Where", g.op("Greater", sum, g.constant(0)));
    Output last = g.op("Neg", where);
    List<Output> fetches = List.of(half, sum, last);
    try (Session s = new Session(g.graph, SessionOptions.builder().maxPlans(2).build())) {
      inThreads(
          thread -> {
            for (int i = 0; i < 1250; i++) {
              // Sometimes the shapes of others, sometimes one more than programs are kept for.
              int rows = 1 + (i + 11 * thread) % (i % 3 == 0 ? 90 : 4);
              float[][] in = new float[rows][3];
              for (float[] r : in) {
                java.util.Arrays.fill(r, thread * 2000 + i + 1);
              }
              int k = (i / 7 + thread) % fetches.size();
              var got = s.feed(x, in).fetchValue(fetches.get(k));
              assertThat(got.shape().dim(0)).isEqualTo(rows);
              float want = thread * 2000 + i + 1;
              for (int j = 0; j < rows; j++) {
                switch (k) {
                  case 0 -> assertThat(got.getDouble(3 * j)).isEqualTo(want * 0.5f);
                  case 1 -> assertThat(got.getDouble(j)).isEqualTo(want * 4.5f);
                  default -> assertThat(got.getLong(j)).isEqualTo(-j);
                }
              }
            }
          });
    }
  }

  @Test
  void updatesAreNotLost() throws Exception {
    int n = 5000; // several blocks
    Output v = g.variable("v", Shape.vector(n));
    Operation init =
        g.assign(v, g.op("Fill", g.ints(n), g.constant(dev.millrace.graph.TensorValue.of(0f))));
    Output one = g.op("Fill", g.ints(n), g.constant(dev.millrace.graph.TensorValue.of(1f)));
    Operation add = g.assignAdd(v, one);
    Operation subtract = g.write("AssignSubVariableOp", v, g.op("Neg", one));
    Output read = g.read(v);
    try (Session s = new Session(g.graph)) {
      s.run(init);
      inThreads(
          thread -> {
            for (int i = 0; i < 400; i++) {
              s.run(thread % 2 == 0 ? add : subtract);
            }
          });
      float[] sums = s.fetchValue(read).floats();
      for (float x : sums) {
        assertThat(x).isEqualTo(THREADS * 400);
      }
    }
  }

  @Test
  void callablesShareAPlan() throws Exception {
    Output x = g.placeholder(-1);
    Output y = g.op("Mul", g.op("Add", x, x), x);
    try (Session s = new Session(g.graph)) {
      inThreads(
          thread -> {
            SessionCallable c = s.callable().feed(x).fetch(y).build();
            float[] in = new float[3000];
            float[] out = new float[3000];
            c.into(0, out);
            for (int i = 1; i <= 400; i++) {
              java.util.Arrays.fill(in, thread + i);
              c.set(0, in).call();
              float want = 2f * (thread + i) * (thread + i);
              for (float f : out) {
                assertThat(f == want).isTrue();
              }
            }
          });
    }
  }

  @Test
  void aSessionClosesWhileOthersRunOnIt() throws Exception {
    Output x = g.placeholder(-1);
    Output y = g.op("Exp", x);
    for (int round = 0; round < 20; round++) {
      Session s = new Session(g.graph);
      SessionCallable callable = s.callable().feed(x).fetch(y).build();
      callable.set(0, new float[] {0});
      inThreads(
          thread -> {
            if (thread == 0) {
              s.close();
              return;
            }
            try {
              while (true) {
                assertThat(s.feed(x, new float[] {0, 0}).fetchValue(y).floats())
                    .containsExactly(1, 1);
              }
            } catch (FailedPreconditionException e) {
              assertThat(e).hasMessageContaining("closed");
            }
          });
      assertThatThrownBy(callable::call).isInstanceOf(FailedPreconditionException.class);
      s.close();
    }
  }
}
