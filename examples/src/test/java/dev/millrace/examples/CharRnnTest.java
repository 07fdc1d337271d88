package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CharRnnTest {
  @TempDir private Path folder;

  private CommandRun run(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "--plots=" + folder;
    all[1] = "--data=";
    System.arraycopy(args, 0, all, 2, args.length);
    return CommandRun.of(CharRnn.commandLine(), all);
  }

  /** The letters of the invented text, drawn without looking at those before, have 2.9 nats. */
  @ParameterizedTest
  @CsvSource({"lstm, 1", "gru, 2"})
  void learnsInventedSentences(String cell, int layers) {
    CommandRun run =
        run(
            "--cell=" + cell,
            "--layers=" + layers,
            "--characters=30000",
            "--units=32",
            "--batch=10",
            "--steps=25",
            "--epochs=3",
            "--learning-rate=0.01",
            "--begin=Anna ",
            "--length=60");
    run.succeeded();
    assertThat(run.last("held out ([0-9.]+) nats")).isLessThan(1.3);
    assertThat(run.out()).contains("\nAnna ");
    assertThat(folder.resolve("char-rnn.png")).isNotEmptyFile();
  }

  @Test
  void readsAnyTextFile() throws IOException {
    Path file = folder.resolve("song.txt");
    Files.writeString(file, "la le lu, ".repeat(200));
    CommandRun run =
        CommandRun.of(
            CharRnn.commandLine(),
            "--data=" + file,
            "--plots=" + folder,
            "--epochs=1",
            "--units=8",
            "--batch=2",
            "--steps=10",
            "--begin=la",
            "--length=5");
    assertThat(run.succeeded().out()).contains("song.txt: 2000 characters, 6 different ones");
  }

  @Test
  void wrongOptionsAndMissingDataAreTold() throws IOException {
    run("--epochs=0").failed(2, "--epochs must be at least 1");
    run("--temperature=0").failed(2, "--temperature must be above 0");
    run("--characters=2000").failed(2, "the text is too short");
    run("--begin=€", "--characters=30000").failed(2, "--begin has '€', which is not in the text");
    CommandRun.of(CharRnn.commandLine(), "--data=" + folder)
        .failed(1, "char-rnn: no tinyshakespeare.txt or tinyshakespeare.txt.gz in " + folder);
    CommandRun.of(CharRnn.commandLine(), "--data=" + folder.resolve("x"))
        .failed(1, "char-rnn: there is no file or folder " + folder.resolve("x"));
    assertThat(run("--help").succeeded().out())
        .contains("--data", "--epochs", "--seed", "--temperature", "--plots");
  }
}
