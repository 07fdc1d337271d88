package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.CancelledException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.DeadlineExceededException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Cancellation;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Queues whose operations wait, in both modes. */
@Timeout(60)
class QueuesTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session(SessionOptions.Mode mode) {
    return new Session(graph, SessionOptions.builder().mode(mode).build());
  }

  private Queue floats(long capacity) {
    return tf.fifoQueue(capacity, DataType.FLOAT32, Shape.scalar());
  }

  @ParameterizedTest
  @EnumSource
  void oneRunMayDequeueWhatItEnqueues(SessionOptions.Mode mode) {
    Queue q = floats(2);
    Tensor all = q.dequeueMany(5); // made before what fills the queue, which holds two
    Tensor sum = all.mul(2).reduceSum();
    Operation enqueue = q.enqueueMany(tf.constant(new float[] {1, 2, 3, 4, 5, 6}).neg());
    Tensor size = q.size();
    try (Session s = session(mode)) {
      assertThat(s.runner().target(enqueue).fetch(sum).getFloat(0)).isEqualTo(-30);
      assertThat(s.fetch(size).getInt(0)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatDoesNotDependOnAWaitGoesOn(SessionOptions.Mode mode) {
    Queue a = floats(1);
    Queue b = floats(1);
    // Two dequeues that feed each other's enqueue by way of variables, read and written unordered.
    Variable v = tf.variable("v", 1f);
    Operation assign = v.assign(a.dequeue()).operation();
    Tensor read = v.readValue(); // made after the assignment, but not behind its wait
    Operation feedsA = a.enqueue(read.add(10));
    Operation feedsB =
        b.enqueue(
            tf.booleanMask(new float[] {7, 8}, tf.constant(new boolean[] {false, true}))
                .reduceSum());
    Tensor got = b.dequeue();
    try (Session s = session(mode)) {
      s.run(tf.globalVariablesInitializer());
      Tensor after = v.value();
      assertThat(s.runner().target(assign).target(feedsA).target(feedsB).fetch(got).getFloat(0))
          .isEqualTo(8);
      assertThat(s.fetch(after).getFloat(0)).isEqualTo(11);
    }
  }

  @ParameterizedTest
  @EnumSource
  void branchesAndLoopsMayWait(SessionOptions.Mode mode) {
    Queue q = floats(1);
    Tensor taken = tf.cond(tf.constant(true), () -> q.dequeue().mul(3), () -> tf.constant(0f));
    List<Tensor> looped =
        tf.whileLoop(
            v -> v.get(0).less(4),
            v -> List.of(v.get(0).add(1), v.get(1).add(q.dequeue())),
            List.of(tf.constant(0), taken));
    Operation fill = q.enqueueMany(tf.constant(new float[] {1, 2, 3, 4, 5}).mul(10));
    try (Session s = session(mode)) {
      assertThat(s.runner().target(fill).fetch(looped.get(1)).getFloat(0)).isEqualTo(170);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingEndsDequeuesAndCancelsEnqueues(SessionOptions.Mode mode) throws Exception {
    Queue q = floats(2);
    Operation enqueue = q.enqueueMany(tf.constant(new float[] {1, 2, 3}));
    Operation cancel = q.close(true);
    Tensor one = q.dequeue();
    Tensor many = q.dequeueMany(3);
    Tensor rest = q.dequeueUpTo(3);
    Tensor closed = q.isClosed();
    Operation close = q.close();
    try (Session s = session(mode)) {
      CompletableFuture<Void> waits = CompletableFuture.runAsync(() -> s.run(enqueue));
      while (s.fetch(q.size()).getInt(0) < 2) {
        Thread.onSpinWait();
      }
      assertThat(waits).isNotDone();
      s.run(cancel);
      assertThatThrownBy(waits::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(CancelledException.class)
          .hasMessageContaining("fifo_queue_EnqueueMany");
      assertThat(s.fetchValue(closed).getBoolean(0)).isTrue();
      assertThatThrownBy(() -> s.fetch(many))
          .isInstanceOf(OutOfRangeException.class)
          .hasMessageContaining(
              "is closed and has insufficient elements (requested 3, current size 2)");
      assertThat(s.fetch(one).getFloat(0)).isEqualTo(1);
      assertThat(s.fetchValue(rest).toFloats()).containsExactly(2);
      assertThatThrownBy(() -> s.fetch(rest)).isInstanceOf(OutOfRangeException.class);
      assertThatThrownBy(() -> s.run(enqueue)).isInstanceOf(CancelledException.class);
      assertThatThrownBy(() -> s.run(close))
          .isInstanceOf(CancelledException.class)
          .hasMessageContaining("already closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRunCanBeFreedInManyWays(SessionOptions.Mode mode) throws Exception {
    Queue q = floats(3);
    Operation some = q.enqueueMany(tf.constant(new float[] {1, 2}));
    Tensor three = q.dequeueMany(3);
    Tensor size = q.size();
    Session s = session(mode);
    s.run(some);
    assertThatThrownBy(() -> s.runner().timeout(Duration.ofMillis(20)).fetch(three))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(s.fetch(size).getInt(0)).isEqualTo(2); // what it had taken is back
    Cancellation stop = new Cancellation();
    CompletableFuture<?> waits =
        CompletableFuture.supplyAsync(() -> s.runner().cancelledBy(stop).fetch(three));
    Thread.sleep(10);
    stop.cancel();
    assertThatThrownBy(waits::get).hasCauseInstanceOf(CancelledException.class);
    assertThat(s.fetch(size).getInt(0)).isEqualTo(2);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> s.fetch(three)).isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    // A failure elsewhere in the run frees it too.
    Tensor wrong = tf.placeholder(DataType.FLOAT32, Shape.unknown()).reshape(List.of(7));
    assertThatThrownBy(() -> s.feed(wrong.op().input(0), new float[] {1}).fetch(wrong, three))
        .isInstanceOf(InvalidArgumentException.class);
    CompletableFuture<?> last = CompletableFuture.supplyAsync(() -> s.fetch(three));
    Thread.sleep(10);
    s.close();
    assertThatThrownBy(last::get)
        .hasCauseInstanceOf(CancelledException.class)
        .hasMessageContaining("the session has been closed");
  }

  @ParameterizedTest
  @EnumSource
  void nobodyLosesOrDoublesAnElement(SessionOptions.Mode mode) throws Exception {
    int threads = 4;
    int each = 60;
    Queue in =
        tf.newQueue()
            .component(DataType.INT32, Shape.scalar())
            .capacity(7)
            .seed(1)
            .randomShuffle(2);
    Queue out = tf.fifoQueue(5, DataType.INT32, Shape.scalar());
    Tensor x = tf.placeholder(DataType.INT32, Shape.scalar());
    Operation enqueue = in.enqueue(x);
    Operation move = out.enqueueMany(in.dequeueMany(3).add(1000));
    Tensor take = out.dequeueUpTo(4);
    Operation closeIn = in.close();
    Operation closeOut = out.close();
    ConcurrentLinkedQueue<Integer> got = new ConcurrentLinkedQueue<>();
    try (Session s = session(mode)) {
      List<CompletableFuture<Void>> givers = new ArrayList<>();
      List<CompletableFuture<Void>> movers = new ArrayList<>();
      List<CompletableFuture<Void>> takers = new ArrayList<>();
      var pool = Executors.newCachedThreadPool();
      for (int t = 0; t < threads; t++) {
        int first = t * each;
        givers.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < each; i++) {
                    s.feed(x, first + i).run(enqueue);
                  }
                },
                pool));
        movers.add(untilTheEnd(pool, () -> s.run(move)));
        takers.add(
            untilTheEnd(
                pool,
                () -> {
                  for (int i : s.fetchValue(take).toInts()) {
                    got.add(i);
                  }
                }));
      }
      all(givers);
      s.run(closeIn);
      all(movers);
      s.run(closeOut);
      all(takers);
      pool.shutdown();
    }
    List<Integer> want = new ArrayList<>();
    for (int i = 0; i < threads * each; i++) {
      want.add(1000 + i);
    }
    assertThat(got).containsExactlyInAnyOrderElementsOf(want);
  }

  private static CompletableFuture<Void> untilTheEnd(Executor pool, Runnable work) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            while (true) {
              work.run();
            }
          } catch (OutOfRangeException e) {
            // the queue is closed and empty
          }
        },
        pool);
  }

  private static void all(List<CompletableFuture<Void>> some) throws Exception {
    CompletableFuture.allOf(some.toArray(CompletableFuture[]::new)).get(50, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource
  void aMutexLetsOneRunInAtATime(SessionOptions.Mode mode) throws Exception {
    Tensor mutex = tf.tensor(tf.op("MutexV2", "mutex").build().output(0));
    Operation lock = tf.op("MutexLock", "lock").input(mutex).build();
    Variable v = tf.variable("count", 0);
    Operation count;
    try (var after = tf.controlDependencies(lock)) {
      Tensor one = v.readValue().add(1);
      count = v.assign(one).operation();
    }
    Operation consume;
    try (var after = tf.controlDependencies(count)) {
      consume = tf.op("ConsumeMutexLock", "consume").input(lock.output(0)).build();
    }
    try (Session s = session(mode)) {
      s.run(tf.globalVariablesInitializer());
      List<CompletableFuture<Void>> runs = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        runs.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 25; i++) {
                    s.run(consume);
                  }
                }));
      }
      all(runs);
      assertThat(s.fetch(v).getInt(0)).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @EnumSource
  void errorsSayWhatDoesNotFit(SessionOptions.Mode mode) {
    Queue q = tf.fifoQueue(3, List.of(DataType.FLOAT32, DataType.INT32), List.of());
    assertThatThrownBy(() -> q.enqueue(1f))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("has 2 components; it cannot take 1");
    assertThatThrownBy(() -> q.dequeueMany(2)).hasMessageContaining("with the shapes");
    assertThatThrownBy(q::dequeue).hasMessageContaining("take the tuple");
    Queue one = tf.fifoQueue(3, DataType.FLOAT32, Shape.of(2));
    assertThatThrownBy(() -> one.enqueue(tf.constant(new float[] {1, 2, 3})))
        .hasMessageContaining("component 0 of queue 'fifo_queue_1' is float32[2]");
    Tensor open = tf.placeholder(DataType.FLOAT32, Shape.unknown());
    Operation enqueue = one.enqueue(open);
    Operation shuffles =
        tf.newQueue().component(DataType.INT32).capacity(2).randomShuffle(2).handle().op();
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.feed(open, new float[] {1}).run(enqueue))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("component 0 of FIFOQueue 'fifo_queue_1' is of shape [2]");
      assertThatThrownBy(() -> s.run(shuffles))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("min_after_dequeue must lie in [0, capacity)");
    }
  }
}
