package dev.millrace.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** Text to learn from: a file, or sentences that a small grammar makes. */
final class Texts {
  private static final List<String> NAMES =
      List.of("Anna", "Bruno", "Clara", "David", "Emma", "Felix");
  private static final List<String> ADJECTIVES =
      List.of("old", "small", "quiet", "bright", "green", "broken", "heavy", "patient");
  private static final List<String> THINGS =
      List.of("mill", "river", "wheel", "boat", "lantern", "bridge", "garden", "stone");
  private static final List<String> CREATURES =
      List.of("miller", "heron", "dog", "fisher", "child", "horse");
  private static final List<String> DEEDS =
      List.of("watches", "finds", "carries", "paints", "repairs", "follows");
  private static final List<String> MOTIONS = List.of("waits", "sleeps", "sings", "works");
  private static final List<String> TIMES =
      List.of("in the morning", "at night", "after the rain", "every winter", "before dawn");

  private Texts() {}

  /**
   * Reads a text in UTF-8, unpacked if its name ends in {@code .gz}.
   *
   * @throws IOException if it cannot be read
   */
  static String read(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** At least so many characters of sentences, a line each; the same seed gives the same text. */
  static String invented(int characters, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < characters) {
      String s = sentence(random);
      text.append(Character.toUpperCase(s.charAt(0))).append(s, 1, s.length()).append(".\n");
    }
    return text.toString();
  }

  private static String sentence(Random random) {
    String subject = random.nextInt(3) == 0 ? pick(NAMES, random) : "the " + creature(random);
    String said =
        random.nextInt(4) == 0
            ? subject + " " + pick(MOTIONS, random)
            : subject + " " + pick(DEEDS, random) + " the " + thing(random);
    return switch (random.nextInt(4)) {
      case 0 -> pick(TIMES, random) + " " + said;
      case 1 -> said + " " + pick(TIMES, random);
      default -> said;
    };
  }

  private static String creature(Random random) {
    return (random.nextInt(3) == 0 ? pick(ADJECTIVES, random) + " " : "") + pick(CREATURES, random);
  }

  private static String thing(Random random) {
    return (random.nextBoolean() ? pick(ADJECTIVES, random) + " " : "") + pick(THINGS, random);
  }

  private static String pick(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }
}
