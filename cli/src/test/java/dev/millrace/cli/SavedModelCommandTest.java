package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.MetaGraph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.session.SavedModelBuilder;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace run} and {@code show} on a SavedModel that was made for workers with GPUs. */
class SavedModelCommandTest {
  @TempDir private Path dir;
  private final Graph graph = new Graph();
  private Path model;

  @BeforeEach
  void save() throws IOException {
    Ops tf = Ops.of(graph);
    Path words = Files.writeString(dir.resolve("words.txt"), "one\ntwo\n");
    SessionOptions soft = SessionOptions.builder().allowSoftPlacement(true).build();
    try (var d = tf.device("/job:worker/replica:0/task:3/device:GPU:1")) {
      Tensor x = tf.placeholder("in", DataType.FLOAT32, -1, 2);
      Variable w = tf.variable("w", new float[][] {{1, 2}, {3, 4}});
      Tensor y = x.matmul(w).as("product");
      Tensor best = y.argMax(1).as("best");
      Tensor file = tf.constant("unset").as("file");
      Variable name = tf.newVariable("name").initialValue("").trainable(false).build();
      tf.identity(name).as("words");
      tf.group("grow", w.assignAdd(tf.onesLike(w)));
      try (Session s = new Session(graph, soft)) {
        s.run(tf.globalVariablesInitializer());
        model =
            new SavedModelBuilder(s)
                .signature("serving_default", Map.of("x", x), Map.of("y", y, "best", best))
                .signature("double", Map.of("in", y), Map.of("out", y.mul(2).as("doubled")))
                .asset(file, words)
                .mainOp(name.assign(file).operation())
                .save(dir.resolve("model"), "serve", "gpu");
      }
    }
  }

  private static CommandRun succeeds(String... args) {
    CommandRun run = CommandRun.of(args);
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return run;
  }

  private static void fails(int status, String message, String... args) {
    CommandRun run = CommandRun.of(args);
    assertThat(run.err()).contains(message);
    assertThat(run.status()).isEqualTo(status);
  }

  @Test
  void aSignatureTellsTheNames() {
    String m = model.toString();
    CommandRun all = succeeds("run", m, "--tag=serve,gpu", "--feed=x=[[1, 1], [2, 0]]");
    assertThat(all.out())
        .isEqualTo("best int64[2] =\n[1 1]\ny float32[2,2] =\n[[4. 6.]\n [2. 4.]]\n");
    CommandRun one =
        succeeds("run", m, "--tag=gpu", "--tag=serve", "--feed=in:0=[[1, 1]]", "--fetch=y");
    assertThat(one.out()).isEqualTo("[[4. 6.]]\n");
    CommandRun other =
        succeeds("run", m, "--tag=serve,gpu", "--signature=double", "--feed=in=[[1.5, 2]]");
    assertThat(other.out()).isEqualTo("[[3. 4.]]\n");
  }

  @Test
  void tensorNamesReachWhatNoSignatureNames() {
    CommandRun run = succeeds("run", model.toString(), "--tag=serve,gpu", "--fetch=words");
    assertThat(run.out()).isEqualTo('"' + model.resolve("assets/words.txt").toString() + "\"\n");
  }

  @Test
  void aModelIsTrainedAndSaved() {
    Path saved = dir.resolve("grown");
    succeeds(
        "run",
        model.resolve("saved_model.pb").toString(),
        "--tag=serve,gpu",
        "--target=grow",
        "--times=3",
        "--save=" + saved);
    try (CheckpointReader r = CheckpointReader.open(saved)) {
      assertThat(r.read("w").floats()).containsExactly(4, 5, 6, 7);
    }
    CommandRun run =
        succeeds(
            "run",
            model.toString(),
            "--tag=serve,gpu",
            "--checkpoint=" + saved,
            "--feed=x=[[1, 0]]",
            "--fetch=y",
            "--reference");
    assertThat(run.out()).isEqualTo("[[4. 5.]]\n");
  }

