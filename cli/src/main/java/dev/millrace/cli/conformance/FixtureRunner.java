package dev.millrace.cli.conformance;

import dev.millrace.graph.Graph;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.StatusCode;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Runs a fixture's graph and compares what comes out with what TensorFlow returned.
 *
 * <p>The nodes {@code init} and {@code step} are targets to run first, the second {@code
 * step_count} times; {@code in/k} are fed the constants {@code feed/k}, and {@code out/k} must give
 * the constants {@code want/k}, floats within {@code tolerance}. Where there is a {@code
 * want_error}, the steps or the last run must fail with that status code.
 */
public final class FixtureRunner {
  private static final double DEFAULT_TOLERANCE = 1e-5;

  private final Graph graph = new Graph();
  private final List<Output> inputs;
  private final List<TensorValue> feeds;

  private FixtureRunner(GraphDef def) {
    graph.importGraphDef(def);
    inputs = numbered("in/").stream().map(op -> op.output(0)).toList();
    feeds = numbered("feed/").stream().map(FixtureRunner::constant).toList();
    if (inputs.size() != feeds.size()) {
      throw new FixtureFailure(
          "the fixture has " + inputs.size() + " inputs and " + feeds.size() + " feeds");
    }
  }

  /**
   * Runs a case in a session of its own.
   *
   * @throws FixtureFailure if a value differs, or an error is missing or of another code
   * @throws MillraceException if the graph cannot be imported or a run fails that should not
   */
  public static void run(FixtureCase fixture, SessionOptions options) {
    FixtureRunner runner = new FixtureRunner(fixture.graph());
    try (Session session = new Session(runner.graph, options)) {
      runner.run(session);
    }
  }

  private void run(Session session) {
    if (graph.findOperation("init") != null) {
      session.run("init");
    }
    Operation wantError = graph.findOperation("want_error");
    if (wantError == null) {
      compare(stepAndFetch(session));
      return;
    }
    StatusCode wanted = StatusCode.valueOf(constant(wantError).getString(0));
    requireError(wanted, () -> stepAndFetch(session));
  }

  private Fetches stepAndFetch(Session session) {
    if (graph.findOperation("step") != null) {
      long count = constant(graph.operation("step_count")).getLong(0);
      for (long i = 0; i < count; i++) {
        fed(session).run("step");
      }
    }
    return fed(session).fetch(outputs());
  }

  private Runner fed(Session session) {
    Runner runner = session.runner();
    for (int i = 0; i < inputs.size(); i++) {
      runner.feed(inputs.get(i), feeds.get(i));
    }
    return runner;
  }

  private List<Output> outputs() {
    return numbered("out/").stream().map(op -> op.output(0)).toList();
  }

  private void compare(Fetches got) {
    List<Operation> want = numbered("want/");
    if (want.size() != got.size() || want.isEmpty()) {
      throw new FixtureFailure(
          "the fixture has " + got.size() + " outputs and " + want.size() + " wanted values");
    }
    Operation given = graph.findOperation("tolerance");
    double tolerance = given == null ? DEFAULT_TOLERANCE : constant(given).getDouble(0);
    for (int k = 0; k < want.size(); k++) {
      String difference = Differences.find(got.value(k), constant(want.get(k)), tolerance);
      if (difference != null) {
        throw new FixtureFailure("out/" + k + ": " + difference);
      }
    }
  }

  private static void requireError(StatusCode wanted, Supplier<Fetches> run) {
    Fetches got;
    try {
      got = run.get();
    } catch (MillraceException e) {
      if (e.code() != wanted) {
        throw new FixtureFailure(
            "should fail with " + wanted + ", not " + e.code() + ": " + e.getMessage(), e);
      }
      return;
    }
    throw new FixtureFailure(
        "should fail with "
            + wanted
            + ", but gives "
            + (got.size() == 0 ? "nothing" : got.value(0)));
  }

  /** The operations called prefix0, prefix1 and so on. */
  private List<Operation> numbered(String prefix) {
    List<Operation> ops = new ArrayList<>();
    for (Operation op = first(prefix); op != null; op = graph.findOperation(prefix + ops.size())) {
      ops.add(op);
    }
    return ops;
  }

  private Operation first(String prefix) {
    return graph.findOperation(prefix + 0);
  }

  private static TensorValue constant(Operation op) {
    return op.attrs().getTensor("value");
  }
}
