package dev.millrace.cli;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.MetaGraph;
import dev.millrace.session.Fetches;
import dev.millrace.session.RunMetadata;
import dev.millrace.session.RunOptions;
import dev.millrace.session.Runner;
import dev.millrace.session.Saver;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import dev.millrace.session.trace.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  @Parameters(
      paramLabel = "GRAPH",
      description = {
        "A GraphDef, binary (.pb) or text (.pbtxt); or a MetaGraphDef, as savers",
        "write it (.meta)."
      })
  private Path file;

  @Option(names = "--meta", description = "The file is a MetaGraphDef, whatever its name.")
  private boolean meta;

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

  @Override
  public Integer call() throws IOException {
    if (fetches.isEmpty() && targets.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Nothing to run: give a --fetch or a --target");
    }
    Graph graph = new Graph();
    Saver saver = read(graph);
    SessionOptions options = reference ? SessionOptions.reference() : SessionOptions.plan();
    try (Session session = new Session(graph, options)) {
      for (String init : inits) {
        session.run(graph.operation(scoped(init)));
      }
      if (checkpoint != null) {
        (saver == null ? byNames(graph) : saver).restore(session, checkpoint);
      }
      Fetches fetched = null;
      RunMetadata metadata = new RunMetadata();
      for (int i = 0; i < times; i++) {
        boolean traced = trace != null && (i > 0 || times == 1);
        fetched = runOnce(graph, session, traced ? metadata : null);
      }
      if (plan) {
        Output[] shown = fetches.stream().map(f -> tensor(graph, f)).toArray(Output[]::new);
        PrintWriter err = spec.commandLine().getErr();
        err.print(runner(graph, session).explain(shown));
        err.flush();
      }
      if (fetched != null) {
        show(fetched);
      }
      if (save != null) {
        saver.save(session, save);
      }
      if (trace != null) {
        show(metadata.trace());
      }
    }
    return 0;
  }

  /** Reads the graph; the result is the meta graph's saver, or null. */
  private Saver read(Graph graph) {
    if (!meta && !file.toString().endsWith(".meta")) {
      if (save != null) {
        throw new ParameterException(spec.commandLine(), "--save needs a meta graph");
      }
      graph.importGraphDef(GraphFiles.read(file));
      return null;
    }
    MetaGraph m = MetaGraph.importInto(graph, MetaGraph.read(file), new ImportOptions());
    if (m.saverDef() == null && save != null) {
      throw new ParameterException(spec.commandLine(), "--save: the meta graph has no saver");
    }
    return m.saverDef() == null ? null : Saver.of(m);
  }

  /** A saver of the variables that the checkpoint names. */
  private Saver byNames(Graph graph) {
    Map<String, Output> found = new TreeMap<>();
    try (CheckpointReader r = CheckpointReader.open(checkpoint)) {
      for (Operation op : graph.operations()) {
        if (VARIABLES.contains(op.type()) && r.contains(op.name())) {
          found.put(op.name(), op.output(0));
        }
      }
    }
    return Saver.builder(graph).variables(found).allowEmpty(true).build();
  }

  private void show(Trace t) throws IOException {
    t.chromeJson(trace);
    PrintWriter to = spec.commandLine().getErr();
    to.println(t.table());
    to.print(t.slowest(LISTED));
    to.flush();
  }

  /** Runs once, and traces it if {@code metadata} is given. */
  private Fetches runOnce(Graph graph, Session session, RunMetadata metadata) throws IOException {
    Runner runner = runner(graph, session);
    if (metadata != null) {
      runner.options(RunOptions.trace(), metadata);
    }
    if (fetches.isEmpty()) {
      runner.run();
      return null;
    }
    return runner.fetch(fetches.stream().map(f -> tensor(graph, f)).toList());
  }

  /** A run with the feeds and targets. */
  private Runner runner(Graph graph, Session session) throws IOException {
    Runner runner = session.runner();
    for (String feed : feeds) {
      int equals = feed.indexOf('=');
      if (equals < 1) {
        throw new ParameterException(
            spec.commandLine(), "--feed takes NAME=VALUE, not '" + feed + "'");
      }
      Output to = tensor(graph, feed.substring(0, equals));
      runner.feed(to, value(to, feed.substring(equals + 1)));
    }
    for (String target : targets) {
      runner.target(graph.operation(scoped(target)));
    }
    return runner;
  }

  private String scoped(String name) {
    if (prefix.isEmpty()) {
      return name;
    }
    return prefix.endsWith("/") ? prefix + name : prefix + "/" + name;
  }

  private Output tensor(Graph graph, String name) {
    return graph.output(scoped(name));
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
