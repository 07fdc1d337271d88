package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Variable;
import dev.millrace.session.Saver;
import dev.millrace.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace checkpoint}, and {@code millrace run} with meta graphs and checkpoints. */
class CheckpointCommandTest {
  @TempDir private Path dir;
  private final Graph graph = new Graph();
  private Path saved;

  @BeforeEach
  void save() {
    Ops tf = Ops.of(graph);
    Variable w = tf.variable("layer/w", new float[][] {{1, 2}, {3, 4}});
    Variable n = tf.newVariable("n").initialValue(7L).trainable(false).build();
    tf.group("step", n.assignAdd(1L));
    tf.identity(n).as("count");
    tf.identity(w).as("weights");
    Saver saver = Saver.of(graph);
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      saved = saver.save(s, dir.resolve("m"), 3);
    }
  }

  @Test
  void aCheckpointIsShown() throws Exception {
    CommandRun all = CommandRun.of("checkpoint", saved.toString());
    assertThat(all.status()).isZero();
    assertThat(all.out().lines()).containsExactly("layer/w float32[2,2]", "n int64[]");
    CommandRun latest = CommandRun.of("checkpoint", dir.toString(), "n");
    assertThat(latest.out().lines()).containsExactly("n int64[]", "7");
    CommandRun values = CommandRun.of("checkpoint", saved + ".index", "--values");
    assertThat(values.out().lines())
        .containsExactly("layer/w float32[2,2]", "[[1. 2.]", " [3. 4.]]", "n int64[]", "7");
    assertThat(CommandRun.of("checkpoint", saved.toString(), "--verify").out())
        .contains("is undamaged: 2 tensors");
    CommandRun missing = CommandRun.of("checkpoint", saved.toString(), "x");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains("no tensor 'x'");
    Path data = dir.resolve("m-3.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[0] ^= 1;
    Files.write(data, bytes);
    CommandRun damaged = CommandRun.of("checkpoint", saved.toString(), "--verify");
    assertThat(damaged.status()).isEqualTo(1);
    assertThat(damaged.err()).contains("tensor 'layer/w'").contains("damaged");
  }

  @Test
  void graphsRunFromCheckpoints() {
    Path next = dir.resolve("next");
    CommandRun trained =
        CommandRun.of(
            "run",
            saved + ".meta",
            "--checkpoint",
            saved.toString(),
            "--target",
            "step",
            "--times",
            "5",
            "--save",
            next.toString());
    assertThat(trained.status()).as(trained.err()).isZero();
    try (CheckpointReader r = CheckpointReader.open(next)) {
      assertThat(r.read("n").getLong(0)).isEqualTo(12);
    }
    Path plain = dir.resolve("graph.pb");
    GraphFiles.write(plain, graph);
    CommandRun fetched =
        CommandRun.of("run", plain.toString(), "--checkpoint", next.toString(), "--fetch", "count");
    assertThat(fetched.out().lines()).containsExactly("12");
    assertThat(CommandRun.of("run", plain.toString(), "--fetch", "count", "--save", "x").status())
        .isEqualTo(2);
  }
}
