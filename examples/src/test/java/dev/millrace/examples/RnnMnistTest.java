package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RnnMnistTest {
  @TempDir private Path folder;

  private CommandRun run(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "--plots=" + folder;
    all[1] = "--data=";
    System.arraycopy(args, 0, all, 2, args.length);
    return CommandRun.of(RnnMnist.commandLine(), all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void learnsDrawnDigits(String cell) {
    CommandRun run =
        run(
            "--cell=" + cell,
            "--train=1500",
            "--test=400",
            "--units=40",
            "--epochs=5",
            "--batch=30",
            "--learning-rate=0.005");
    run.succeeded();
    assertThat(run.last("final test accuracy ([0-9.]+)")).isGreaterThan(0.65);
    assertThat(folder.resolve("rnn-mnist.png")).isNotEmptyFile();
  }

  @Test
  void wrongOptionsAndMissingDataAreTold() {
    run("--epochs=0").failed(2, "--epochs must be at least 1");
    run("--cell=brain").failed(2, "--cell");
    CommandRun.of(RnnMnist.commandLine(), "--data=" + folder)
        .failed(1, "rnn-mnist: no MNIST files in " + folder);
    assertThat(run("--help").succeeded().out())
        .contains("--data", "--epochs", "--seed", "--cell", "--plots");
  }
}
