package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every Java snippet of docs/tour.md is a part of a program that the tests run. */
class TourTest {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void snippetsAreTested() throws IOException {
    String tour = Files.readString(Path.of("../docs/tour.md"));
    String programs =
        unindented(
            Files.readString(Path.of("src/test/java/dev/millrace/examples/ProgramsTest.java")));
    Matcher m = SNIPPET.matcher(tour);
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
