package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.PlanResources;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The reference mode: runs node by node with reference kernels and fresh arrays. No pass, no
 * fusion, no reuse of memory; every result is checked against the dtype and shape that the graph
 * promised.
 */
public final class ReferencePlan implements ExecutablePlan {
  private final PlanGraph graph;
  private final PlanResources resources;

  ReferencePlan(PlanGraph graph, PlanResources resources) {
    this.graph = graph;
    this.resources = resources;
  }

  @Override
  public void run(List<? extends Feed> feeds, FetchSink sink) {
    Map<Edge, TensorValue> values = new HashMap<>();
    for (PlanNode n : graph.nodes()) {
      switch (n.kind()) {
        case FEED -> values.put(new Edge(n, 0), feeds.get(n.feedNumber()).toValue());
        case CONSTANT -> values.put(new Edge(n, 0), n.value());
        case OP -> compute(n, values);
      }
    }
    for (int k = 0; k < graph.fetches().size(); k++) {
      sink.value(k, values.get(graph.fetches().get(k)));
    }
  }

  private void compute(PlanNode n, Map<Edge, TensorValue> values) {
    try {
      if (VariableHandles.isHandle(n)) {
        Object v = VariableHandles.variable(n, resources.state());
        values.put(
            new Edge(n, 0), TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {v}));
        return;
      }
      TensorValue[] in = new TensorValue[n.inputs().size()];
      for (int i = 0; i < in.length; i++) {
        in[i] = values.get(n.inputs().get(i));
      }
      NodeContext c = new NodeContext(n, in, resources.state());
      ReferenceStep.kernel(n.type()).compute(c);
      TensorValue[] out = c.outputs();
      for (int i = 0; i < out.length; i++) {
        if (resources.checkNumbers()) {
          NumberCheck.check(out[i]);
        }
        values.put(new Edge(n, i), out[i]);
      }
    } catch (MillraceException e) {
      throw e.at(n.origin());
    } catch (RuntimeException e) {
      throw new InternalException("the kernel failed: " + e, e).at(n.origin());
    }
  }

  @Override
  public void close() {
    // Nothing is kept from run to run.
  }
}
