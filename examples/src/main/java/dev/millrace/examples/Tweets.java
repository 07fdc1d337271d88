package dev.millrace.examples;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Short messages, each friendly or not.
 *
 * @param words the words of each message
 * @param positive whether it is friendly
 */
record Tweets(List<List<String>> words, List<Boolean> positive) {
  /** Words, numbers as one word, and the marks that carry feeling. */
  private static final Pattern WORD =
      Pattern.compile("@?[a-z]+(?:'[a-z]+)?|[0-9]+|[!?]|[:;]-?[()dp]|\\p{So}");

  private static final Pattern LINK = Pattern.compile("https?://\\S+");
  private static final Pattern DRAWN_OUT = Pattern.compile("(\\p{L})\\1{2,}");

  private static final List<String> FRIENDLY =
      List.of("good", "great", "friendly", "quick", "lovely", "perfect");
  private static final List<String> UNFRIENDLY =
      List.of("bad", "awful", "rude", "late", "broken", "terrible");
  private static final List<String> SUBJECTS =
      List.of("the flight", "my seat", "the crew", "your service", "the food", "this trip");

  int size() {
    return words.size();
  }

  /** The messages from number {@code from} (inclusive) to {@code to} (exclusive). */
  Tweets range(int from, int to) {
    return new Tweets(words.subList(from, to), positive.subList(from, to));
  }

  /** The messages in another order. */
  Tweets shuffled(Random random) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    return ordered(order);
  }

  /** The messages from the shortest to the longest. */
  Tweets byLength() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingInt(i -> words.get(i).size()));
    return ordered(order);
  }

  private Tweets ordered(List<Integer> order) {
    return new Tweets(
        order.stream().map(words::get).toList(), order.stream().map(positive::get).toList());
  }

  /**
   * Reads the messages that the user has named.
   *
   * @param data a CSV file, as {@link #read} takes it, or a folder with one such file in it or in
   *     its subfolder {@code tweets}
   * @throws IOException if there is none, or it cannot be read
   */
  static Tweets load(Path data) throws IOException {
    if (Files.isRegularFile(data)) {
      return read(data);
    }
    for (Path folder : new Path[] {data, data.resolve("tweets")}) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          Optional<Path> csv =
              files.filter(f -> f.toString().matches(".*\\.csv(\\.gz)?")).sorted().findFirst();
          if (csv.isPresent()) {
            return read(csv.get());
          }
        }
      }
    }
    throw new IOException(
        Files.isDirectory(data)
            ? "no .csv or .csv.gz file in " + data + " or its folder tweets"
            : "there is no file or folder " + data);
  }

  /**
   * Reads a CSV file with the columns {@code sentiment} (positive, negative; others are left out)
   * and {@code text}, gzipped or not.
   *
   * @throws IOException if it cannot be read or lacks a column
   */
  static Tweets read(Path file) throws IOException {
    List<List<String>> words = new ArrayList<>();
    List<Boolean> positive = new ArrayList<>();
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
        CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(reader)) {
      for (NamedCsvRecord row : csv) {
        String sentiment = field(file, row, "sentiment");
        if (sentiment.equals("positive") || sentiment.equals("negative")) {
          words.add(wordsOf(field(file, row, "text")));
          positive.add(sentiment.equals("positive"));
        }
      }
    }
    return new Tweets(List.copyOf(words), List.copyOf(positive));
  }

  private static String field(Path file, NamedCsvRecord row, String name) throws IOException {
    return row.findField(name)
        .orElseThrow(
            () ->
                new IOException(
                    file
                        + ", line "
                        + row.getStartingLineNumber()
                        + ": no column '"
                        + name
                        + "' among "
                        + row.getHeader()));
  }

  /**
   * The words of a message, in small letters and without the marks of hashtags; numbers as {@code
   * 0}, links as {@code link}, letters drawn out ("sooo") as two.
   */
  static List<String> wordsOf(String text) {
    String plain = text.toLowerCase(Locale.ROOT).replace("&amp;", "and").replace('\u2019', '\'');
    plain = DRAWN_OUT.matcher(LINK.matcher(plain).replaceAll("link")).replaceAll("$1$1");
    List<String> words = new ArrayList<>();
    Matcher m = WORD.matcher(plain);
    while (m.find()) {
      String w = m.group();
      words.add(Character.isDigit(w.charAt(0)) ? "0" : w);
    }
    return List.copyOf(words);
  }

  /**
   * Invented messages. Half of them say that something is, or is not, what a word says, so that the
   * words alone do not tell: their order does.
   */
  static Tweets invented(int count, long seed) {
    Random random = new Random(seed);
    List<List<String>> words = new ArrayList<>();
    List<Boolean> positive = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean first = random.nextBoolean();
      boolean negated = random.nextInt(3) == 0;
      String text = clause(random, first, negated);
      boolean feeling = first != negated;
      if (random.nextBoolean()) { // what comes after "but" counts
        boolean second = random.nextBoolean();
        boolean secondNegated = random.nextInt(3) == 0;
        text += " but " + clause(random, second, secondNegated);
        feeling = second != secondNegated;
      }
      words.add(wordsOf(text));
      positive.add(feeling);
    }
    return new Tweets(List.copyOf(words), List.copyOf(positive));
  }

  private static String clause(Random random, boolean friendly, boolean negated) {
    List<String> words = friendly ? FRIENDLY : UNFRIENDLY;
    return SUBJECTS.get(random.nextInt(SUBJECTS.size()))
        + (negated ? " was not " : " was ")
        + words.get(random.nextInt(words.size()));
  }
}
