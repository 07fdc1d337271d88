package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * What a program did.
 *
 * @param status its exit status
 * @param out what it printed
 * @param err what it printed on the standard error
 */
record ProgramRun(int status, String out, String err) {
  static ProgramRun of(CommandLine line, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int status = line.execute(args);
    return new ProgramRun(status, out.toString(), err.toString());
  }

  /** As {@link #of}, of a run that must succeed without a complaint. */
  static ProgramRun good(CommandLine line, String... args) {
    ProgramRun r = of(line, args);
    assertThat(r.err()).isEmpty();
    assertThat(r.status()).isZero();
    return r;
  }

  /** The last number that the first group of an expression finds in the output. */
  double last(String expression) {
    Matcher m = Pattern.compile(expression).matcher(out);
    String found = null;
    while (m.find()) {
      found = m.group(1);
    }
    assertThat(found).as("%s in: %s", expression, out).isNotNull();
    return Double.parseDouble(found);
  }

  /** That it failed as one does who was asked for something impossible. */
  void assertUsageError(String message) {
    assertThat(status).isEqualTo(2);
    assertThat(err).contains(message).contains("Usage: millrace");
  }

  /** That it failed with one line on the standard error. */
  void assertFailed(String message) {
    assertThat(status).isEqualTo(1);
    assertThat(err).startsWith(message).hasLineCount(1);
  }
}
