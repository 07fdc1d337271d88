package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Keeps a text's Java snippets in step with tests. */
final class Snippets {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private Snippets() {}

  /**
   * Checks that every Java snippet of a text under {@code docs} is a part of the source of a test
   * class here.
   */
  static void assertTested(String text, Class<?> test) throws IOException {
    String words = Files.readString(Path.of("../docs", text));
    String programs =
        unindented(
            Files.readString(
                Path.of("src/test/java/dev/millrace/examples", test.getSimpleName() + ".java")));
    Matcher m = SNIPPET.matcher(words);
    int count = 0;
    while (m.find()) {
      assertThat(programs).contains(unindented(m.group(1)));
      count++;
    }
    assertThat(count).as("snippets found").isGreaterThan(5);
  }

  /** The code without indentation, empty lines and the tests' assertions. */
  private static String unindented(String code) {
    return code.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("assertThat("))
        .collect(Collectors.joining("\n"));
  }
}
