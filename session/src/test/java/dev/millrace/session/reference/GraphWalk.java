package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.SessionState;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs what is needed of a graph without loops, node by node with the reference kernels, in the
 * order in which the nodes were made. As little as can be: what is tested with it are the kernels.
 */
final class GraphWalk {
  private final SessionState state = new SessionState();

  /** What {@code targets} need, themselves included, when the outputs in {@code fed} are given. */
  static List<Operation> needed(Collection<Operation> targets, Set<Output> fed) {
    Set<Operation> seen = new HashSet<>(targets);
    Deque<Operation> open = new ArrayDeque<>(targets);
    while (!open.isEmpty()) {
      Operation op = open.pop();
      for (Output in : op.inputs()) {
        if (!fed.contains(in) && seen.add(in.op())) {
          open.push(in.op());
        }
      }
      for (Operation c : op.controlInputs()) {
        if (seen.add(c)) {
          open.push(c);
        }
      }
    }
    return seen.stream().sorted(Comparator.comparingInt(Operation::id)).toList();
  }

  /** Runs {@code targets} and what they need, and gives the outputs of all of it. */
  Map<Output, TensorValue> run(Collection<Operation> targets, Map<Output, TensorValue> feeds) {
    Map<Output, TensorValue> values = new HashMap<>();
    feeds.forEach(
        (x, v) -> {
          if (v.dtype() != x.dtype() || !x.shape().isCompatibleWith(v.shape())) {
            throw new InvalidArgumentException(
                x + " cannot be fed " + v.dtype() + " of shape " + v.shape());
          }
          values.put(x, v);
        });
    for (Operation op : needed(targets, feeds.keySet())) {
      KernelCall call =
          KernelCall.of(
                  op.type(), op.inputs().stream().map(values::get).toArray(TensorValue[]::new))
              .name(op.name())
              .outputTypes(op.outputs().stream().map(Output::dtype).toList())
              .in(state);
      op.attrs().asMap().forEach(call::attr);
      call.run();
      for (Output out : op.outputs()) {
        TensorValue v = call.output(out.index());
        if (v == null || v.dtype() != out.dtype() || !out.shape().isCompatibleWith(v.shape())) {
          throw new AssertionError("the kernel gave " + v + " for " + out);
        }
        values.putIfAbsent(out, v);
      }
    }
    return values;
  }
}
