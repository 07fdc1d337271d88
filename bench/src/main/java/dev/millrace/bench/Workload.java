package dev.millrace.bench;

import dev.millrace.bench.WorkloadRun.Steps;
import dev.millrace.session.RunMetadata;
import dev.millrace.session.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs one benchmark workload and prints a line of JSON with its losses and step times. */
@Command(
    name = "millrace workload",
    description = "Runs a benchmark graph and prints its step times as one line of JSON.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class Workload implements Callable<Integer> {
  /** How many losses {@code --dump} writes. */
  private static final int DUMPED = 20;

  /** How many steps {@code --trace} traces. */
  private static final int TRACED = 20;

  /** How many single steps {@code --trace} lists. */
  private static final int LISTED = 25;

  /** Whether inputs are copied in at each step or made once. */
  enum FeedMode {
    COPY,
    RESIDENT
  }

  /** Whether a step trains. */
  enum StepMode {
    TRAIN,
    FORWARD
  }

  @Option(
      names = "--graphs",
      defaultValue = "graphs",
      paramLabel = "DIR",
      description = "Folder with the graphs and their manifests (graphs).")
  private Path graphs;

  @Option(
      names = "--workload",
      required = true,
      paramLabel = "NAME",
      description = "The workload: the name of a manifest without .properties.")
  private String workload;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps to take times of (default: the manifest's).")
  private Integer steps;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Steps to run before (default: the manifest's).")
  private Integer warmup;

  @Option(
      names = "--threads",
      defaultValue = "2",
      paramLabel = "N",
      description = "Threads that compute (2).")
  private int threads;

  @Option(
      names = "--feed",
      paramLabel = "MODE",
      description = {
        "copy: each step takes in Java arrays; resident: inputs are made once",
        "(default: the manifest's)."
      })
  private FeedMode feed;

  @Option(
      names = "--mode",
      defaultValue = "train",
      paramLabel = "MODE",
      description = "train (the default) or forward.")
  private StepMode mode;

  @Option(
      names = "--fetch",
      paramLabel = "SCALAR",
      description = "The float to fetch (default: the manifest's loss).")
  private String fetch;

  @Option(
      names = "--dump",
      paramLabel = "FILE",
      description = "Writes the first 20 losses, one a line.")
  private Path dump;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = {
        "Traces 20 further steps: writes them for chrome://tracing or Perfetto,",
        "and prints tables by op type and of the slowest steps to stderr."
      })
  private Path trace;

  @Option(names = "--plan", description = "Prints the plan of a step to stderr.")
  private boolean plan;

  @Option(
      names = "--config",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "Is printed as the configuration.")
  private String config;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Manifest manifest = Manifest.read(graphs, workload);
    int timed = steps == null ? manifest.steps() : steps;
    int before = warmup == null ? manifest.warmup() : warmup;
    if (timed < 1 || before < 0 || threads < 1) {
      throw new ParameterException(
          spec.commandLine(), "--steps and --threads must be at least 1, --warmup at least 0");
    }
    boolean resident = feed == null ? manifest.residentFeeds() : feed == FeedMode.RESIDENT;
    String target = mode == StepMode.FORWARD ? "" : manifest.trainTarget();
    SessionOptions options = SessionOptions.builder().threads(threads).build();
    WorkloadRun run =
        new WorkloadRun(
            manifest, workload, options, resident, fetch == null ? manifest.loss() : fetch, target);
    RunMetadata metadata = new RunMetadata();
    if (trace != null) {
      run.trace(metadata, TRACED);
    }
    if (plan) {
      run.explain(spec.commandLine().getErr());
    }
    Steps result = run.run(before + timed);
    if (dump != null) {
      dump(result.losses());
    }
    JsonLine json = new JsonLine();
    json.text("runtime", "millrace-" + version()).text("config", config).text("workload", workload);
    double[] micros = result.sortedMicros(before);
    json.number("median_us", percentile(micros, 50))
        .number("p10_us", percentile(micros, 10))
        .number("p90_us", percentile(micros, 90))
        .number("min_us", micros[0]);
    float[] losses = result.losses();
    json.loss("first_loss", losses, 0)
        .loss("loss_after_10", losses, 10)
        .loss("loss_last", losses, losses.length - 1)
        .number("peak_rss_mb", peakRssMegabytes())
        .number("steps", timed)
        .number("warmup", before)
        .number("threads", threads)
        .text("feed", resident ? "resident" : "copy")
        .text("mode", target.isEmpty() ? "forward" : "train");
    spec.commandLine().getOut().println(json);
    if (trace != null) {
      metadata.trace().chromeJson(trace);
      PrintWriter err = spec.commandLine().getErr();
      err.println(metadata.trace().table());
      err.print(metadata.trace().slowest(LISTED));
      err.flush();
    }
    return 0;
  }

  private void dump(float[] losses) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int s = 0; s < Math.min(DUMPED, losses.length); s++) {
      lines.add(Float.toString(losses[s]));
    }
    Files.write(dump, lines);
  }

  private static double percentile(double[] sorted, int p) {
    return sorted[(int) Math.round(p / 100.0 * (sorted.length - 1))];
  }

  private static String version() throws IOException {
    Properties p = new Properties();
    try (InputStream in = Workload.class.getResourceAsStream("version.properties")) {
      p.load(in);
    }
    return p.getProperty("version");
  }

  /** The largest memory the process has had, the JVM included; -1 where Linux does not tell. */
  private static long peakRssMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    return -1;
  }

  /** An object of names and values, in one line. */
  private static final class JsonLine {
    private final List<String> members = new ArrayList<>();

    JsonLine text(String name, String value) {
      String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"");
      return member(name, '"' + escaped + '"');
    }

    JsonLine number(String name, double value) {
      return member(name, String.format(Locale.ROOT, "%.1f", value));
    }

    JsonLine number(String name, long value) {
      return member(name, Long.toString(value));
    }

    /** A loss; null for a step that was not run. JSON has no NaN and infinities: those are text. */
    JsonLine loss(String name, float[] losses, int step) {
      if (step >= losses.length) {
        return member(name, "null");
      }
      String value = Float.toString(losses[step]);
      return Float.isFinite(losses[step]) ? member(name, value) : text(name, value);
    }

    private JsonLine member(String name, String value) {
      members.add('"' + name + "\":" + value);
      return this;
    }

    @Override
    public String toString() {
      return "{" + String.join(",", members) + "}";
    }
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Workload());
    commandLine
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this help.")
                .build());
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              line.getErr().println("workload: " + e.getMessage());
              return 1;
            });
  }

  /**
   * Runs a workload and exits with status 0, or 1 if it fails.
   *
   * @param args the options; {@code --help} lists them
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}
