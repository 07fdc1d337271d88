package dev.millrace.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Text to learn from: a file, or sentences that a small grammar makes. */
final class Texts {
  private static final Pattern WORD =
      Pattern.compile("\\p{L}+(?:['’]\\p{L}+)*|\\d+|[^\\s\\p{L}\\d]|\n");

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

  /** Words that the sentences use in the same places. */
  private static final Map<String, List<String>> KINDS =
      Map.of(
          "names", NAMES.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList(),
          "adjectives", ADJECTIVES,
          "things", THINGS,
          "creatures", CREATURES,
          "deeds", DEEDS,
          "motions", MOTIONS);

  private Texts() {}

  /** The kind of each word of the invented sentences that has one, such as {@code things}. */
  static Map<String, String> kinds() {
    Map<String, String> kinds = new TreeMap<>();
    KINDS.forEach((kind, words) -> words.forEach(w -> kinds.put(w, kind)));
    return kinds;
  }

  /**
   * A text and where it comes from.
   *
   * @param name for people
   */
  record Source(String text, String name) {}

  /**
   * The text that the user has named, or an invented one.
   *
   * @param data a text file, or a folder in which, or in whose subfolder {@code text}, there is one
   *     of that name, gzipped or not
   * @param invented how many characters to invent if there is no {@code data}
   * @throws IOException if there is no such file, or it cannot be read
   */
  static Source load(Optional<Path> data, String name, int invented, long seed) throws IOException {
    if (data.isEmpty()) {
      return new Source(invented(invented, seed), "invented sentences");
    }
    Path file = find(data.get(), name);
    return new Source(read(file), file.getFileName().toString());
  }

  private static Path find(Path data, String name) throws IOException {
    if (Files.isRegularFile(data)) {
      return data;
    }
    for (Path folder : new Path[] {data, data.resolve("text")}) {
      for (String suffix : new String[] {"", ".gz"}) {
        Path file = folder.resolve(name + suffix);
        if (Files.isRegularFile(file)) {
          return file;
        }
      }
    }
    throw new IOException(
        Files.isDirectory(data)
            ? "no " + name + " or " + name + ".gz in " + data + " or its folder text"
            : "there is no file or folder " + data);
  }

  /** A text's characters, each as a string. */
  static List<String> characters(String text) {
    return text.codePoints().mapToObj(Character::toString).toList();
  }

  /** A text's words, in small letters, with marks and the ends of lines as words of their own. */
  static List<String> words(String text) {
    return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
  }

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
