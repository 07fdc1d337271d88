package dev.millrace.autodiff;

import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which parameters of a function gradients of its results reach. */
final class BodyDependence {
  private final GradientLookup lookup;
  private final Map<Output, Integer> parameters = new HashMap<>();
  private final Map<Operation, BitSet> reached = new HashMap<>();
  private final List<Output> results;

  BodyDependence(FunctionBody body, GradientLookup lookup) {
    this.lookup = lookup;
    this.results = body.results();
    List<Output> p = body.parameters();
    for (int i = 0; i < p.size(); i++) {
      parameters.put(p.get(i), i);
    }
  }

  /** The parameters that a gradient of result {@code i} reaches. */
  BitSet of(int i) {
    return of(results.get(i));
  }

  private BitSet of(Output x) {
    if (!x.dtype().isDifferentiable()) {
      return new BitSet();
    }
    Integer p = parameters.get(x);
    if (p != null) {
      BitSet self = new BitSet();
      self.set(p);
      return self;
    }
    compute(x.op());
    return reached.get(x.op());
  }

  /** Fills in {@code op} and what it is computed from; no recursion, since bodies may be deep. */
  private void compute(Operation last) {
    Deque<Operation> open = new ArrayDeque<>();
    Set<Operation> entered = new HashSet<>();
    open.push(last);
    while (!open.isEmpty()) {
      Operation op = open.peek();
      if (reached.containsKey(op)) {
        open.pop();
      } else if (lookup.isNotDifferentiable(op) || !entered.add(op)) {
        open.pop();
        reached.put(op, lookup.isNotDifferentiable(op) ? new BitSet() : union(op));
      } else {
        for (Output in : op.inputs()) {
          if (in.dtype().isDifferentiable()
              && !parameters.containsKey(in)
              && !reached.containsKey(in.op())
              && !entered.contains(in.op())) {
            open.push(in.op());
          }
        }
      }
    }
  }

  private BitSet union(Operation op) {
    BitSet all = new BitSet();
    for (Output in : op.inputs()) {
      if (!in.dtype().isDifferentiable()) {
        continue;
      }
      Integer p = parameters.get(in);
      if (p != null) {
        all.set(p);
      } else if (reached.containsKey(in.op())) {
        all.or(reached.get(in.op()));
      }
    }
    return all;
  }
}
