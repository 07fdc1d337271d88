package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class WorkloadTest {
  private static final String GRAPHS = "--graphs=src/test/resources/workloads";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = Workload.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of(GRAPHS));
    all.addAll(List.of(args));
    return line.execute(all.toArray(String[]::new));
  }

  /** The value of a member of the printed object. */
  private String member(String name) {
    Matcher m = Pattern.compile("\"" + name + "\":(\"[^\"]*\"|[^,}]*)").matcher(out.toString());
    assertThat(m.find()).as("%s in %s", name, out).isTrue();
    return m.group(1);
  }

  @Test
  void tracesAndPrintsThePlan(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("trace.json");
    int status =
        run("--workload=softmax_mnist", "--steps=1", "--warmup=0", "--plan", "--trace=" + file);
    assertThat(status).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    assertThat(err.toString())
        .startsWith("segment 0: ")
        .contains("= MatMul '", "\n20 runs, ", "  MatMul\n", "  step\n");
    assertThat(Files.readString(file)).contains("\"traceEvents\":[").contains("\"MatMul\"");
  }

  @Test
  void printsOneLineOfJson() {
    int status =
        run(
            "--workload",
            "softmax_mnist",
            "--steps=3",
            "--warmup=10",
            "--threads=1",
            "--config=a b");
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    Matcher keys = Pattern.compile("\"(\\w+)\":").matcher(out.toString());
    List<String> names = new ArrayList<>();
    while (keys.find()) {
      names.add(keys.group(1));
    }
    assertThat(names)
        .containsExactly(
            "runtime",
            "config",
            "workload",
            "median_us",
            "p10_us",
            "p90_us",
            "min_us",
            "first_loss",
            "loss_after_10",
            "loss_last",
            "peak_rss_mb",
            "steps",
            "warmup",
            "threads",
            "feed",
            "mode");
    assertThat(member("runtime")).matches("\"millrace-\\d+\\.\\d+\\.\\d+.*\"");
    assertThat(member("config")).isEqualTo("\"a b\"");
    assertThat(member("first_loss")).startsWith("2.297");
    assertThat(member("loss_after_10"))
        .isEqualTo(Float.toString(Float.parseFloat(member("loss_after_10"))));
    assertThat(member("steps")).isEqualTo("3");
    assertThat(member("warmup")).isEqualTo("10");
    assertThat(member("threads")).isEqualTo("1");
    assertThat(member("feed")).isEqualTo("\"copy\"");
    assertThat(member("mode")).isEqualTo("\"train\"");
  }

  @Test
  void forwardStepsDoNotTrain(@TempDir Path folder) throws IOException {
    Path dump = folder.resolve("losses.txt");
    // The pool has 20 batches, so that step 20 sees the first one again.
    run(
        "--workload=mlp_mnist",
        "--steps=21",
        "--warmup=0",
        "--mode=forward",
        "--dump",
        dump.toString());
    assertThat(member("loss_last")).isEqualTo(member("first_loss"));
    assertThat(member("mode")).isEqualTo("\"forward\"");
    List<String> losses = Files.readAllLines(dump);
    assertThat(losses).hasSize(20);
    assertThat(losses.get(0)).isEqualTo(member("first_loss"));
  }

  @Test
  void optionsOverrideTheManifest() {
    run("--workload=small_ops", "--steps=1", "--warmup=0", "--feed=copy", "--fetch=m_mean");
    assertThat(member("feed")).isEqualTo("\"copy\"");
    assertThat(member("loss_after_10")).isEqualTo("null");
    String mean = member("first_loss");
    out.getBuffer().setLength(0);
    run("--workload=small_ops", "--steps=1", "--warmup=0");
    assertThat(member("feed")).isEqualTo("\"resident\"");
    assertThat(member("first_loss")).isNotEqualTo(mean);
  }

  @Test
  void unknownWorkloadsAreAPlainMessage() {
    assertThat(run("--workload", "no_such")).isEqualTo(1);
    assertThat(err.toString()).startsWith("workload: there is no workload 'no_such'");
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void wrongNumbersAreUsageErrors() {
    assertThat(run("--workload=small_ops", "--steps=0")).isEqualTo(2);
    assertThat(err.toString()).contains("--steps and --threads must be at least 1");
    assertThat(run()).isEqualTo(2);
  }
}
