package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.DeadlineExceededException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Accumulator;
import dev.millrace.ops.Barrier;
import dev.millrace.ops.Mutex;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.SparseAccumulator;
import dev.millrace.ops.StagingArea;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Accumulators, mutexes, barriers, staging areas and session tensors by their methods. */
@Timeout(60)
class SharedApiTest {
  private static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.INT32);
  private static final List<Shape> SHAPES = List.of(Shape.of(2), Shape.scalar());

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session(SessionOptions.Mode mode) {
    return new Session(graph, SessionOptions.builder().mode(mode).build());
  }

  // ---- accumulators

  @ParameterizedTest
  @EnumSource
  void anAccumulatorGivesTheMeanOfFreshGradients(SessionOptions.Mode mode) {
    Accumulator a = tf.conditionalAccumulator(DataType.FLOAT32, Shape.of(2));
    Tensor gradient = tf.placeholder(DataType.FLOAT32, 2);
    Tensor step = tf.placeholder(DataType.INT32);
    Operation apply = a.apply(gradient, step);
    Tensor two = a.take(2);
    assertThat(two.shape()).isEqualTo(Shape.of(2));
    try (Session s = session(mode)) {
      s.feed(gradient, new float[] {1, 2}).feed(step, 0).run(apply);
      s.feed(gradient, new float[] {3, 6}).feed(step, 0).run(apply);
      assertThat(s.fetch(a.count()).getInt(0)).isEqualTo(2);
      assertThat(s.fetchValue(two).toFloats()).containsExactly(2, 4);
      s.feed(gradient, new float[] {9, 9}).feed(step, 0).run(apply); // stale: the step is 1 now
      assertThat(s.fetch(a.count()).getInt(0)).isZero();
      s.run(a.setGlobalStep(7L));
      s.feed(gradient, new float[] {9, 9}).feed(step, 6).run(apply);
      s.feed(gradient, new float[] {5, 5}).feed(step, 7).run(apply);
      assertThat(s.fetch(a.count()).getInt(0)).isEqualTo(1);
      assertThatThrownBy(() -> s.runner().timeout(Duration.ofMillis(20)).fetch(two))
          .isInstanceOf(DeadlineExceededException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sumsAreSharedByName(SessionOptions.Mode mode) {
    Accumulator one =
        tf.conditionalAccumulator(DataType.FLOAT64, Shape.scalar(), Accumulator.Kind.SUM, "both");
    Accumulator other =
        tf.conditionalAccumulator(DataType.FLOAT64, Shape.scalar(), Accumulator.Kind.SUM, "both");
    try (Session s = session(mode)) {
      s.run(one.apply(1.5));
      s.run(other.apply(2.5));
      assertThat(s.fetch(one.take(2)).getDouble(0)).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsAreAveragedOverTheGradientsThatHaveThem(SessionOptions.Mode mode) {
    SparseAccumulator a = tf.sparseConditionalAccumulator(DataType.FLOAT32, Shape.of(4, 2));
    Operation first = a.apply(new int[] {3, 1}, new float[][] {{1, 1}, {2, 2}});
    Operation second = a.apply(new long[] {3}, new float[][] {{5, 7}}, new long[] {4, 2}, 0L);
    Operation wrong = a.apply(new long[] {3}, new float[][] {{5, 7}}, new long[] {5, 2}, 0L);
    SparseAccumulator.Taken t = a.take(2);
    try (Session s = session(mode)) {
      s.run(first);
      s.run(second);
      assertThatThrownBy(() -> s.run(wrong))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("gradients of shape [4,2], not [5,2]");
      assertThat(s.fetch(a.count()).getInt(0)).isEqualTo(2);
      var r = s.runner().fetch(List.of(t.indices(), t.values(), t.denseShape()));
      assertThat(r.value(0).toLongs()).containsExactly(1, 3);
      assertThat(r.value(1).toFloats()).containsExactly(2, 2, 3, 4);
      assertThat(r.value(2).toLongs()).containsExactly(4, 2);
      s.run(a.setGlobalStep(3));
      s.run(first);
      assertThat(s.fetch(a.count()).getInt(0)).isZero();
    }
  }

  // ---- mutexes

  @ParameterizedTest
  @EnumSource
  void aBodyHasTheMutexForItself(SessionOptions.Mode mode) throws Exception {
    Mutex m = tf.mutex();
    Variable v = tf.variable("count", 0);
    Tensor next =
        m.execute(
            () -> {
              Tensor old = v.readValue();
              return v.assign(old.add(1)).add(0);
            });
    try (Session s = session(mode)) {
      s.run(tf.globalVariablesInitializer());
      List<CompletableFuture<Void>> runs = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        runs.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 25; i++) {
                    s.fetch(next);
                  }
                }));
      }
      CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new)).get(50, TimeUnit.SECONDS);
      assertThat(s.fetch(v).getInt(0)).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bodiesOfOneMutexGoOneAfterTheOther(SessionOptions.Mode mode) {
    Mutex m = tf.mutex("shared");
    Variable v = tf.variable("count", 1);
    Tensor first = m.execute(() -> v.assignAdd(2).mul(10));
    List<Tensor> second =
        m.execute(() -> List.of(v.assignAdd(first).add(0), tf.constant(4)), first);
    Operation third = tf.mutex("shared").execute(() -> v.assign(-1).operation(), second.toArray());
    try (Session s = session(mode)) {
      s.run(tf.globalVariablesInitializer());
      var r = s.runner().fetch(second);
      assertThat(r.value(0).toInts()).containsExactly(33);
      assertThat(r.value(1).toInts()).containsExactly(4);
      s.run(third);
      assertThat(s.fetch(v).getInt(0)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLockIsGivenBackByHand(SessionOptions.Mode mode) {
    Mutex m = tf.mutex();
    Tensor lock = m.lock();
    Operation release = m.release(lock);
    try (Session s = session(mode)) {
      s.run(release);
      s.run(release);
    }
  }

  // ---- barriers and staging areas

  @ParameterizedTest
  @EnumSource
  void aBarrierGivesElementsThatAreComplete(SessionOptions.Mode mode) {
    Barrier b = tf.barrier(TYPES, SHAPES);
    Operation first = b.insertMany(0, new String[] {"p", "q"}, new float[][] {{1, 2}, {3, 4}});
    Operation second = b.insertMany(1, new String[] {"q"}, new int[] {7});
    Barrier.Taken one = b.takeMany(1);
    assertThat(one.values().get(0).shape()).isEqualTo(Shape.of(1, 2));
    Barrier.Taken rest = b.takeMany(2, true);
    assertThat(rest.keys().shape()).isEqualTo(Shape.vector(-1));
    try (Session s = session(mode)) {
      s.run(first);
      s.run(second);
      assertThat(s.fetch(b.readySize()).getInt(0)).isEqualTo(1);
      assertThat(s.fetch(b.incompleteSize()).getInt(0)).isEqualTo(1);
      var r = s.runner().fetch(List.of(one.keys(), one.values().get(0), one.values().get(1)));
      assertThat(r.value(0).getString(0)).isEqualTo("q");
      assertThat(r.value(1).toFloats()).containsExactly(3, 4);
      assertThat(r.value(2).toInts()).containsExactly(7);
      s.run(b.close(true));
      assertThatThrownBy(() -> s.fetchValue(rest.keys())).isInstanceOf(OutOfRangeException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStagingAreaKeepsTuplesForLaterRuns(SessionOptions.Mode mode) {
    StagingArea a = tf.stagingArea(TYPES, SHAPES, 2, 0, "");
    Tensor x = tf.placeholder(DataType.FLOAT32, 2);
    Operation put = a.put(x, tf.reduceSum(x).cast(DataType.INT32));
    List<Tensor> got = a.get();
    assertThat(got.get(0).shape()).isEqualTo(Shape.of(2));
    Tensor second = a.peek(1).get(1);
    try (Session s = session(mode)) {
      s.feed(x, new float[] {1, 2}).run(put);
      s.feed(x, new float[] {3, 4}).run(put);
      assertThat(s.fetch(second).getInt(0)).isEqualTo(7);
      assertThat(s.fetch(a.size()).getInt(0)).isEqualTo(2);
      assertThatThrownBy(
              () -> s.feed(x, new float[] {5, 6}).timeout(Duration.ofMillis(20)).run(put))
          .isInstanceOf(DeadlineExceededException.class);
      assertThat(s.fetch(got.get(1)).getInt(0)).isEqualTo(3);
      s.run(a.clear());
      assertThat(s.fetch(a.size()).getInt(0)).isZero();
    }
  }

  // ---- session tensors, limits, seeds

  @ParameterizedTest
  @EnumSource
  void aSessionKeepsTensorsByName(SessionOptions.Mode mode) {
    Tensor handle = tf.getSessionHandle(tf.constant(new float[] {1, 2}));
    Tensor name = tf.placeholder(DataType.STRING);
    Tensor kept = tf.getSessionTensor(name, DataType.FLOAT32);
    Operation forget = tf.deleteSessionTensor(name);
    try (Session s = session(mode)) {
      String h = s.fetchValue(handle).getString(0);
      assertThat(s.feed(name, h).fetchValue(kept).toFloats()).containsExactly(1, 2);
      s.feed(name, h).run(forget);
      assertThatThrownBy(() -> s.feed(name, h).fetchValue(kept))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> s.feed(name, h).run(forget)).isInstanceOf(NotFoundException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionLimitsItsRuns(SessionOptions.Mode mode) {
    Queue q = tf.fifoQueue(3, DataType.FLOAT32, Shape.scalar());
    Tensor x = q.dequeue();
    Tensor endless = tf.whileLoop(i -> i.greaterEqual(0), i -> i.add(1).mod(5), tf.constant(1));
    SessionOptions limited =
        SessionOptions.builder().mode(mode).operationTimeout(Duration.ofMillis(30)).build();
    try (Session s = new Session(graph, limited)) {
      assertThatThrownBy(() -> s.fetch(x)).isInstanceOf(DeadlineExceededException.class);
      assertThatThrownBy(() -> s.fetch(endless)).isInstanceOf(DeadlineExceededException.class);
      s.run(q.enqueue(4f));
      assertThat(s.fetch(x).getFloat(0)).isEqualTo(4);
      // A run's own limit goes before the session's.
      CompletableFuture<Float> waits =
          CompletableFuture.supplyAsync(
              () -> s.runner().timeout(Duration.ofSeconds(50)).fetch(x).getFloat(0));
      s.run(q.enqueue(5f));
      assertThat(waits.join()).isEqualTo(5);
    }
    assertThatThrownBy(() -> SessionOptions.builder().operationTimeout(Duration.ZERO))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("operationTimeout must be positive");
  }

  @Test
  void aSharedShuffleQueueTakesItsSeedFromItsName() {
    tf.setRandomSeed(1234);
    Queue named =
        tf.newQueue()
            .component(DataType.INT32, Shape.scalar())
            .sharedName("letters")
            .randomShuffle(0);
    assertThat(named.handle().op().attrs().getInt("seed")).isEqualTo(1234);
    assertThat(named.handle().op().attrs().getInt("seed2")).isEqualTo(1636922712);
    int before = graph.operations().size();
    Queue own = tf.newQueue().component(DataType.INT32, Shape.scalar()).randomShuffle(0);
    assertThat(own.handle().op().attrs().getInt("seed2")).isEqualTo(before);
  }

  @Test
  void wrongArgumentsAreToldWhenTheGraphIsBuilt() {
    Accumulator a = tf.conditionalAccumulator(DataType.FLOAT32, Shape.of(2));
    assertThatThrownBy(() -> a.apply(tf.constant(new float[] {1, 2, 3})))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("takes gradients of float32[2]");
    assertThatThrownBy(() -> a.apply(new float[] {1, 2}, 0.5))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("local_step is a whole number");
    SparseAccumulator rows = tf.sparseConditionalAccumulator(DataType.FLOAT32, Shape.of(4, 2));
    assertThatThrownBy(() -> rows.apply(new int[] {1}, tf.constant(new int[][] {{1, 2}})))
        .hasMessageContaining("takes rows of float32");
    Mutex m = tf.mutex();
    Variable v = tf.variable("v", 0);
    assertThatThrownBy(() -> m.execute(() -> v.assign(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("of an assignment its operation()");
    Barrier b = tf.barrier(TYPES, SHAPES);
    assertThatThrownBy(() -> b.insertMany(2, new String[] {"a"}, new int[] {1}))
        .hasMessageContaining("has 2 components, none of number 2");
    assertThatThrownBy(() -> b.insertMany(0, new String[] {"a"}, tf.constant(new int[] {1})))
        .hasMessageContaining("component 0 of barrier");
    assertThatThrownBy(() -> tf.barrier(TYPES, List.of(Shape.of(2))))
        .hasMessageContaining("2 components and 1 shapes");
    StagingArea area = tf.stagingArea(TYPES, SHAPES);
    assertThatThrownBy(() -> area.put(1f)).hasMessageContaining("it cannot take 1");
    assertThatThrownBy(() -> area.put(tf.constant(new float[] {1}), 1))
        .hasMessageContaining("component 0 of staging area");
    assertThatThrownBy(() -> tf.stagingArea(TYPES, SHAPES, -1, 0, ""))
        .hasMessageContaining("not negative");
    assertThatThrownBy(() -> tf.stagingArea(TYPES, List.of(Shape.of(2))))
        .hasMessageContaining("2 components and 1 shapes");
  }
}
