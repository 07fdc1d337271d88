package dev.millrace.session.plan;

import dev.millrace.graph.MillraceException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.RunState;
import dev.millrace.session.state.Wait;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A plan graph as the reference mode runs it: node by node, with fresh arrays, and so the bodies of
 * its branches, loops and calls. Graphs with frames or dead values are left to {@link FrameRun}.
 */
final class ReferenceGraph {
  private final PlanGraph graph;
  private final ReferenceNodes nodes;
  private final FrameProgram frames; // null where there are none
  private final boolean mayWait;
  private final Map<PlanNode, List<ReferenceGraph>> bodies = new HashMap<>();

  /**
   * Makes a graph ready.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if values cross the border of a loop
   *     otherwise than they may
   */
  ReferenceGraph(PlanGraph graph, ReferenceNodes nodes) {
    this.graph = graph;
    this.nodes = nodes;
    this.mayWait = graph.nodes().stream().anyMatch(PlanNode::mayWait);
    graph.sort();
    if (ControlTypes.any(graph)) {
      Frames f = new Frames(graph);
      frames = new FrameProgram(graph, f, OrderAcrossFrames.run(graph, f));
    } else {
      new OrderVariableAccess(true).run(graph);
      graph.sort();
      frames = null;
    }
    for (PlanNode n : graph.nodes()) {
      if (n.isStructured()) {
        bodies.put(n, n.bodies().stream().map(b -> new ReferenceGraph(b.graph(), nodes)).toList());
      }
    }
  }

  /** Writes the nodes, those of bodies indented. */
  void describe(PlanText to) {
    for (PlanNode n : graph.nodes()) {
      to.line(n.toString());
      for (ReferenceGraph body : bodies.getOrDefault(n, List.of())) {
        to.indented(() -> body.describe(to));
      }
    }
  }

  /** Runs the graph on the values of its feeds, and gives those of its fetches. */
  TensorValue[] run(TensorValue[] feeds, RunState run) {
    return frames == null
        ? inOrder(feeds, run)
        : new FrameRun(frames, this, feeds, run).run(graph.fetches());
  }

  /** Whether some node may have to wait for what others do. */
  boolean mayWait() {
    return mayWait;
  }

  private TensorValue[] inOrder(TensorValue[] feeds, RunState run) {
    if (mayWait) {
      Scheduler s = new Scheduler(feeds, run);
      s.run();
      return graph.fetches().stream().map(s.values::get).toArray(TensorValue[]::new);
    }
    Map<Edge, TensorValue> values = new HashMap<>();
    for (PlanNode n : graph.nodes()) {
      TensorValue[] in = n.inputs().stream().map(values::get).toArray(TensorValue[]::new);
      TensorValue[] out = compute(n, in, feeds, run);
      for (int i = 0; i < out.length; i++) {
        values.put(new Edge(n, i), out[i]);
      }
    }
    return graph.fetches().stream().map(values::get).toArray(TensorValue[]::new);
  }

  /** One run of a graph of which some nodes may have to wait. */
  private final class Scheduler extends StageScheduler {
    private final Map<Edge, TensorValue> values = new ConcurrentHashMap<>();
    private final Map<PlanNode, Integer> places = new HashMap<>();
    private final TensorValue[] feeds;
    private final RunState run;

    Scheduler(TensorValue[] feeds, RunState run) {
      super(graph.nodes().size(), run.control());
      this.feeds = feeds;
      this.run = run;
      graph.nodes().forEach(n -> places.put(n, places.size()));
    }

    @Override
    boolean isReady(int i) {
      PlanNode n = graph.nodes().get(i);
      return n.inputs().stream().allMatch(e -> isDone(e.node()))
          && n.controlInputs().stream().allMatch(this::isDone)
          && n.orderInputs().stream().allMatch(this::isDone);
    }

    private boolean isDone(PlanNode n) {
      return isDone(places.get(n));
    }

    @Override
    Wait begin(int i, boolean alone) {
      PlanNode n = graph.nodes().get(i);
      TensorValue[] in = n.inputs().stream().map(values::get).toArray(TensorValue[]::new);
      return ReferenceGraph.this.begin(n, in, feeds, run, alone, out -> put(n, out));
    }

    private void put(PlanNode n, TensorValue[] out) {
      for (int k = 0; k < out.length; k++) {
        if (out[k] != null) { // a branch that is not taken gives nothing
          values.put(new Edge(n, k), out[k]);
        }
      }
    }
  }

  /**
   * Begins a node that may have to wait, or computes another.
   *
   * @param alone whether the thread may be held up
   * @param result takes the outputs
   */
  Wait begin(
      PlanNode n,
      TensorValue[] in,
      TensorValue[] feeds,
      RunState run,
      boolean alone,
      Consumer<TensorValue[]> result) {
    if (n.mayWait() && !n.isStructured()) {
      return nodes.begin(n, in, run, result);
    }
    Runnable work = () -> result.accept(compute(n, in, feeds, run));
    if (n.mayWait() && !alone) {
      return StageScheduler.inThread(work, run.control());
    }
    work.run();
    return Wait.done();
  }

  /** The outputs of a node whose inputs are there. */
  TensorValue[] compute(PlanNode n, TensorValue[] in, TensorValue[] feeds, RunState run) {
    return switch (n.kind()) {
      case FEED -> new TensorValue[] {feeds[n.feedNumber()]};
      case CONSTANT -> new TensorValue[] {n.value()};
      case OP -> nodes.compute(n, in, run);
      case CALL -> call(n, 0, in, new TensorValue[n.numOutputs()], run);
      case BRANCH -> call(n, side(n, in[0]), in, new TensorValue[n.numOutputs()], run);
      case LOOP -> loop(n, in, run);
    };
  }

  private static int side(PlanNode n, TensorValue chooser) {
    try {
      return Choosers.side(n, chooser);
    } catch (MillraceException e) {
      throw e.at(n.origin());
    }
  }

  /**
   * Runs body {@code k} of a node.
   *
   * @param in the node's inputs, and what the condition of a loop gives to the body
   * @param to takes the results
   */
  private TensorValue[] call(PlanNode n, int k, TensorValue[] in, TensorValue[] to, RunState run) {
    Body b = n.bodies().get(k);
    TensorValue[] args = new TensorValue[b.arguments().size()];
    for (int i = 0; i < args.length; i++) {
      args[i] = in[b.arguments().get(i)];
    }
    TensorValue[] results = bodies.get(n).get(k).run(args, run);
    for (int i = 0; i < results.length; i++) {
      to[b.results().get(i)] = results[i];
    }
    return to;
  }

  private TensorValue[] loop(PlanNode n, TensorValue[] initial, RunState run) {
    int variables = n.numOutputs();
    int given = n.bodies().get(0).results().size() - 1;
    TensorValue[] in = Arrays.copyOf(initial, initial.length + given);
    while (true) {
      TensorValue[] head = call(n, 0, in, new TensorValue[given + 1], run);
      if (side(n, head[0]) == 0) {
        return Arrays.copyOf(in, variables);
      }
      try {
        run.control().check();
      } catch (MillraceException e) {
        throw e.at(n.origin());
      }
      System.arraycopy(head, 1, in, initial.length, given);
      TensorValue[] next = call(n, 1, in, new TensorValue[variables], run);
      System.arraycopy(next, 0, in, 0, variables);
    }
  }
}
