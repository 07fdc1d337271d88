package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.graph.Graph;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wrong arguments are told by the call that got them, or where only values tell, by the run, with
 * the words in {@code mistakes.txt}. The reference mode says it in its own words.
 */
class MistakesTest {
  /**
   * What a call is told.
   *
   * @param exception the class's name without {@code Exception}
   * @param says the first line of the message
   */
  private record Told(String exception, String says) {}

  private static final Map<String, Told> TABLE = table();

  /** Lines of code, which the table leaves out. */
  private static final Pattern LINE = Pattern.compile(",? made at [\\w.$]+\\(\\w+\\.java:\\d+\\)");

  private static Map<String, Told> table() {
    Map<String, Told> all = new LinkedHashMap<>();
    try (InputStream in = MistakesTest.class.getResourceAsStream("mistakes.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" \\| ", 3))
          .forEach(l -> all.put(l[0], new Told(l[1], l[2])));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return all;
  }

  static Stream<Mistakes.Mistake> mistakes() {
    return Mistakes.all().stream();
  }

  @Test
  void everyMistakeHasItsLine() {
    assertThat(Mistakes.all())
        .extracting(Mistakes.Mistake::call)
        .containsExactlyElementsOf(TABLE.keySet());
    assertThat(TABLE).hasSizeGreaterThan(300);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void areTold(Mistakes.Mistake m) {
    Told told = TABLE.get(m.call());
    Ops tf = Ops.of(new Graph());
    Object[] made = new Object[1];
    Throwable first = catchThrowable(() -> made[0] = m.program().apply(tf));
    if (first == null) {
      first = catchThrowable(() -> run(SessionOptions.plan(), m, tf, made[0]));
      assertThat(catchThrowable(() -> run(SessionOptions.reference(), m, tf, made[0])))
          .as("in the reference mode")
          .isInstanceOf(MillraceException.class)
          .hasSameClassAs(first);
    }
    assertThat(first).isInstanceOf(MillraceException.class);
    assertThat(first.getClass().getSimpleName()).isEqualTo(told.exception() + "Exception");
    String says = first.getMessage().lines().findFirst().orElse("");
    assertThat(LINE.matcher(says).replaceAll("")).isEqualTo(told.says());
  }

  private static void run(SessionOptions options, Mistakes.Mistake m, Ops tf, Object made) {
    try (Session s = new Session(tf.graph(), options)) {
      if (!m.call().contains("not initialized")) {
        s.run(tf.globalVariablesInitializer());
      }
      run(s, made);
    }
  }

  private static void run(Session s, Object made) {
    if (made instanceof Operation op) {
      s.run(op);
    } else if (made instanceof Operand x) {
      s.fetchValue(x);
    } else if (made instanceof List<?> all) {
      all.forEach(x -> run(s, x));
    }
  }
}
