package dev.millrace.session.plan;

import dev.millrace.graph.TensorValue;
import dev.millrace.session.reference.ReferenceKernel;
import dev.millrace.session.reference.ReferenceKernels;
import java.util.HashMap;
import java.util.Map;

/** Turns {@code Const} nodes into constants, and computes what depends on constants alone. */
final class FoldConstants implements Pass {
  /**
   * Results above this many bytes are left to the run, so that a small graph does not become a
   * large plan.
   */
  private static final long MAX_BYTES = 10 << 20;

  @Override
  public void run(PlanGraph g) {
    Map<Edge, Edge> replace = new HashMap<>();
    Map<Edge, TensorValue> known = new HashMap<>();
    for (PlanNode n : java.util.List.copyOf(g.nodes())) {
      if (n.isConstant()) {
        known.put(new Edge(n, 0), n.value());
      }
      TensorValue[] results = n.isPure() ? compute(n, known) : null;
      if (results == null) {
        continue;
      }
      for (int i = 0; i < results.length; i++) {
        Edge e = new Edge(n, i);
        known.put(e, results[i]);
        replace.put(e, new Edge(g.addConstant(n.origin(), results[i]), 0));
      }
    }
    g.replace(replace);
    g.dropUnused();
  }

  private static TensorValue[] compute(PlanNode n, Map<Edge, TensorValue> known) {
    if (n.type().equals("Const")) {
      return new TensorValue[] {n.attrs().getTensor("value")};
    }
    TensorValue[] inputs = new TensorValue[n.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = known.get(n.inputs().get(i));
      if (inputs[i] == null) {
        return null;
      }
    }
    if (inputs.length == 0) {
      return null;
    }
    return compute(n, inputs, MAX_BYTES);
  }

  /**
   * The outputs of a pure node, or null where there is no kernel, it fails (the run will tell), or
   * the results are too large.
   */
  static TensorValue[] compute(PlanNode n, TensorValue[] inputs, long maxBytes) {
    ReferenceKernel kernel = ReferenceKernels.find(n.type());
    if (kernel == null) {
      return null;
    }
    for (int i = 0; i < n.numOutputs(); i++) {
      long elements = n.staticShape(i).numElements();
      if (elements * n.outputTypes().get(i).size() > maxBytes) {
        return null;
      }
    }
    try {
      NodeContext c = new NodeContext(n, inputs, null, null);
      kernel.compute(c);
      long bytes = 0;
      for (TensorValue v : c.outputs()) {
        bytes += (long) v.size() * Math.max(1, v.dtype().size());
      }
      return bytes > maxBytes ? null : c.outputs();
    } catch (RuntimeException e) {
      return null; // the run will tell
    }
  }
}
