package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace run} on a small graph with a variable, a scope and strings. */
class RunGraphTest {
  @TempDir private Path folder;

  private String graph;

  @BeforeEach
  void writeGraph() {
    Graph g = new Graph();
    Ops tf = Ops.of(g);
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 2);
    Variable w = tf.variable("w", new float[][] {{1, 2}, {3, 4}});
    try (var scope = tf.scope("layer")) {
      x.matmul(w).as("product");
      tf.placeholder("count", DataType.INT32).mul(2).as("doubled");
    }
    tf.group("grow", w.assignAdd(tf.onesLike(w)));
    tf.placeholder("text", DataType.STRING, -1).as("echo");
    tf.globalVariablesInitializer();
    Path file = folder.resolve("graph.pb");
    GraphFiles.write(file, g);
    GraphFiles.write(folder.resolve("graph.pbtxt"), g);
    graph = file.toString();
  }

  @Test
  void feedsLiteralsAndPrintsArrays() {
    CommandRun run =
        CommandRun.of(
            "run", graph, "--init=init", "--feed", "x=[[1, 0], [0.5, 1]]", "--fetch=layer/product");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).isEqualTo("[[1.  2. ]\n [3.5 5. ]]\n");
  }

  @Test
  void tracesRunsButTheFirst() throws IOException {
    Path file = folder.resolve("trace.json");
    CommandRun run =
        CommandRun.of(
            "run",
            graph,
            "--init=init",
            "--feed",
            "x=[[1, 0]]",
            "--fetch=layer/product",
            "--plan",
            "--times=4",
            "--trace=" + file);
    assertThat(run.status()).isZero();
    assertThat(run.out()).isEqualTo("[[1. 2.]]\n");
    assertThat(run.err()).contains("= MatMul 'layer/MatMul'", "3 runs, ", "  MatMul\n");
    assertThat(Files.readString(file)).contains("\"traceEvents\":[").contains("\"MatMul\"");
  }

  @Test
  void readsTextFiles() {
    String text = folder.resolve("graph.pbtxt").toString();
    CommandRun run =
        CommandRun.of("run", text, "--feed", "layer/count=21", "--fetch=layer/doubled");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("42\n");
  }

  @Test
  void namesSeveralFetches() {
    CommandRun run =
        CommandRun.of(
            "run",
            graph,
            "--init=init",
            "--feed=x:0=[[1, 1]]",
            "--feed=layer/count=3",
            "--fetch=layer/product:0",
            "--fetch=layer/doubled",
            "--reference");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo("layer/product:0 float32[1,2] =\n[[4. 6.]]\nlayer/doubled int32[] =\n6\n");
  }

  @Test
  void prefixSavesTyping() {
    CommandRun run =
        CommandRun.of("run", graph, "--prefix=layer", "--feed=count=4", "--fetch=doubled");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("8\n");
  }

  @Test
  void runsTargetsAlone() {
    CommandRun run = CommandRun.of("run", graph, "--init=init", "--target=grow");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).isEmpty();
  }

  @Test
  void readsAndWritesNpyFiles() throws IOException {
    Path in = folder.resolve("x.npy");
    NpyFiles.write(
        in, TensorValue.of(new double[][] {{0, 1}})); // double: converts as in TensorFlow
    Path out = folder.resolve("results").resolve("deep");
    CommandRun run =
        CommandRun.of(
            "run",
            graph,
            "--init=init",
            "--feed=x=" + in,
            "--fetch=layer/product:0",
            "--out",
            out.toString());
    assertThat(run.err()).isEmpty();
    Path written = out.resolve("layer_product_0.npy");
    assertThat(run.out()).isEqualTo("layer/product:0 float32[1,2] -> " + written + "\n");
    assertThat(NpyFiles.read(written)).isEqualTo(TensorValue.of(new float[][] {{3, 4}}));
  }

  @Test
  void feedsStrings() {
    CommandRun run = CommandRun.of("run", graph, "--feed=text=[\"a b\", c]", "--fetch=echo");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("[\"a b\" \"c\"]\n");
  }

  private void fails(String message, String... args) {
    CommandRun run = CommandRun.of(args);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message).startsWith("millrace: ").doesNotContain("\tat ");
  }

  @Test
  void failuresAreOneMessage() throws IOException {
    fails("no such file", "run", folder.resolve("absent.pb").toString(), "--fetch=x");
    fails("'y'", "run", graph, "--fetch=y");
    fails("--feed x:0: ", "run", graph, "--feed=x=[[1, two]]", "--fetch=x");
    fails("there is no file nowhere.npy", "run", graph, "--feed=x=nowhere.npy", "--fetch=x");
    fails("[1,3]", "run", graph, "--feed=x=[[1, 2, 3]]", "--fetch=x");
    Path fractions = folder.resolve("f.npy");
    NpyFiles.write(fractions, TensorValue.of(1.5));
    fails("--feed layer/count:0: ", "run", graph, "--feed=layer/count=" + fractions, "--fetch=x");
  }

  @Test
  void stackTracesAreShownOnDemand() {
    CommandRun run = CommandRun.of("run", graph, "--fetch=y", "--stacktrace");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("\tat dev.millrace.");
  }

  @Test
  void wrongUsageIsExplained() {
    CommandRun nothing = CommandRun.of("run", graph);
    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.err()).contains("Nothing to run: give a --fetch or a --target", "Usage:");
    assertThat(CommandRun.of("run", graph, "--feed=x", "--fetch=x").err())
        .contains("--feed takes NAME=VALUE, not 'x'");
    assertThat(CommandRun.of().status()).isEqualTo(2);
    assertThat(CommandRun.of("run", "--help").out()).contains("--feed", "--fetch", "--stacktrace");
  }
}
