package dev.millrace.autodiff;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which tensors lie on a differentiable path from some {@code x} to some {@code y}, and for how
 * many gradients an operation has to wait until its own can be built.
 */
final class GradientPaths {
  private final Set<Output> xs;
  private final Set<Output> ys;
  private final Set<Output> stops;
  private final GradientLookup lookup;
  private final List<Operation> ancestors; // of the ys, in the order of creation
  private final BitSet reached = new BitSet(); // by id: depends on some x
  private final int[] pending; // by id; of a loop, by that of the first that leads into it
  private final Frames frames;
  private final Frames.Frame frame;
  private final BitSet visited = new BitSet(); // by id

  GradientPaths(List<Output> ys, List<Output> xs, List<Output> stops, GradientLookup lookup) {
    this(ys, xs, stops, lookup, null, null);
  }

  /**
   * @param frames those of the graph; null if it has no loops of TensorFlow 1
   * @param frame the one in which the ys and xs lie
   */
  GradientPaths(
      List<Output> ys,
      List<Output> xs,
      List<Output> stops,
      GradientLookup lookup,
      Frames frames,
      Frames.Frame frame) {
    this.frames = frames;
    this.frame = frame;
    this.ys = new HashSet<>(ys);
    this.xs = new HashSet<>(xs);
    this.stops = new HashSet<>(stops);
    this.lookup = lookup;
    this.ancestors = findAncestors(ys);
    findReached();
    pending = new int[ancestors.isEmpty() ? 0 : ancestors.get(ancestors.size() - 1).id() + 1];
    for (Operation op : ancestors) {
      if (reached.get(op.id())) {
        for (Output in : op.inputs()) {
          if (propagates(in) && unit(in.op()) != unit(op)) {
            pending[unit(in.op())]++;
          }
        }
      }
    }
  }

  /**
   * What the ys are computed from, without looking behind stopped tensors or undifferentiable ops.
   */
  private List<Operation> findAncestors(List<Output> from) {
    BitSet seen = new BitSet();
    List<Operation> found = new ArrayList<>();
    Deque<Output> open = new ArrayDeque<>(from);
    while (!open.isEmpty()) {
      Output t = open.pop();
      Operation op = t.op();
      if (isBarrier(t) || seen.get(op.id())) {
        continue;
      }
      seen.set(op.id());
      found.add(op);
      for (Output in : op.inputs()) {
        open.push(in);
      }
    }
    found.sort((a, b) -> Integer.compare(a.id(), b.id()));
    return found;
  }

  private boolean isBarrier(Output t) {
    return stops.contains(t) || !t.dtype().isDifferentiable() || lookup.isNotDifferentiable(t.op());
  }

  /**
   * One pass in the order of creation finds all, but for what comes back on the back edge of a
   * loop.
   */
  private void findReached() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Operation op : ancestors) {
        if (!reached.get(op.id()) && op.inputs().stream().anyMatch(this::carries)) {
          reached.set(op.id());
          changed = true;
        }
      }
    }
  }

  /** Whether a gradient that arrives at {@code t} is of use: it is an x, or one is behind it. */
  boolean carries(Output t) {
    return xs.contains(t) ? t.dtype().isDifferentiable() : propagates(t);
  }

  /** Whether a gradient that arrives at {@code t} goes on through its operation. */
  boolean propagates(Output t) {
    return reached.get(t.op().id()) && !isBarrier(t);
  }

  /** The loop inside of the frame that the operation is a part of; null if of none. */
  Frames.Frame loop(Operation op) {
    if (frames == null) {
      return null;
    }
    Frames.Frame f = Frames.isEnter(op) ? frames.outputFrame(op) : frames.of(op);
    while (f != null && f.parent() != frame) {
      f = f.parent();
    }
    return f;
  }

  /** What is visited at once: an operation, or a loop with all that is in it. */
  private int unit(Operation op) {
    Frames.Frame f = loop(op);
    return f == null ? op.id() : f.enters().get(0).id();
  }

  /** Whether gradients go through the operation. */
  boolean isReached(Operation op) {
    return reached.get(op.id());
  }

  /** Whether the gradient with respect to {@code t} is part of the result. */
  boolean isX(Output t) {
    return xs.contains(t);
  }

  /** Whether all gradients that the operation's outputs can get have arrived. */
  boolean isReady(Operation op) {
    return pending[unit(op)] == 0;
  }

  /** One of the gradients that {@code op} waits for has arrived, or will not come. */
  boolean arrived(Operation op) {
    return --pending[unit(op)] == 0;
  }

  void visited(Operation op) {
    visited.set(unit(op));
  }

  /**
   * An operation that had to be visited and was not, since it waits for itself; null if all were.
   */
  Operation unvisited() {
    for (Operation op : ancestors) {
      if (reached.get(op.id()) && !visited.get(unit(op))) {
        return op;
      }
    }
    return null;
  }

  /** The names of the operations on a path from an x through {@code op} to a y: for messages. */
  List<String> describe(Operation op) {
    List<String> path = new ArrayList<>();
    Set<Operation> seen = new HashSet<>();
    Operation at = op;
    while (at != null && seen.add(at)) {
      path.add(at.name());
      Operation next = null;
      for (Output in : at.inputs()) {
        if (isX(in)) {
          path.add(in.op().name());
          next = null;
          break;
        }
        if (next == null && carries(in)) {
          next = in.op();
        }
      }
      at = next;
    }
    Collections.reverse(path);
    path.addAll(towardsY(op));
    return path;
  }

  private List<String> towardsY(Operation op) {
    Map<Operation, Operation> from = new HashMap<>();
    Deque<Operation> open = new ArrayDeque<>(List.of(op));
    from.put(op, null);
    Set<Operation> between = new HashSet<>(ancestors);
    while (!open.isEmpty()) {
      Operation at = open.remove();
      if (at.outputs().stream().anyMatch(ys::contains)) {
        List<String> names = new ArrayList<>();
        for (Operation o = at; o != op; o = from.get(o)) {
          names.add(o.name());
        }
        Collections.reverse(names);
        return names;
      }
      for (Operation c : at.consumers()) {
        if (between.contains(c)
            && !from.containsKey(c)
            && c.inputs().stream().anyMatch(in -> in.op() == at && propagates(in))) {
          from.put(c, at);
          open.add(c);
        }
      }
    }
    return List.of();
  }
}
