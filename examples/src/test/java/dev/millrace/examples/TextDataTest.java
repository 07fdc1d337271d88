package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextDataTest {
  @TempDir Path folder;

  @Test
  void aVocabularyCountsFromTheMostFrequentWord() {
    Vocabulary v =
        Vocabulary.of(List.of("b", "a", "c", "a", "<pad>", "b", "d"), List.of("<?>", "<pad>"), 5);
    assertThat(v.size()).isEqualTo(5);
    assertThat(v.ids(List.of("<?>", "<pad>", "a", "b", "c", "d")))
        .containsExactly(0, 1, 2, 3, 4, 0);
    assertThat(v.word(2)).isEqualTo("a");
  }

  @Test
  void aVocabularyWithoutAWordForUnknownOnesRefusesThem() {
    Vocabulary v = Vocabulary.of(List.of("a"), List.of(), 5);
    assertThatThrownBy(() -> v.id("b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'b' is not in the vocabulary");
  }

  @Test
  void textIsReadUnpackedOrNot() throws IOException {
    Path plain = folder.resolve("a.txt");
    Files.writeString(plain, "grün\n");
    Path packed = folder.resolve("a.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write("grün\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Texts.read(plain)).isEqualTo("grün\n").isEqualTo(Texts.read(packed));
  }

  @Test
  void inventedTextDependsOnTheSeedAlone() {
    String text = Texts.invented(2000, 3);
    assertThat(text).hasSizeGreaterThanOrEqualTo(2000).isEqualTo(Texts.invented(2000, 3));
    assertThat(text).isNotEqualTo(Texts.invented(2000, 4));
    assertThat(text.lines()).allMatch(l -> l.matches("[A-Z][A-Za-z ]+\\."));
  }

  @Test
  void tweetsComeFromCsv() throws IOException {
    Path file = folder.resolve("t.csv");
    Files.writeString(
        file,
        """
        sentiment,airline,text
        positive,A,"@A Sooo ""good"", #thanks! :) https://t.co/x1"
        neutral,A,hm
        negative,B,"waited 3 hours &amp;
        you don't care"
        """);
    Tweets tweets = Tweets.read(file);
    assertThat(tweets.positive()).containsExactly(true, false);
    assertThat(tweets.words())
        .containsExactly(
            List.of("@a", "soo", "good", "thanks", "!", ":)", "link"),
            List.of("waited", "0", "hours", "and", "you", "don't", "care"));
  }

  @Test
  void aCsvFileWithoutTheColumnIsNamed() throws IOException {
    Path file = folder.resolve("t.csv");
    Files.writeString(file, "mood,text\npositive,x\n");
    assertThatThrownBy(() -> Tweets.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("t.csv, line 2: no column 'sentiment' among [mood, text]");
  }

  @Test
  void inventedTweetsMeanWhatTheyAreLabelled() {
    Tweets tweets = Tweets.invented(500, 1);
    assertThat(tweets.size()).isEqualTo(500);
    List<String> good = List.of("good", "great", "friendly", "quick", "lovely", "perfect");
    for (int i = 0; i < tweets.size(); i++) {
      List<String> w = tweets.words().get(i);
      boolean positive = good.contains(w.get(w.size() - 1)) != w.get(w.size() - 2).equals("not");
      assertThat(tweets.positive().get(i)).as("%s", w).isEqualTo(positive);
    }
    assertThat(new HashSet<>(tweets.positive())).hasSize(2);
  }

  @Test
  void datesAreSaidInManyWays() {
    List<DatePhrases> dates = DatePhrases.invented(2000, 7);
    assertThat(dates).isEqualTo(DatePhrases.invented(2000, 7)).doesNotHaveDuplicates();
    assertThat(dates.stream().map(DatePhrases::digits)).doesNotHaveDuplicates();
    assertThat(dates.stream().map(DatePhrases::digits))
        .allMatch(d -> d.matches("\\d{4}-\\d\\d-\\d\\d"));
    assertThat(dates.stream().map(DatePhrases::phrase))
        .anyMatch(p -> p.matches("the [a-z-]+ of [a-z]+ \\d{4}"))
        .anyMatch(p -> p.matches("[a-z]+ \\d+, \\d{4}"))
        .anyMatch(p -> p.matches("\\d+ [a-z]{3,4} \\d{4}"))
        .anyMatch(p -> p.matches("\\d+/\\d+/\\d{4}"));
    for (DatePhrases d : dates) {
      assertThat(d.phrase()).endsWith(d.digits().substring(0, 4));
    }
  }

  @Test
  void aWaveIsShiftedByOneStep() {
    Wave.Pieces w = Wave.formula().from(20, 0, 15);
    assertThat(w.inputs()[1][0][0])
        .isEqualTo((float) (1.5 * Math.sin(1.5) / 3 + 2 * Math.sin(7.5)));
    assertThat(w.targets()[0][4][0]).isEqualTo(w.inputs()[0][5][0]);
  }

  @Test
  void aPlotIsAPngFile() throws IOException {
    Path file = folder.resolve("deep/er/plot.png");
    double[] x = {0, 1, 2};
    Plots.titled("Loss", "step", "loss")
        .logarithmic()
        .line("training", x, new double[] {100, 10, 1})
        .points("test", x, new double[] {90, 20, 2})
        .save(file);
    assertThat(javax.imageio.ImageIO.read(file.toFile()).getWidth()).isEqualTo(800);
  }
}
