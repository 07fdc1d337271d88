package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Coordinator;
import dev.millrace.session.QueueRunners;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of examples that threads read, decode, shuffle and batch, while another trains. */
@Timeout(60)
class InputPipelineTest {
  private static final int PER_FILE = 40;

  @TempDir private Path folder;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  /** y = 2 x0 - x1 + 0.5, in two files. */
  private List<String> files() throws Exception {
    Random random = new Random(3);
    String[] names = new String[2];
    for (int f = 0; f < names.length; f++) {
      StringBuilder lines = new StringBuilder("x0,x1,y\n");
      for (int i = 0; i < PER_FILE; i++) {
        float a = random.nextFloat();
        float b = random.nextFloat();
        lines.append(a).append(',').append(b).append(',').append(2 * a - b + 0.5f).append('\n');
      }
      Path file = folder.resolve("examples-" + f + ".csv");
      Files.writeString(file, lines);
      names[f] = file.toString();
    }
    return List.of(names);
  }

  private List<Tensor> batches(List<String> names, int epochs) {
    Queue files = tf.inputs().epochs(epochs).stringProducer(names);
    Tensor line = tf.io().textLineReader(1).read(files).value();
    List<Tensor> columns =
        tf.io().decodeCsv(line, List.of(new float[] {}, new float[] {}, new float[] {}));
    Tensor x = tf.stack(columns.subList(0, 2));
    return tf.inputs()
        .capacity(50)
        .threads(2)
        .allowSmallerFinalBatch(true)
        .shuffleBatch(List.of(x, columns.get(2)), 8, 10);
  }

  @ParameterizedTest
  @EnumSource
  void trainsAndStopsCleanly(SessionOptions.Mode mode) throws Exception {
    int epochs = mode == SessionOptions.Mode.PLAN ? 30 : 15;
    List<Tensor> batch = batches(files(), epochs);
    Variable w = tf.variable("w", Initializers.zeros(), 2, 1);
    Variable b = tf.variable("b", Initializers.zeros(), 1);
    Variable seen = tf.newVariable("seen").initialValue(0).trainable(false).build();
    Tensor predicted = batch.get(0).matmul(w).add(b).squeeze();
    Tensor loss = predicted.sub(batch.get(1)).square().reduceMean();
    Operation step = new GradientDescentOptimizer(0.3f).minimize(loss);
    Operation count = seen.assignAdd(tf.sizeTensor(batch.get(1))).operation();
    Operation init = tf.group(tf.globalVariablesInitializer(), tf.localVariablesInitializer());
    List<Thread> threads;
    try (Session s = new Session(graph, SessionOptions.builder().mode(mode).build())) {
      s.run(init);
      Coordinator coord = new Coordinator();
      threads = QueueRunners.start(s, coord);
      assertThat(threads).hasSize(5); // names; two that read; and one each that cancels
      assertThatThrownBy(
              () -> {
                while (!coord.shouldStop()) {
                  s.run(step, count);
                }
              })
          .isInstanceOf(OutOfRangeException.class);
      coord.requestStop();
      coord.join(threads);
      // Every example was seen as often as there were epochs, and none twice.
      assertThat(s.fetchValue(seen).ints()[0]).isEqualTo(epochs * 2 * PER_FILE);
      assertThat(s.fetchValue(w).floats()[0]).isBetween(1.6f, 2.1f);
      assertThat(s.fetchValue(w).floats()[1]).isBetween(-1.1f, -0.6f);
    }
    assertThat(threads).noneMatch(Thread::isAlive);
  }

  @ParameterizedTest
  @EnumSource
  void aFailureOfAThreadReachesWhoJoins(SessionOptions.Mode mode) throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.csv"), "x0,x1,y\n1,2,3\n1,oh,3\n");
    List<Tensor> batch = batches(List.of(broken.toString()), 1);
    try (Session s = new Session(graph, SessionOptions.builder().mode(mode).build())) {
      s.run(tf.localVariablesInitializer());
      Coordinator coord = new Coordinator();
      List<Thread> threads = QueueRunners.start(s, coord);
      assertThatThrownBy(() -> coord.join(threads))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("DecodeCSV")
          .hasMessageContaining("field 1 in record 0: 'oh' is no valid float32");
      assertThat(threads).noneMatch(Thread::isAlive);
      assertThat(batch).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSessionsEndFreesTheThreads(SessionOptions.Mode mode) throws Exception {
    batches(files(), 1000);
    Coordinator coord = new Coordinator();
    List<Thread> threads;
    try (Session s = new Session(graph, SessionOptions.builder().mode(mode).build())) {
      s.run(tf.localVariablesInitializer());
      threads = QueueRunners.start(s, coord);
      Thread.sleep(20);
    }
    coord.requestStop();
    coord.join(threads);
    assertThat(threads).noneMatch(Thread::isAlive);
  }
}
