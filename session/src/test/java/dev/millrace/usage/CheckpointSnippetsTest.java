package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Variable;
import dev.millrace.session.Saver;
import dev.millrace.session.Session;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of docs/checkpoints.md. */
class CheckpointSnippetsTest {
  @TempDir private Path dir;

  @Test
  void savingAndRestoring() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable w = tf.variable("layer/w", new float[][] {{1, 2}, {3, 4}});
    Variable step = tf.newVariable("step").initialValue(0L).trainable(false).build();
    Saver saver = Saver.of(graph);

    Path last;
    try (Session session = new Session(graph)) {
      session.run(tf.globalVariablesInitializer());
      last = saver.save(session, dir.resolve("model"), 1000);
    }
    assertThat(last).isEqualTo(dir.resolve("model-1000"));

    try (Session session = new Session(graph)) {
      saver.restore(session, Saver.latestCheckpoint(dir).orElseThrow());
      assertThat(session.fetch(w).getFloat(1, 0)).isEqualTo(3);
      assertThat(session.fetchValue(step)).isEqualTo(TensorValue.of(0L));
    }

    Saver some = Saver.builder(graph).variables(List.of(w)).name("save_w").build();
    Saver renamed = Saver.builder(graph).variables(Map.of("old/w", w)).name("save_old").build();
    Saver scope = Saver.builder(graph).scope("layer/", "encoder/").name("save_scope").build();
    saver.recoverLastCheckpoints(Saver.checkpointState(dir).orElseThrow().all());
    assertThat(saver.lastCheckpoints()).containsExactly(last);

    try (CheckpointReader reader = CheckpointReader.open(last)) {
      TensorValue value = reader.read("layer/w");
      assertThat(value.floats()).containsExactly(1, 2, 3, 4);
    }
    try (Session session = new Session(graph)) {
      some.restore(session, last);
      try (CheckpointReader r =
          CheckpointReader.open(renamed.save(session, dir.resolve("renamed")))) {
        assertThat(r.entries()).containsOnlyKeys("old/w");
      }
      try (CheckpointReader r = CheckpointReader.open(scope.save(session, dir.resolve("scope")))) {
        assertThat(r.entries()).containsOnlyKeys("encoder/w");
      }
    }
  }
}
