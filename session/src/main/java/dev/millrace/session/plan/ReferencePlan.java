package dev.millrace.session.plan;

import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.state.RunState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The reference mode: runs node by node with reference kernels and fresh arrays. No pass, no
 * fusion, no reuse of memory; every result is checked against the dtype and shape that the graph
 * promised. Graphs with loops or choices are left to {@link FrameRun}.
 */
public final class ReferencePlan implements ExecutablePlan {
  private final PlanGraph graph;
  private final FrameProgram frames; // null where there are none
  private final ReferenceNodes nodes;

  /**
   * A plan for a sorted graph.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if values cross the border of a loop
   *     otherwise than they may
   */
  ReferencePlan(PlanGraph graph, PlanResources resources) {
    this.graph = graph;
    this.nodes = new ReferenceNodes(resources);
    if (ControlTypes.any(graph)) {
      Frames f = new Frames(graph);
      frames = new FrameProgram(graph, f, OrderAcrossFrames.run(graph, f));
    } else {
      new OrderVariableAccess(true).run(graph);
      graph.sort();
      frames = null;
    }
  }

  @Override
  public void run(List<? extends Feed> feeds, FetchSink sink) {
    RunState run = new RunState();
    TensorValue[] values =
        frames == null
            ? inOrder(feeds, run)
            : new FrameRun(frames, nodes, feeds, run).run(graph.fetches());
    for (int k = 0; k < values.length; k++) {
      sink.value(k, values[k]);
    }
  }

  private TensorValue[] inOrder(List<? extends Feed> feeds, RunState run) {
    Map<Edge, TensorValue> values = new HashMap<>();
    for (PlanNode n : graph.nodes()) {
      switch (n.kind()) {
        case FEED -> values.put(new Edge(n, 0), feeds.get(n.feedNumber()).toValue());
        case CONSTANT -> values.put(new Edge(n, 0), n.value());
        case OP -> {
          TensorValue[] in = n.inputs().stream().map(values::get).toArray(TensorValue[]::new);
          TensorValue[] out = nodes.compute(n, in, run);
          for (int i = 0; i < out.length; i++) {
            values.put(new Edge(n, i), out[i]);
          }
        }
      }
    }
    return graph.fetches().stream().map(values::get).toArray(TensorValue[]::new);
  }

  @Override
  public void close() {
    // Nothing is kept from run to run.
  }
}
