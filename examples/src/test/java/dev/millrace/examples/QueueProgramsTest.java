package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.CancelledException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Accumulator;
import dev.millrace.ops.Barrier;
import dev.millrace.ops.Mutex;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.StagingArea;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Cancellation;
import dev.millrace.session.Coordinator;
import dev.millrace.session.QueueRunners;
import dev.millrace.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/queues.md. */
@Timeout(60)
class QueueProgramsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  @TempDir private Path dir;

  @Test
  void snippetsAreTested() throws IOException {
    Snippets.assertTested("queues.md", QueueProgramsTest.class);
  }

  @Test
  void queues() {
    Tensor x = tf.placeholder(DataType.FLOAT32, 2);
    Queue q = tf.fifoQueue(100, DataType.FLOAT32, Shape.of(2));
    Operation enqueue = q.enqueue(x);
    Tensor batch = q.dequeueMany(3);
    Operation close = q.close();
    try (Session session = new Session(graph)) {
      for (int i = 0; i < 5; i++) {
        session.feed(x, new float[] {i, -i}).run(enqueue);
      }
      assertThat(session.fetchValue(batch).toFloats()).containsExactly(0, 0, 1, -1, 2, -2);
      session.run(close);
      assertThatThrownBy(() -> session.fetch(batch)).isInstanceOf(OutOfRangeException.class);
    }
  }

  @Test
  void limits() {
    Queue q = tf.fifoQueue(1, DataType.FLOAT32, Shape.scalar());
    Operation enqueue = q.enqueue(1f);
    try (Session session = new Session(graph)) {
      Cancellation stop = new Cancellation();
      session.runner().cancelledBy(stop).timeout(Duration.ofSeconds(5)).run(enqueue);
      assertThat(session.fetch(q.size()).getInt(0)).isEqualTo(1);
      stop.cancel();
      assertThatThrownBy(() -> session.runner().cancelledBy(stop).run(enqueue))
          .isInstanceOf(CancelledException.class);
    }
  }

  @Test
  void pipelines() throws Exception {
    StringBuilder lines = new StringBuilder("x,y\n");
    for (int i = 0; i < 40; i++) {
      lines.append(i).append(',').append(2 * i).append('\n');
    }
    String[] names = {dir.resolve("a.csv").toString(), dir.resolve("b.csv").toString()};
    for (String name : names) {
      Files.writeString(Path.of(name), lines);
    }
    Queue files = tf.inputs().epochs(10).stringProducer(names); // as "a.csv" and "b.csv"
    Tensor line = tf.io().textLineReader(1).read(files).value();
    List<Tensor> columns = tf.io().decodeCsv(line, List.of(new float[] {}, new float[] {}));
    List<Tensor> batch = tf.inputs().capacity(2000).threads(2).shuffleBatch(columns, 32, 1000);
    Variable seen = tf.variable("seen", 0);
    Tensor right = tf.reduceAll(tf.equal(batch.get(1), batch.get(0).mul(2)));
    Operation train = seen.assignAdd(right.cast(DataType.INT32)).operation();
    try (Session session = new Session(graph)) {
      session.run(tf.globalVariablesInitializer(), tf.localVariablesInitializer());
      Coordinator coord = new Coordinator();
      List<Thread> threads = QueueRunners.start(session, coord);
      try {
        while (!coord.shouldStop()) {
          session.run(train);
        }
      } catch (OutOfRangeException e) {
        // the epochs are over
      } finally {
        coord.requestStop();
      }
      coord.join(threads); // throws what a thread failed with
      assertThat(session.fetch(seen).getInt(0)).isEqualTo(2 * 40 * 10 / 32);
    }
  }

  @Test
  void accumulators() {
    Tensor gradient = tf.placeholder(DataType.FLOAT32, 2);
    Tensor step = tf.placeholder(DataType.INT64);
    Accumulator sums = tf.conditionalAccumulator(DataType.FLOAT32, Shape.of(2));
    Operation apply = sums.apply(gradient, step);
    Tensor mean = sums.take(3);
    try (Session session = new Session(graph)) {
      for (int i = 0; i < 3; i++) {
        session.feed(gradient, new float[] {i, 3}).feed(step, 0L).run(apply);
      }
      assertThat(session.fetchValue(mean).toFloats()).containsExactly(1, 3);
      session.feed(gradient, new float[] {9, 9}).feed(step, 0L).run(apply);
      assertThat(session.fetch(sums.count()).getInt(0)).isZero();
    }
  }

  @Test
  void mutexes() {
    Tensor score = tf.placeholder(DataType.FLOAT32, Shape.scalar());
    Mutex mutex = tf.mutex();
    Variable best = tf.variable("best", 0f);
    Tensor kept =
        mutex.execute(
            () -> {
              Tensor greater = tf.maximum(best.readValue(), score);
              return best.assign(greater).add(0f);
            },
            score);
    try (Session session = new Session(graph)) {
      session.run(tf.globalVariablesInitializer());
      assertThat(session.feed(score, 3f).fetch(kept).getFloat(0)).isEqualTo(3);
      assertThat(session.feed(score, 2f).fetch(kept).getFloat(0)).isEqualTo(3);
    }
  }

  @Test
  void stagingAreas() {
    Tensor x = tf.placeholder(DataType.FLOAT32, 2);
    StagingArea staged = tf.stagingArea(List.of(DataType.FLOAT32), List.of(Shape.of(2)));
    Operation put = staged.put(x);
    List<Tensor> oldest = staged.get();
    Tensor waiting = staged.size();
    try (Session session = new Session(graph)) {
      session.feed(x, new float[] {1, 2}).run(put);
      session.feed(x, new float[] {3, 4}).run(put);
      assertThat(session.fetchValue(oldest.get(0)).toFloats()).containsExactly(1, 2);
      assertThat(session.fetch(waiting).getInt(0)).isEqualTo(1);
    }
  }

  @Test
  void barriers() {
    List<DataType> types = List.of(DataType.FLOAT32, DataType.INT32);
    Barrier pairs = tf.barrier(types, List.of());
    Operation questions = pairs.insertMany(0, new String[] {"a", "b"}, new float[] {1, 2});
    Operation answers = pairs.insertMany(1, new String[] {"b"}, new int[] {20});
    Barrier.Taken ready = pairs.takeMany(1);
    try (Session session = new Session(graph)) {
      session.run(questions);
      session.run(answers);
      assertThat(session.fetchValue(ready.keys()).getString(0)).isEqualTo("b");
    }
  }

  @Test
  void sessionTensors() {
    Tensor x = tf.constant(new float[] {1, 2});
    Tensor handle = tf.getSessionHandle(x);
    Tensor name = tf.placeholder(DataType.STRING);
    Tensor again = tf.getSessionTensor(name, DataType.FLOAT32);
    try (Session session = new Session(graph)) {
      String h = session.fetchValue(handle).getString(0);
      assertThat(session.feed(name, h).fetchValue(again).toFloats()).containsExactly(1, 2);
    }
  }
}
