package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Saver;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Meta graphs that Python programs wrote years ago, restored, trained and saved here and by
 * TensorFlow 1.15.0, on the same feeds. Needs the profile {@code interop} and, in {@code
 * MILLRACE_DATA}, a directory {@code realworld} with the files.
 */
class RealGraphsInteropTest {
  private static final int STEPS = 20;
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path dir;
  private Path data;

  @BeforeEach
  void needsTensorFlowAndData() {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    String given = System.getenv("MILLRACE_DATA");
    assumeTrue(given != null, "MILLRACE_DATA names no directory with the graphs");
    data = Path.of(given, "realworld");
    assumeTrue(Files.isDirectory(data), () -> data + " is not there");
  }

  /**
   * One of the graphs: the checkpoint that it starts from, what is fed and fetched, what a step is.
   */
  private record Job(
      Path meta,
      Path checkpoint,
      Map<String, TensorValue> feeds,
      String loss,
      String step,
      List<String> results) {}

  @Test
  void trainingGoesOnAsInTensorFlow() throws Exception {
    Map<String, Job> jobs = new LinkedHashMap<>();
    jobs.put("char_rnn", charRnn());
    jobs.put("mnist_cnn", mnistCnn());
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    for (Map.Entry<String, Job> j : jobs.entrySet()) {
      Job job = j.getValue();
      graphs.put(j.getKey(), forJudge(job, job.checkpoint));
    }
    Map<String, List<TensorValue>> want = TensorFlowJudge.run(graphs, dir.resolve("work"));
    for (Map.Entry<String, Job> j : jobs.entrySet()) {
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        if (o.mode() == SessionOptions.Mode.PLAN || j.getKey().equals("char_rnn")) {
          compare(j.getKey(), j.getValue(), o, want.get(j.getKey()));
        }
      }
    }
    // What was saved here after the steps, TensorFlow restores: the loss goes on from there.
    Map<String, GraphDef> next = new LinkedHashMap<>();
    for (Map.Entry<String, Job> j : jobs.entrySet()) {
      next.put(j.getKey(), forJudge(j.getValue(), saved(j.getKey(), SessionOptions.plan())));
    }
    Map<String, List<TensorValue>> after = TensorFlowJudge.run(next, dir.resolve("work2"));
    for (String name : jobs.keySet()) {
      assertClose(name + ", restored", after.get(name).get(0), lastLoss.get(name));
    }
  }

  private final Map<String, TensorValue> lastLoss = new LinkedHashMap<>();

  private Path saved(String name, SessionOptions o) {
    return dir.resolve(name + "-" + o.mode());
  }

  /** Results: the loss before, the losses of the steps, and the tensors asked for after them. */
  private void compare(String name, Job job, SessionOptions o, List<TensorValue> want) {
    MetaGraph m = MetaGraph.load(job.meta);
    Saver saver = Saver.of(m);
    try (Session s = new Session(m.graph(), o)) {
      saver.restore(s, job.checkpoint);
      TensorValue before = fetch(s, job, job.loss);
      assertClose(name + ", loss before", before, want.get(0));
      float[] losses = new float[STEPS];
      for (int i = 0; i < STEPS; i++) {
        var r = s.runner();
        job.feeds.forEach(r::feed);
        losses[i] =
            (float) r.target(m.graph().operation(job.step)).fetchValue(job.loss).getDouble(0);
      }
      assertClose(name + ", losses", TensorValue.of((Object) losses), want.get(1));
      for (int k = 0; k < job.results.size(); k++) {
        String what = job.results.get(k);
        assertClose(name + ", " + what, fetch(s, job, what), want.get(2 + k), TOLERANCE);
      }
      lastLoss.put(name, fetch(s, job, job.loss));
      saver.save(s, saved(name, o));
    }
    assertThat(CheckpointReader.exists(saved(name, o))).isTrue();
  }

  private static TensorValue fetch(Session s, Job job, String what) {
    var r = s.runner();
    job.feeds.forEach(r::feed);
    return r.fetchValue(what);
  }

  private static void assertClose(String what, TensorValue got, TensorValue want) {
    assertClose(what, got, want, TOLERANCE / 10);
  }

  /**
   * To a tolerance relative to each element, and one beside: RMSProp divides a gradient by its own
   * size, so that a weight whose gradient is next to 0 moves by what rounding makes of it, which
   * differs from run to run of TensorFlow too.
   */
  private static void assertClose(String what, TensorValue got, TensorValue want, double absolute) {
    assertThat(got.shape()).as(what).isEqualTo(want.shape());
    for (int i = 0; i < want.size(); i++) {
      double w = want.getDouble(i);
      assertThat(got.getDouble(i))
          .as("%s, %d", what, i)
          .isCloseTo(w, within(TOLERANCE * Math.abs(w) + absolute));
    }
  }

  /** The graph in the form that the judge runs, restoring {@code checkpoint} first. */
  private static GraphDef forJudge(Job job, Path checkpoint) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    ImportOptions options = new ImportOptions();
    int k = 0;
    for (Map.Entry<String, TensorValue> f : job.feeds.entrySet()) {
      tf.constant(f.getValue()).as("feed/" + k);
      options.mapInput(
          f.getKey(), tf.placeholder("in/" + k, f.getValue().dtype(), f.getValue().shape().dims()));
      k++;
    }
    options.mapInput("save/Const", tf.constant(checkpoint.toString()));
    MetaGraph m = MetaGraph.importInto(graph, MetaGraph.read(job.meta), options.prefix("m/"));
    tf.group("init", m.operation("save/restore_all"));
    Tensor loss = m.tensor(job.loss);
    tf.identity(loss).as("before/0");
    tf.identity(loss).as("each");
    Operation step = m.operation(job.step);
    tf.group("step", step);
    tf.constant("step_count", STEPS);
    for (int i = 0; i < job.results.size(); i++) {
      tf.identity(m.tensor(job.results.get(i))).as("out/" + i);
    }
    return graph.toGraphDef();
  }

  private Job charRnn() {
    int batch = 16;
    Random random = new Random(5);
    float[][][] x = new float[batch][50][65];
    int[][][] y = new int[batch][50][65];
    for (int i = 0; i < batch; i++) {
      for (int t = 0; t < 50; t++) {
        x[i][t][random.nextInt(65)] = 1;
        y[i][t][random.nextInt(65)] = 1;
      }
    }
    Map<String, TensorValue> feeds = new LinkedHashMap<>();
    feeds.put("Placeholder", TensorValue.of((Object) x));
    feeds.put("Placeholder_1", TensorValue.of((Object) y));
    Path files = data.resolve("char_rnn");
    return new Job(
        files.resolve("model.ckpt.meta"),
        files.resolve("model.ckpt"),
        feeds,
        "softmax_cross_entropy_loss/value:0",
        "Adam",
        List.of(
            "dense/kernel/read:0",
            "dense/bias/read:0",
            "rnn/multi_rnn_cell/cell_0/cell_1/kernel/read:0",
            "rnn/multi_rnn_cell/cell_1/cell_2/kernel/read:0",
            "rnn/multi_rnn_cell/cell_1/cell_2/bias/read:0",
            "ArgMax:0"));
  }

  /** It has no checkpoint: what its initialisers draw here is saved, and both start from that. */
  private Job mnistCnn() {
    int batch = 16;
    Random random = new Random(6);
    TensorValue x = TensorValue.zeros(DataType.FLOAT32, Shape.of(batch, 28, 28, 1));
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = random.nextInt(4) == 0 ? random.nextFloat() : 0;
    }
    float[][] y = new float[batch][10];
    for (float[] row : y) {
      row[random.nextInt(10)] = 1;
    }
    Map<String, TensorValue> feeds = new LinkedHashMap<>();
    feeds.put("Placeholder", x);
    feeds.put("Placeholder_1", TensorValue.of((Object) y));
    for (int layer = 1; layer <= 4; layer++) { // nothing is dropped
      feeds.put("layer" + layer + "/dropout/keep_prob", TensorValue.of(1f));
    }
    Path meta = data.resolve("mnist_cnn/mnist-cnn.meta");
    MetaGraph m = MetaGraph.load(meta);
    Path start = dir.resolve("mnist-start");
    try (Session s = new Session(m.graph())) {
      s.run("init");
      Saver.of(m).save(s, start);
    }
    return new Job(
        meta,
        start,
        feeds,
        "cost/Mean:0",
        "RMSProp",
        List.of("W1/read:0", "W3/read:0", "W5/read:0", "W5/RMSProp:0"));
  }
}
