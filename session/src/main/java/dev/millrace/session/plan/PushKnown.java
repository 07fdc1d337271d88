package dev.millrace.session.plan;

import dev.millrace.graph.TensorValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives bodies their own copies of the constants and the variables' handles that come to them as
 * parameters, so that the ones fold there and plans bind to the others.
 */
final class PushKnown implements Pass {
  @Override
  public void run(PlanGraph g) {
    for (PlanNode n : g.nodes()) {
      int variables = n.kind() == PlanNode.Kind.LOOP ? n.numOutputs() : 0;
      for (Body b : n.bodies()) {
        push(n, b, variables);
        run(b.graph());
      }
    }
  }

  private static void push(PlanNode n, Body b, int variables) {
    PlanGraph inside = b.graph();
    Map<Edge, Edge> replace = new HashMap<>();
    for (PlanNode feed : List.copyOf(inside.nodes())) {
      int argument = feed.isFeed() ? b.arguments().get(feed.feedNumber()) : -1;
      if (argument < variables || argument >= n.inputs().size()) {
        continue;
      }
      PlanNode source = ControlTypes.source(n.inputs().get(argument)).node();
      TensorValue constant = constant(source);
      if (constant != null) {
        replace.put(new Edge(feed, 0), new Edge(inside.addConstant(source.origin(), constant), 0));
      } else if (VariableHandles.isHandle(source)) {
        PlanNode handle = PlanNode.op(inside.nextId(), source.origin(), source.path());
        inside.add(handle);
        replace.put(new Edge(feed, 0), new Edge(handle, 0));
      }
    }
    inside.replace(replace);
    b.compact();
  }

  private static TensorValue constant(PlanNode n) {
    if (n.isConstant()) {
      return n.value();
    }
    return n.isOp() && n.type().equals("Const") ? n.attrs().getTensor("value") : null;
  }
}
