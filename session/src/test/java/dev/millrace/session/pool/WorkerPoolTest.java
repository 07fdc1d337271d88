package dev.millrace.session.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
  /** Counts how often each chunk was run, and that no worker runs two chunks at once. */
  private static final class Counting extends ParallelJob {
    private final int[] plain; // written without synchronisation: the pool must publish it
    private final AtomicIntegerArray busy;

    Counting(int chunks, int workers) {
      super(chunks);
      plain = new int[chunks * 16];
      busy = new AtomicIntegerArray(workers);
    }

    @Override
    protected void run(int chunk, int worker) {
      if (busy.incrementAndGet(worker) != 1) {
        throw new IllegalStateException("worker " + worker + " is in two places");
      }
      plain[chunk * 16]++;
      busy.decrementAndGet(worker);
    }

    void check(int runs) {
      for (int i = 0; i < plain.length; i += 16) {
        assertThat(plain[i]).isEqualTo(runs);
      }
    }
  }

  @Test
  void everyChunkOfEveryRunIsDoneOnce() {
    for (int threads = 1; threads <= 5; threads++) {
      try (WorkerPool pool = new WorkerPool(threads, () -> {})) {
        for (int chunks : new int[] {0, 1, 2, 3, 17}) {
          Counting job = new Counting(chunks, threads);
          for (int i = 1; i <= 4000; i++) {
            pool.run(job);
            if (i % 500 == 0) {
              job.check(i);
            }
          }
        }
      }
    }
  }

  @Test
  void severalCallersShareThePool() throws Exception {
    try (WorkerPool pool = new WorkerPool(3, () -> {})) {
      List<Thread> callers = new ArrayList<>();
      List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
      for (int c = 0; c < 4; c++) {
        int chunks = 2 + c;
        Thread t =
            new Thread(
                () -> {
                  Counting a = new Counting(chunks, 3);
                  Counting b = new Counting(2 * chunks, 3);
                  for (int i = 0; i < 4000; i++) {
                    pool.run(a);
                    pool.run(b);
                  }
                  a.check(4000);
                  b.check(4000);
                });
        t.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
        callers.add(t);
        t.start();
      }
      for (Thread t : callers) {
        t.join();
      }
      assertThat(failures).isEmpty();
    }
  }

  @Test
  void whatAChunkThrowsIsThrownAndThePoolGoesOn() {
    try (WorkerPool pool = new WorkerPool(3, () -> {})) {
      boolean[] fails = {true};
      ParallelJob job =
          new ParallelJob(8) {
            @Override
            protected void run(int chunk, int worker) {
              if (fails[0] && chunk == 5) {
                throw new IllegalArgumentException("chunk 5");
              }
            }
          };
      for (int i = 0; i < 200; i++) {
        assertThatThrownBy(() -> pool.run(job)).hasMessage("chunk 5");
      }
      fails[0] = false;
      pool.run(job);
    }
  }

  @Test
  void idleHelpersWakeUp() throws Exception {
    try (WorkerPool pool = new WorkerPool(4, () -> {})) {
      Counting job = new Counting(64, 4);
      for (int i = 0; i < 30; i++) {
        Thread.sleep(5); // long enough for helpers to park
        pool.run(job);
      }
      job.check(30);
    }
  }

  @Test
  void aClosedPoolLeavesTheWorkToTheCaller() {
    WorkerPool pool = new WorkerPool(3, () -> {});
    pool.close();
    Counting job = new Counting(9, 3);
    pool.run(job);
    job.check(1);
  }
}
