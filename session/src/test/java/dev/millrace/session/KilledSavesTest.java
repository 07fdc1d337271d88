package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.checkpoint.CheckpointReader;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that is killed at any instant while it saves leaves a whole latest checkpoint, and the
 * whole one of a name that is saved again and again. {@code -Dmillrace.kills=2000} is the long
 * form.
 */
class KilledSavesTest {
  private static final int KILLS = Integer.getInteger("millrace.kills", 6);

  @TempDir private Path dir;

  @Test
  void theLatestCheckpointIsAlwaysWhole() throws Exception {
    long seed = Long.getLong("millrace.seed", 1);
    Random random = new Random(seed);
    long before = 0;
    long sameBefore = 0;
    for (int i = 0; i < KILLS; i++) {
      Process p = start();
      try {
        if (i % 4 == 3) { // at any time from its beginning
          TimeUnit.MILLISECONDS.sleep(random.nextInt(800));
        } else { // while it saves for the second time, or a later one
          assertThat(p.getInputStream().read()).as("kill %d: it runs", i).isEqualTo('.');
          TimeUnit.MICROSECONDS.sleep(random.nextInt(40_000));
        }
      } finally {
        p.destroyForcibly();
        p.waitFor();
      }
      long latest = SaveLoop.latest(dir);
      assertThat(latest).as("kill %d, seed %d", i, seed).isGreaterThanOrEqualTo(before);
      before = latest;
      Path same = dir.resolve(SaveLoop.SAME);
      if (CheckpointReader.exists(same)) {
        long step = SaveLoop.check(same);
        assertThat(step).as("kill %d, seed %d", i, seed).isGreaterThanOrEqualTo(sameBefore);
        sameBefore = step;
      } else {
        assertThat(sameBefore).isEqualTo(0);
      }
    }
    assertThat(before).isGreaterThan(0);
    try (Stream<Path> files = Files.list(dir)) {
      System.out.printf("%d kills: step %d, %d files are left%n", KILLS, before, files.count());
    }
  }

  private Process start() throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator,
                SaveLoop.class.getName(),
                dir.toString()))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