  @Test
  void mistakesAreExplained() {
    String m = model.toString();
    fails(1, "no graph tagged [serve]; there are [[gpu, serve]]", "run", m, "--fetch=y");
    fails(
        1,
        "no signature 'classify'; it has [double, serving_default]",
        "run",
        m,
        "--tag=serve,gpu",
        "--signature=classify");
    fails(1, "no operation 'z'", "run", m, "--tag=serve,gpu", "--fetch=z");
    fails(1, "holds no SavedModel", "run", dir.toString(), "--fetch=y");
    fails(1, "holds no SavedModel", "show", dir.toString());
    fails(1, "no such file", "show", dir.resolve("none.pb").toString());
  }

  /** Jobs and GPUs that are not there: what a graph asks for is a wish. */
  @Test
  void graphsOfOtherDevicesRun() {
    Path file = dir.resolve("graph.pb");
    GraphFiles.write(file, graph);
    CommandRun run =
        succeeds(
            "run",
            file.toString(),
            "--feed=product=[[1, 0]]",
            "--fetch=best",
            "--fetch=in",
            "--feed=in=[[1, 2]]");
    assertThat(run.out()).contains("best int64[1] =\n[0]");
    MetaGraphDef meta = MetaGraph.writer(graph).build();
    Path odd = dir.resolve("meta-graph.pb"); // not the usual name
    GraphFiles.write(odd, meta);
    assertThat(succeeds("run", odd.toString(), "--feed=product=[[1, 0]]", "--fetch=best").out())
        .isEqualTo("[0]\n");
  }

  @Test
  void modelsAreShown() {
    CommandRun run = succeeds("show", model.toString());
    assertThat(run.out().lines())
        .contains(
            "SavedModel " + model + ", graphs: 1",
            "tags: [gpu, serve]",
            "signature serving_default (tensorflow/serving/predict)",
            "  input  x float32[?,2] = in:0",
            "  output best int64[?] = best:0",
            "  output y float32[?,2] = product:0",
            "signature double (tensorflow/serving/predict)",
            "inputs: 3",
            "  in float32[?,2]",
            "  save/Const string[], with a default",
            "variables: 2",
            "  w float32[2,2]",
            "  name string[]",
            "  2 VarHandleOp",
            "collections: 4",
            "  saved_model_main_op: " + mainOp(),
            "  trainable_variables: 1 message",
            "  variables: 2 messages",
            "assets: 1",
            "  words.txt = file:0")
        .anyMatch(s -> s.startsWith("nodes: ") && s.contains("GraphDef version 134"))
        .anyMatch(s -> s.startsWith("  /job:worker/replica:0/task:3/device:GPU:1, "))
        .anyMatch(s -> s.startsWith("saver: save/restore_all"))
        .noneMatch(s -> s.startsWith("unknown op types"));
    fails(1, "no graph tagged [cpu]", "show", model.toString(), "--tag=cpu");
  }

  private String mainOp() {
    return GraphFile.read(model)
        .graphs()
        .get(0)
        .getCollectionDefOrThrow("saved_model_main_op")
        .getNodeList()
        .getValue(0);
  }

  /** What cannot be imported can be shown. */
  @Test
  void strangeGraphsAreShown() {
    GraphDef.Builder g = GraphDef.newBuilder();
    for (int i = 0; i < 30; i++) {
      g.addNode(NodeDef.newBuilder().setName("n" + i).setOp("Strange" + i % 25).addInput("gone"));
    }
    Path file = dir.resolve("strange.pbtxt");
    GraphFiles.write(file, g.build());
    CommandRun run = succeeds("show", file.toString());
    assertThat(run.out().lines())
        .contains(
            "graph " + file,
            "nodes: 30, GraphDef version 0",
            "op types: 25",
            "  2 Strange0",
            "unknown op types: 25",
            "  Strange3 (n3, n28)",
            "  … and 5 more; --all shows them")
        .doesNotContain("  1 Strange9");
    assertThat(succeeds("show", file.toString(), "--all").out().lines()).contains("  1 Strange9");
  }
}
