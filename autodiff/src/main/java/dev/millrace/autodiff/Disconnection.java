package dev.millrace.autodiff;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells why no gradient comes from one tensor to another. */
final class Disconnection {
  private Disconnection() {}

  /** A sentence about {@code y} and {@code x}, of which the latter has no gradient. */
  static String explain(Output y, Output x, String xName, GradientLookup lookup) {
    List<Output> path = path(y, x);
    if (path.isEmpty()) {
      return "'" + y.name() + "' is not computed from '" + xName + "'";
    }
    String cut = "one of the operations between them passes no gradient";
    for (Output t : path) {
      if (!t.dtype().isDifferentiable()) {
        cut =
            "'"
                + t.name()
                + "' is "
                + t.dtype()
                + ", and gradients pass through real and complex"
                + " numbers only";
        break;
      }
      if (!t.equals(x) && lookup.isNotDifferentiable(t.op())) {
        cut =
            "'"
                + t.op().name()
                + "' (op type "
                + t.op().type()
                + ") passes no gradient: "
                + lookup.reason(t.op());
        break;
      }
    }
    return "'" + y.name() + "' is computed from '" + xName + "', but " + cut;
  }

  /** The tensors on a shortest way from {@code y} back to {@code x}; empty if there is none. */
  private static List<Output> path(Output y, Output x) {
    Map<Output, Output> from = new HashMap<>();
    BitSet seen = new BitSet(); // operations, by id
    Deque<Output> open = new ArrayDeque<>(List.of(y));
    from.put(y, null);
    while (!open.isEmpty()) {
      Output t = open.remove();
      if (t.equals(x)) {
        List<Output> path = new ArrayList<>();
        for (Output o = t; o != null; o = from.get(o)) {
          path.add(0, o);
        }
        return path;
      }
      Operation op = t.op();
      if (!seen.get(op.id())) {
        seen.set(op.id());
        for (Output in : op.inputs()) {
          if (!from.containsKey(in)) {
            from.put(in, t);
            open.add(in);
          }
        }
      }
    }
    return List.of();
  }
}
