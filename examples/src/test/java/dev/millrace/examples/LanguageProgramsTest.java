package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that learn from words: short runs on what they make themselves must learn. */
class LanguageProgramsTest {
  @TempDir private Path folder;

  private String plots() {
    return "--plots=" + folder.resolve("plots");
  }

  private void assertPicture(String name) throws IOException {
    assertThat(ImageIO.read(folder.resolve("plots").resolve(name + ".png").toFile()).getWidth())
        .isEqualTo(Picture.WIDTH);
  }

  @Test
  void word2vecFindsWordsOfTheSameKind() throws IOException {
    CommandRun r =
        CommandRun.of(
                Word2Vec.commandLine(),
                "--data=",
                "--epochs=1",
                "--size=16",
                "--batch=512",
                plots())
            .succeeded();
    assertThat(r.last("of the same kind for (\\d+) of 38 words")).isGreaterThan(30);
    assertPicture("word2vec");
  }

  @Test
  void word2vecReadsAnyText() throws IOException {
    Path text = folder.resolve("a.txt");
    Files.writeString(text, "One mill, one river; two mills. ".repeat(40));
    CommandRun r =
        CommandRun.of(
                Word2Vec.commandLine(), "--data=" + text, "--ask=mill,two", "--epochs=1", plots())
            .succeeded();
    assertThat(r.out()).contains("a.txt: 240 words, 6 different ones").containsPattern("\nmill +");
    CommandRun.of(Word2Vec.commandLine(), "--data=" + text, "--ask=wheel")
        .failed(2, "--ask has words that the text has not, or too rarely: [wheel]");
  }

  @Test
  void wordLmLearnsWhatComesNext() throws IOException {
    CommandRun r =
        CommandRun.of(
                WordLm.commandLine(),
                "--data=",
                "--epochs=2",
                "--units=32",
                "--learning-rate=0.02",
                "--length=20",
                plots())
            .succeeded();
    assertThat(r.last("held out ([0-9.]+)")).as("of about 50 words").isLessThan(9);
    assertPicture("word-lm");
  }

  @Test
  void wordLmNeedsEnoughText() throws IOException {
    Path text = folder.resolve("a.txt");
    Files.writeString(text, "One mill, one river. ".repeat(40));
    CommandRun.of(WordLm.commandLine(), "--data=" + text)
        .failed(2, "the text is too short: its held-out tenth must have more than");
    CommandRun.of(WordLm.commandLine(), "--data=" + folder)
        .failed(1, "word-lm: no tinyshakespeare.txt or tinyshakespeare.txt.gz in " + folder);
  }

  @Test
  void sentimentLearnsWhatNotAndButDo() throws IOException {
    CommandRun r =
        CommandRun.of(
                Sentiment.commandLine(),
                "--data=",
                "--epochs=6",
                "--units=16",
                "--embedding=16",
                "--dropout=0.1",
                "--word-dropout=0",
                "--learning-rate=0.02",
                plots())
            .succeeded();
    assertThat(r.last("final test accuracy ([0-9.]+)")).isGreaterThan(0.9);
    assertPicture("sentiment");
  }

  @Test
  void sentimentReadsCsv() throws IOException {
    Path csv = folder.resolve("t.csv");
    Files.writeString(
        csv,
        "sentiment,text\n" + "positive,so good\nneutral,hm\nnegative,\"so, bad\"\n".repeat(10));
    CommandRun r =
        CommandRun.of(Sentiment.commandLine(), "--data=" + folder, "--epochs=1", plots())
            .succeeded();
    assertThat(r.out()).contains("16 tweets to train, 4 to test, 5 words");
    Files.writeString(csv, "mood,text\npositive,x\n");
    CommandRun.of(Sentiment.commandLine(), "--data=" + csv)
        .failed(1, "sentiment: " + csv + ", line 2: no column 'sentiment'");
    CommandRun.of(Sentiment.commandLine(), "--data=" + folder.resolve("none"))
        .failed(1, "sentiment: there is no file or folder " + folder.resolve("none"));
  }

  @Test
  void translateLearnsPairs() throws IOException {
    Path pairs = folder.resolve("pairs.tsv");
    String[] digits = {"zero", "one", "two", "three", "four"};
    Files.writeString(
        pairs,
        IntStream.range(0, 400)
            .mapToObj(
                i -> {
                  int a = i % 5;
                  int b = i / 5 % 5;
                  return digits[a] + " " + digits[b] + "\t" + a + b + "\n";
                })
            .collect(Collectors.joining()));
    CommandRun r =
        CommandRun.of(
                Translate.commandLine(),
                "--data=" + pairs,
                "--epochs=8",
                "--units=32",
                "--batch=20",
                "--learning-rate=0.02",
                "--beams=3",
                "--phrase=three one",
                plots())
            .succeeded();
    assertThat(r.last("held-out phrases ([0-9.]+)")).isGreaterThan(0.9);
    assertThat(r.out()).contains("three one -> 31");
    assertPicture("translate");
    assertPicture("translate-attention");
  }

  @Test
  void translateSaysWhichLineIsWrong() throws IOException {
    Path pairs = folder.resolve("pairs.tsv");
    Files.writeString(pairs, "one\t1\ntwo 2\n");
    CommandRun.of(Translate.commandLine(), "--data=" + pairs)
        .failed(1, "translate: " + pairs + ", line 2: not a phrase, a tab and its translation");
    CommandRun.of(Translate.commandLine(), "--data=" + folder.resolve("none"))
        .failed(1, "translate: there is no file " + folder.resolve("none"));
    CommandRun.of(Translate.commandLine(), "--pairs=30", "--phrase=§")
        .failed(2, "--phrase must be made of characters that the pairs have");
  }

  @Test
  void wrongOptionsAreUsageErrors() {
    CommandRun.of(Word2Vec.commandLine(), "--size=1").failed(2, "--size at least 2");
    CommandRun.of(WordLm.commandLine(), "--dropout=1").failed(2, "--dropout must be");
    CommandRun.of(Sentiment.commandLine(), "--epochs=0").failed(2, "--epochs and --batch");
    CommandRun.of(Translate.commandLine(), "--pairs=60000").failed(2, "--pairs must be");
    CommandRun.of(Sentiment.commandLine(), "--epochs=many").failed(2, "'--epochs'");
    CommandRun.of(Sentiment.commandLine(), "--units=5", "there").failed(2, "Unmatched argument");
  }

  @Test
  void helpListsTheOptions() {
    for (var line :
        new picocli.CommandLine[] {
          Word2Vec.commandLine(),
          WordLm.commandLine(),
          Sentiment.commandLine(),
          Translate.commandLine()
        }) {
      assertThat(CommandRun.of(line, "--help").succeeded().out())
          .contains("--data", "--epochs", "--seed", "--plots", "Usage: " + line.getCommandName());
    }
  }
}
