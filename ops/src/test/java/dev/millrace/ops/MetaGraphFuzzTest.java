package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.StatusCode;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.SaverDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged meta graphs: whatever is in them, it is one of our errors, or a graph. {@code
 * -Dmillrace.fuzz=100000} is the long form.
 */
class MetaGraphFuzzTest {
  private static final int TIMES = Integer.getInteger("millrace.fuzz", 400);

  @TempDir private Path dir;

  private static MetaGraphDef valid() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable w = tf.variable("w", new float[] {1, 2});
    graph.addToCollection(GraphKeys.TRAIN_OP, w.assignAdd(new float[] {1, 1}).operation());
    new QueueRunner(tf.fifoQueue(3, List.of(DataType.FLOAT32), List.of(Shape.of(2))), List.of())
        .addTo(tf);
    graph.addToCollection("numbers", 7L);
    graph.addToCollection("texts", "text");
    return MetaGraph.writer(graph)
        .saver(SaverDef.newBuilder().setFilenameTensorName("w:0").build())
        .build();
  }

  @Test
  void damagedFiles() throws IOException {
    byte[] good = valid().toByteArray();
    Path file = dir.resolve("m.meta");
    int imported =
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(60), () -> run(good, file));
    assertThat(imported).isGreaterThan(TIMES / 20).isLessThan(TIMES);
    Files.write(file, good);
    assertThat(MetaGraph.load(file).graph().collection(GraphKeys.GLOBAL_VARIABLES)).hasSize(1);
  }

  private static int run(byte[] good, Path file) throws IOException {
    int imported = 0;
    for (int i = 0; i < TIMES; i++) {
      Random r = new Random(i);
      byte[] b = good.clone();
      for (int k = r.nextInt(3); k >= 0; k--) {
        int at = r.nextInt(b.length);
        switch (r.nextInt(6)) {
          case 0 -> b = Arrays.copyOf(b, at + 1);
          case 1 -> b[at] = (byte) r.nextInt();
          default -> b[at] ^= (byte) (1 << r.nextInt(8));
        }
      }
      Files.write(file, b);
      try {
        MetaGraphDef d = GraphFiles.read(file, MetaGraphDef.getDefaultInstance());
        MetaGraph m = MetaGraph.importInto(new Graph(), d, new ImportOptions());
        MetaGraph.writer(m.graph()).build();
        imported++;
      } catch (MillraceException e) {
        assertThat(e.code()).as("seed %d: %s", i, e).isNotEqualTo(StatusCode.INTERNAL);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + i, e);
      }
    }
    return imported;
  }
}
