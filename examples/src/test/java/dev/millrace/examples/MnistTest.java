package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MnistTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = Mnist.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }

  private double finalAccuracy(String model) {
    Matcher m = Pattern.compile(model + ": final test accuracy ([0-9.]+)").matcher(out.toString());
    assertThat(m.find()).as("a final accuracy of the %s in: %s", model, out).isTrue();
    return Double.parseDouble(m.group(1));
  }

  @Test
  void bothModelsLearnDrawnDigits() {
    int status = run("--data=", "--train", "1500", "--test", "500", "--epochs", "3");
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(finalAccuracy("regression")).isGreaterThan(0.8);
    assertThat(finalAccuracy("network")).isGreaterThan(0.85);
  }

  @Test
  void theSameSeedLearnsTheSame() {
    String[] args = {"--data=", "--model=network", "--train=200", "--test=100", "--epochs=1"};
    assertThat(run(args)).isZero();
    String first = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run(args)).isZero();
    assertThat(out).hasToString(first);
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "MILLRACE_DATA", matches = ".+")
  void theRegressionLearnsRealDigits() {
    int status = run("--model=regression", "--epochs", "4");
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(finalAccuracy("regression")).isGreaterThan(0.92);
    assertThat(out.toString()).contains("MNIST");
  }

  @Test
  void missingDataIsAPlainMessage(@TempDir Path empty) {
    assertThat(run("--data", empty.toString())).isEqualTo(1);
    assertThat(err.toString()).startsWith("mnist: no MNIST files in " + empty);
    assertThat(err.toString()).doesNotContain("\tat ");
  }

  @Test
  void wrongOptionsAreUsageErrors() {
    assertThat(run("--epochs", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--epochs must be at least 1");
    assertThat(run("--model", "forest")).isEqualTo(2);
  }

  @Test
  void helpListsTheOptions() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("--model", "--data", "--epochs", "--learning-rate");
  }
}
