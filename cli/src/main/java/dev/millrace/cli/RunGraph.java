package dev.millrace.cli;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.SignatureDef;
import dev.millrace.session.Fetches;
import dev.millrace.session.RunMetadata;
import dev.millrace.session.RunOptions;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import dev.millrace.session.trace.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace run}: runs a graph from a file once. */
@Command(
    name = "run",
    description = "Runs a TensorFlow graph: feeds tensors, and prints or saves others.",
    sortOptions = false,
    usageHelpAutoWidth = true)
final class RunGraph implements Callable<Integer> {
  private static final String NPY = ".npy";

  /** How many single steps {@code --trace} lists. */
  private static final int LISTED = 25;

  private static final String SERVE = "serve";
  private static final String DEFAULT_SIGNATURE = "serving_default";

  @Parameters(
      paramLabel = "GRAPH",
      description = {
        "A GraphDef or a MetaGraphDef (.meta), binary or text; or the directory of",
        "a SavedModel."
      })
  private Path path;

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      split = ",",
      description = "Of a SavedModel, the graph with just these tags (default: serve).")
  private final List<String> tags = new ArrayList<>();

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = {
        "Its inputs and outputs can be fed and fetched by their names in it",
        "(default: serving_default, if there is one). With neither --fetch nor",
        "--target, all its outputs are fetched."
      })
  private String signature;

  @Option(
      names = "--checkpoint",
      paramLabel = "PREFIX",
      description = {
        "Restores the variables first: by the meta graph's saver, or else",
        "those whose names the checkpoint has."
      })
  private Path checkpoint;

  @Option(
      names = "--save",
      paramLabel = "PREFIX",
      description = "Saves the variables at the end, by the meta graph's saver.")
  private Path save;

  @Option(
      names = "--times",
      paramLabel = "N",
      defaultValue = "1",
      description = "Runs N times; the last run's values are shown.")
  private int times;

  @Option(
      names = "--feed",
      paramLabel = "NAME=VALUE",
      description = {
        "Feeds a tensor: the name of an .npy file, or a value such as",
        "1.5, [1, 2], [[1, 2], [3, 4]], true or \"text\"."
      })
  private final List<String> feeds = new ArrayList<>();

  @Option(
      names = "--fetch",
      paramLabel = "NAME",
      description = "Prints a tensor (name or name:output).")
  private final List<String> fetches = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "NAME",
      description = "Runs an operation in the same run.")
  private final List<String> targets = new ArrayList<>();

  @Option(
      names = "--init",
      paramLabel = "NAME",
      description = "Runs an operation first, in a run of its own without feeds.")
  private final List<String> inits = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Writes the fetched tensors into this folder as .npy files, and prints none.")
  private Path out;

  @Option(
      names = "--prefix",
      defaultValue = "",
      paramLabel = "SCOPE",
      description = "The name scope that all the names given here are in.")
  private String prefix;

  @Option(
      names = "--reference",
      description = "Runs in the reference mode: node by node, without any optimisation.")
  private boolean reference;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = {
        "Traces the runs: writes them for chrome://tracing or Perfetto, and",
        "prints tables by op type and of the slowest steps to stderr. With",
        "--times N, the first run, which compiles, is left out."
      })
  private Path trace;

  @Option(
      names = "--plan",
      description = "Prints the plan to stderr: its steps, kernels, memory and costs.")
  private boolean plan;

  @Spec private CommandSpec spec;

  private SignatureNames names;

  @Override
  public Integer call() throws IOException {
    GraphFile file = GraphFile.read(path);
    if (save != null && file.kind() == GraphFile.Kind.GRAPH) {
      throw usage("--save needs a meta graph");
    }
    SessionOptions options =
        SessionOptions.builder()
            .mode(reference ? SessionOptions.Mode.REFERENCE : SessionOptions.Mode.PLAN)
            .allowSoftPlacement(true) // a graph of other machines runs as well
            .build();
    Set<String> asked = new TreeSet<>(tags.isEmpty() ? List.of(SERVE) : tags);
    try (GraphSession loaded = GraphSession.open(file, asked, options)) {
      names = new SignatureNames(loaded, signature(loaded), prefix);
      if (fetches.isEmpty() && targets.isEmpty()) {
        fetches.addAll(names.outputs());
      }
      if (fetches.isEmpty() && targets.isEmpty()) {
        throw usage("Nothing to run: give a --fetch or a --target");
      }
      if (save != null && loaded.saver() == null) {
        throw usage("--save: the meta graph has no saver");
      }
      run(loaded);
    }
    return 0;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void run(GraphSession loaded) throws IOException {
    Session session = loaded.session();
    for (String init : inits) {
      session.run(names.operation(init));
    }
    if (checkpoint != null) {
      loaded.restore(checkpoint);
    }
    Fetches fetched = null;
    RunMetadata metadata = new RunMetadata();
    for (int i = 0; i < times; i++) {
      boolean traced = trace != null && (i > 0 || times == 1);
      fetched = runOnce(session, traced ? metadata : null);
    }
    if (plan) {
      Output[] shown = fetches.stream().map(names::output).toArray(Output[]::new);
      PrintWriter err = spec.commandLine().getErr();
      err.print(runner(session).explain(shown));
      err.flush();
    }
    if (fetched != null) {
      show(fetched);
    }
    if (save != null) {
      loaded.saver().save(session, save);
    }
    if (trace != null) {
      show(metadata.trace());
    }
  }

  /** The signature asked for; else the default one, or none. */
  private SignatureDef signature(GraphSession loaded) {
    SignatureDef s = loaded.signatures().get(signature == null ? DEFAULT_SIGNATURE : signature);
    if (s == null && signature != null) {
      throw new NotFoundException(
          "the graph has no signature '"
              + signature
              + "'; it has "
              + new TreeSet<>(loaded.signatures().keySet()));
    }
    return s == null ? SignatureDef.getDefaultInstance() : s;
  }

  private void show(Trace t) throws IOException {
    t.chromeJson(trace);
    PrintWriter to = spec.commandLine().getErr();
    to.println(t.table());
    to.print(t.slowest(LISTED));
    to.flush();
  }

  /** Runs once, and traces it if {@code metadata} is given. */
  private Fetches runOnce(Session session, RunMetadata metadata) throws IOException {
    Runner runner = runner(session);
    if (metadata != null) {
      runner.options(RunOptions.trace(), metadata);
    }
    if (fetches.isEmpty()) {
      runner.run();
      return null;
    }
    return runner.fetch(fetches.stream().map(names::output).toList());
  }

  /** A run with the feeds and targets. */
  private Runner runner(Session session) throws IOException {
    Runner runner = session.runner();
    for (String feed : feeds) {
      int equals = feed.indexOf('=');
      if (equals < 1) {
        throw usage("--feed takes NAME=VALUE, not '" + feed + "'");
      }
      Output to = names.input(feed.substring(0, equals));
      runner.feed(to, value(to, feed.substring(equals + 1)));
    }
    for (String target : targets) {
      runner.target(names.operation(target));
    }
    return runner;
  }

  private static TensorValue value(Output to, String text) throws IOException {
    try {
      if (!text.endsWith(NPY) || text.startsWith("\"") || text.startsWith("[")) {
        return Literals.parse(text, to.dtype());
      }
      TensorValue read = NpyFiles.read(Path.of(text));
      return read.dtype() == to.dtype() ? read : TensorValue.of(read, to.dtype());
    } catch (InvalidArgumentException e) {
      throw new InvalidArgumentException("--feed " + to.name() + ": " + e.getMessage(), e);
    }
  }

  private void show(Fetches fetched) throws IOException {
    PrintWriter to = spec.commandLine().getOut();
    if (out != null) {
      Files.createDirectories(out);
    }
    for (int k = 0; k < fetches.size(); k++) {
      String name = fetches.get(k);
      if (out != null) {
        Path target = out.resolve(name.replaceAll("[^A-Za-z0-9_.-]", "_") + NPY);
        NpyFiles.write(target, fetched.value(k));
        to.println(name + " " + describe(fetched.value(k)) + " -> " + target);
      } else if (fetches.size() == 1) {
        to.println(ArrayFormat.format(fetched.value(k)));
      } else {
        to.println(name + " " + describe(fetched.value(k)) + " =");
        to.println(ArrayFormat.format(fetched.value(k)));
      }
    }
  }

  private static String describe(TensorValue v) {
    return v.dtype() + v.shape().toString();
  }
}
