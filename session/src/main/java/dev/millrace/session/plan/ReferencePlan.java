package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.state.RunControl;
import dev.millrace.session.state.RunState;
import dev.millrace.session.trace.RunTrace;
import java.util.List;

/**
 * The reference mode: runs node by node with reference kernels and fresh arrays. No pass, no
 * fusion, no reuse of memory; every result is checked against the dtype and shape that the graph
 * promised.
 */
public final class ReferencePlan implements ExecutablePlan {
  private final ReferenceGraph graph;
  private final String why;

  /**
   * @param why why this mode executes the run
   * @throws dev.millrace.graph.InvalidArgumentException if values cross the border of a loop
   *     otherwise than they may
   */
  ReferencePlan(PlanGraph graph, PlanResources resources, String why) {
    this.why = why;
    this.graph = new ReferenceGraph(graph, new ReferenceNodes(resources));
  }

  @Override
  public String describe(List<Shape> feeds) {
    PlanText to = new PlanText();
    to.line("executed node by node with the reference kernels: " + why);
    to.indented(() -> graph.describe(to));
    return to.toString();
  }

  @Override
  public boolean mayWait() {
    return graph.mayWait();
  }

  @Override
  public void run(List<? extends Feed> feeds, FetchSink sink, RunControl control, RunTrace trace) {
    RunState state = new RunState();
    state.begin(control, trace);
    TensorValue[] values;
    try {
      values = graph.run(feeds.stream().map(Feed::toValue).toArray(TensorValue[]::new), state);
    } finally {
      state.clear();
    }
    for (int k = 0; k < values.length; k++) {
      sink.value(k, values[k]);
    }
  }

  @Override
  public void close() {
    // Nothing is kept from run to run.
  }
}
