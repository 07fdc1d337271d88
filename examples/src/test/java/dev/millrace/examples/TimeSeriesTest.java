package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeSeriesTest {
  @TempDir private Path folder;

  private CommandRun run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "--plots=" + folder;
    System.arraycopy(args, 0, all, 1, args.length);
    return CommandRun.of(TimeSeries.commandLine(), all);
  }

  /** How many times the error is to fall in these few steps; in a whole run it is far more. */
  @ParameterizedTest
  @CsvSource({"reshape, 40", "wrapper, 40", "deep, 8"})
  void theErrorFalls(String model, int times) {
    CommandRun run =
        run(
            "--model",
            model,
            "--epochs=2",
            "--keep=0.9",
            "--creative=30",
            "--learning-rate=0.003",
            "--units=60");
    run.succeeded();
    assertThat(run.last("fell ([0-9]+) times")).isGreaterThan(times);
    for (String picture : new String[] {"mse", "prediction", "creative-zeros", "creative-real"}) {
      assertThat(folder.resolve("time-series-" + picture + ".png")).isNotEmptyFile();
    }
  }

  @Test
  void aSeriesMayComeFromAFile() throws IOException {
    Path file = folder.resolve("series.txt");
    Files.writeString(file, "# a ramp\n0\n0.5\n\n1\n1.5\n2\n2.5\n");
    CommandRun run = run("--data=" + file, "--steps=3", "--epochs=1", "--units=10", "--creative=0");
    assertThat(run.succeeded().numbers("MSE ([0-9.]+)")).hasSize(2);
    run("--data=" + file, "--steps=6")
        .failed(2, "the series has 6 values; it needs more than --steps = 6");
    Files.writeString(file, "1\ntwo\n");
    run("--data=" + file, "--steps=1")
        .failed(1, "time-series: " + file + ", line 2: 'two' is not a number");
    run("--data=" + folder).failed(1, "time-series: there is no file " + folder);
  }

  @Test
  void wrongOptionsAreUsageErrors() {
    run("--epochs=0").failed(2, "--epochs must be at least 1");
    run("--keep=0").failed(2, "--keep must be above 0 and not above 1");
    run("--model=forest").failed(2, "--model");
    run("--steps=many").failed(2, "--steps");
    assertThat(run("--help").succeeded().out())
        .contains("--data", "--epochs", "--seed", "--creative", "--plots");
  }
}
