package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.Graph;
import dev.millrace.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workloads give the losses that TensorFlow 1.15.0 gave for the same graphs and batches. */
class WorkloadRunTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "workloads");
  private static final double TOLERANCE = 1e-4;

  private static void check(String workload, SessionOptions options, boolean resident, int steps)
      throws IOException {
    Manifest manifest = Manifest.read(FOLDER, workload);
    check(workload, run(manifest, workload, options, resident).run(steps).losses());
  }

  private static WorkloadRun run(
      Manifest manifest, String workload, SessionOptions options, boolean resident) {
    return new WorkloadRun(
        manifest, workload, options, resident, manifest.loss(), manifest.trainTarget());
  }

  private static void check(String workload, float[] got) throws IOException {
    float[] want = losses(workload);
    int steps = got.length;
    assertThat(want).hasSize(20);
    assertThat(steps).isPositive();
    for (int s = 0; s < steps; s++) {
      assertThat((double) got[s])
          .as("loss of step %d", s)
          .isCloseTo(want[s], within(TOLERANCE * Math.abs(want[s])));
    }
  }

  private static float[] losses(String workload) throws IOException {
    var lines = Files.readAllLines(FOLDER.resolve(workload + ".txt"));
    float[] losses = new float[lines.size()];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = Float.parseFloat(lines.get(i));
    }
    return losses;
  }

  @ParameterizedTest
  @CsvSource({
    "softmax_mnist, false",
    "mlp_mnist, false",
    "mlp_mnist_momentum, false",
    "small_ops, true",
    "elementwise_big, true",
    "matmul_1024, true",
    "rnn_mnist, false",
    "rnn_mnist_static, false",
    "rnn_timeseries, false",
    "lstm_mnist, false",
    "lstm_mnist_block, false",
    "lstm_ptb, false",
    "lstm_mnist_infer, false",
    "rnn_mnist_while_infer, false",
    "lstm_mnist_while_infer, false"
  })
  void plansGiveTheRecordedLosses(String workload, boolean resident) throws IOException {
    check(workload, SessionOptions.plan(), resident, 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp_mnist", "small_ops"})
  void theOtherWayOfFeedingMakesNoDifference(String workload) throws IOException {
    boolean resident = Manifest.read(FOLDER, workload).residentFeeds();
    check(workload, SessionOptions.plan(), !resident, 20);
  }

  /** Large products and element-wise programs take their time there: one step tells enough. */
  @ParameterizedTest
  @CsvSource({
    "softmax_mnist, 20",
    "mlp_mnist, 20",
    "mlp_mnist_momentum, 20",
    "small_ops, 2",
    "elementwise_big, 1",
    "matmul_1024, 1",
    "rnn_timeseries, 2",
    "rnn_mnist_while_infer, 1"
  })
  void theReferenceModeGivesTheRecordedLosses(String workload, int steps) throws IOException {
    check(workload, SessionOptions.reference(), false, steps);
  }

  /** The same models from the same first weights, unrolled by a loop. */
  @ParameterizedTest
  @ValueSource(strings = {"rnn_mnist", "rnn_timeseries", "lstm_mnist", "lstm_ptb"})
  void loopsGiveTheRecordedLosses(String workload) throws IOException {
    Manifest manifest = Manifest.read(FOLDER, workload);
    Graph graph = LoopModels.build(manifest, workload, true);
    check(workload, run(manifest, workload, SessionOptions.plan(), false).run(graph, 20).losses());
  }
}
