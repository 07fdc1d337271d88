package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * What a program's command does and prints.
 *
 * @param status its exit status
 */
record CommandRun(int status, String out, String err) {
  static CommandRun of(CommandLine line, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new CommandRun(line.execute(args), out.toString(), err.toString());
  }

  /** That it went well. */
  CommandRun succeeded() {
    assertThat(err).isEmpty();
    assertThat(status).isZero();
    return this;
  }

  /** That it stopped with a status and one line of message, without a stack trace. */
  CommandRun failed(int with, String message) {
    assertThat(status).as(err).isEqualTo(with);
    assertThat(err).contains(message).doesNotContain("\tat ");
    return this;
  }

  /** The numbers that the first group of {@code pattern} finds in what was printed. */
  List<Double> numbers(String pattern) {
    List<Double> found = new ArrayList<>();
    Matcher m = Pattern.compile(pattern).matcher(out);
    while (m.find()) {
      found.add(Double.parseDouble(m.group(1)));
    }
    assertThat(found).as("%s in %s", pattern, out).isNotEmpty();
    return found;
  }

  double last(String pattern) {
    List<Double> all = numbers(pattern);
    return all.get(all.size() - 1);
  }
}
