package dev.millrace.cli;

import dev.millrace.cli.conformance.FixtureCase;
import dev.millrace.cli.conformance.FixtureRunner;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.OpRegistry;
import dev.millrace.session.SessionOptions;
import dev.millrace.session.reference.ReferenceKernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace conformance}: runs every fixture below a folder and reports what fails. */
@Command(
    name = "conformance",
    description = "Runs graphs with values that TensorFlow computed, and compares.",
    sortOptions = false,
    usageHelpAutoWidth = true)
final class Conformance implements Callable<Integer> {
  /** How to run the cases. */
  enum Mode {
    PLAN,
    REFERENCE,
    BOTH
  }

  @Parameters(paramLabel = "DIR", description = "The folder of the fixtures.")
  private Path folder;

  @Option(
      names = "--mode",
      defaultValue = "both",
      paramLabel = "MODE",
      description = "plan, reference or both (the default); a case passes if it does in each.")
  private Mode mode;

  @Option(
      names = "--filter",
      paramLabel = "REGEX",
      description = "Runs only the cases in whose names this is found.")
  private Pattern filter;

  @Option(
      names = "--list",
      paramLabel = "FILE",
      description = "Writes the names of the cases that pass into a file.")
  private Path list;

  @Option(
      names = "--timeout",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How long a case may run in one mode (60).")
  private long timeout;

  @Option(
      names = {"-v", "--verbose"},
      description = "Shows failures in full, not their first lines only.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  /** A case that failed, the mode it first failed in and why. */
  private record Failure(FixtureCase fixture, String mode, Throwable reason) {}

  @Override
  public Integer call() throws IOException {
    // The table of missing op types says the same as the warnings of every import, in one place.
    System.setProperty("org.slf4j.simpleLogger.log.dev.millrace.graph.GraphImporter", "error");
    List<FixtureCase> cases = new ArrayList<>(FixtureCase.find(folder));
    if (filter != null) {
      cases.removeIf(c -> !filter.matcher(c.name()).find());
    }
    if (cases.isEmpty()) {
      throw new InvalidArgumentException(
          "no fixtures (*.pb) in " + folder + (filter == null ? "" : " match " + filter));
    }
    List<Failure> failures = new ArrayList<>();
    List<FixtureCase> passed = new ArrayList<>();
    for (FixtureCase c : cases) {
      Failure f = run(c);
      if (f == null) {
        passed.add(c);
      } else {
        failures.add(f);
        printFailure(f);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    printMissing(out, passed, failures);
    printFamilies(out, passed, failures);
    if (list != null) {
      Files.write(list, passed.stream().map(FixtureCase::name).toList());
    }
    out.println(passed.size() + " passed, " + failures.size() + " failed");
    return failures.isEmpty() ? 0 : 1;
  }

  /** Runs a case in every mode asked for, until it fails. */
  private Failure run(FixtureCase c) {
    if (mode != Mode.REFERENCE) {
      Throwable reason = failure(c, SessionOptions.plan());
      if (reason != null) {
        return new Failure(c, "plan", reason);
      }
    }
    if (mode != Mode.PLAN) {
      Throwable reason = failure(c, SessionOptions.reference());
      if (reason != null) {
        return new Failure(c, "reference", reason);
      }
    }
    return null;
  }

  /**
   * Why a case fails, or null. It runs in a thread of its own, which is left behind if it hangs.
   */
  private Throwable failure(FixtureCase c, SessionOptions options) {
    FutureTask<Void> task = new FutureTask<>(() -> FixtureRunner.run(c, options), null);
    Thread thread = new Thread(task, c.name());
    thread.setDaemon(true);
    thread.start();
    try {
      task.get(timeout, TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      return new TimeoutException("still running after " + timeout + " seconds");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e;
    }
  }

  private void printFailure(Failure f) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("FAILED " + f.fixture + " [" + f.mode + "]: " + reason(f.reason));
    out.flush();
  }

  private String reason(Throwable e) {
    boolean expected = e instanceof MillraceException || e.getMessage() != null;
    String message = expected ? e.getMessage() : e.toString();
    if (!verbose) {
      return message.lines().findFirst().orElse(message);
    }
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    return trace.toString();
  }

  /**
   * The op types that are not registered or have no kernel. Some need none, since sessions handle
   * them themselves: those that a passing case has are not missing.
   */
  private static void printMissing(
      PrintWriter out, List<FixtureCase> passed, List<Failure> failures) {
    Map<String, Integer> blocked = new TreeMap<>();
    for (Failure f : failures) {
      for (String type : opTypes(f.fixture)) {
        boolean known = OpRegistry.global().find(type) != null;
        if (!known || ReferenceKernels.find(type) == null) {
          blocked.merge(type, 1, Integer::sum);
        }
      }
    }
    Set<String> working = new HashSet<>();
    if (!blocked.isEmpty()) {
      passed.forEach(c -> working.addAll(opTypes(c)));
    }
    blocked.keySet().removeAll(working);
    if (blocked.isEmpty()) {
      return;
    }
    out.println();
    out.println("Missing op types, by the number of failed cases that have them:");
    blocked.entrySet().stream()
        .sorted(Comparator.comparing((Map.Entry<String, Integer> e) -> -e.getValue()))
        .forEach(e -> out.printf("%6d  %s%n", e.getValue(), e.getKey()));
  }

  /** The op types of a case; none if its file cannot be read, which it failed for already. */
  private static Set<String> opTypes(FixtureCase c) {
    try {
      return FixtureCase.opTypes(c.graph());
    } catch (MillraceException e) {
      return Set.of();
    }
  }

  private static void printFamilies(
      PrintWriter out, List<FixtureCase> passed, List<Failure> failures) {
    Map<String, int[]> families = new TreeMap<>();
    passed.forEach(c -> families.computeIfAbsent(c.family(), k -> new int[2])[0]++);
    failures.forEach(f -> families.computeIfAbsent(f.fixture.family(), k -> new int[2])[1]++);
    out.println();
    out.printf("%-16s %7s %7s%n", "family", "passed", "failed");
    families.forEach((name, n) -> out.printf("%-16s %7d %7d%n", name, n[0], n[1]));
    out.println();
  }
}
