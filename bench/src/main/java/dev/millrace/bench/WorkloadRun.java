package dev.millrace.bench;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.RunMetadata;
import dev.millrace.session.RunOptions;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.SessionOptions;
import dev.millrace.session.nd4j.NdArrays;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Runs a workload's steps and takes their times. A step's time is that of one session run with the
 * loss read, and of taking the batch's Java arrays in unless the feeds are resident.
 */
final class WorkloadRun {
  private final Manifest manifest;
  private final String workload;
  private final SessionOptions options;
  private final boolean resident;
  private final String fetch;
  private final String target;
  private RunMetadata metadata; // null unless steps are traced
  private int traced;
  private PrintWriter plan; // null unless the plan is written

  /**
   * Prepares a run.
   *
   * @param resident whether inputs become ND4J arrays before the clock starts
   * @param fetch the scalar to fetch
   * @param target the operation to run with it, or an empty string
   */
  WorkloadRun(
      Manifest manifest,
      String workload,
      SessionOptions options,
      boolean resident,
      String fetch,
      String target) {
    this.manifest = manifest;
    this.workload = workload;
    this.options = options;
    this.resident = resident;
    this.fetch = fetch;
    this.target = target;
  }

  /** Has {@code steps} more steps run after the others and traced into {@code into}. */
  WorkloadRun trace(RunMetadata into, int steps) {
    metadata = into;
    traced = steps;
    return this;
  }

  /** Has the plan of a step written to {@code to}, after the steps. */
  WorkloadRun explain(PrintWriter to) {
    plan = to;
    return this;
  }

  /** The loss and the time of every step. */
  static final class Steps {
    private final float[] losses;
    private final long[] nanos;

    private Steps(int count) {
      losses = new float[count];
      nanos = new long[count];
    }

    /** The losses in the order of the steps. */
    float[] losses() {
      return losses;
    }

    /** The times from step {@code warmup} on, shortest first, in microseconds. */
    double[] sortedMicros(int warmup) {
      return Arrays.stream(nanos, warmup, nanos.length)
          .sorted()
          .mapToDouble(t -> t / 1e3)
          .toArray();
    }
  }

  /** Runs the initialisers, and then {@code count} steps. */
  Steps run(int count) {
    Graph graph = new Graph();
    graph.importGraphDef(GraphFiles.read(manifest.graph()));
    return run(graph, count);
  }

  /** As {@link #run(int)}, of another graph with the same names. */
  Steps run(Graph graph, int count) {
    List<Object[]> pool = new ArrayList<>();
    for (Map<String, TensorValue> batch : Batches.of(workload)) {
      pool.add(manifest.placeholders().stream().map(name -> input(batch, name)).toArray());
    }
    try (Session session = new Session(graph, options)) {
      if (!manifest.initTargets().isEmpty()) {
        session.run(manifest.initTargets().toArray());
      }
      SessionCallable step = prepare(session);
      Steps done = run(step, pool, count);
      if (metadata != null) {
        step.options(RunOptions.trace(), metadata);
        run(step, pool, traced);
      }
      if (plan != null) {
        plan.print(step.explain());
        plan.flush();
      }
      return done;
    }
  }

  private SessionCallable prepare(Session session) {
    SessionCallable.Builder step = session.callable();
    manifest.placeholders().forEach(step::feed);
    step.fetch(fetch);
    if (!target.isEmpty()) {
      step.target(target);
    }
    return step.build();
  }

  private static Steps run(SessionCallable step, List<Object[]> pool, int count) {
    Steps done = new Steps(count);
    for (int s = 0; s < count; s++) {
      Object[] inputs = pool.get(s % pool.size());
      long start = System.nanoTime();
      for (int k = 0; k < inputs.length; k++) {
        step.set(k, inputs[k]);
      }
      step.call();
      done.losses[s] = step.getFloat(0);
      done.nanos[s] = System.nanoTime() - start;
    }
    return done;
  }

  /** A placeholder's value: a flat Java array, or an ND4J array if feeds are resident. */
  private Object input(Map<String, TensorValue> batch, String name) {
    TensorValue value = batch.get(name);
    if (value == null) {
      throw new InvalidArgumentException("there is no data for placeholder '" + name + "'");
    }
    return resident ? NdArrays.copyOf(value) : value.data();
  }
}
