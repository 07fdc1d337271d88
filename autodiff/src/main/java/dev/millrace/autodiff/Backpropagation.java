package dev.millrace.autodiff;

import dev.millrace.autodiff.Frames.Frame;
import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The reverse sweep: visits the operations between the xs and the ys, each once all gradients of
 * its outputs have arrived, and hands on those of its inputs.
 */
final class Backpropagation {
  private final Ops tf;
  private final GradientLookup lookup;
  private final GradientPaths paths;
  private final GradientSums sums;
  private final GradientCall call;
  private final boolean gated;
  private final boolean colocated;
  private final Place place; // null where the graph has no loops and choices of TensorFlow 1
  private final Map<Output, List<Gradient>> received = new HashMap<>();
  private final Map<Output, Gradient> results = new HashMap<>();
  private final Set<Operation> seeds = new LinkedHashSet<>();

  /**
   * @param gated whether an operation's gradients are handed on only when all of them are computed
   * @param colocated whether gradients are placed with the operations that they are of
   * @param place where gradients are computed; null if that does not matter
   */
  Backpropagation(
      Ops tf,
      GradientLookup lookup,
      GradientPaths paths,
      GradientSums sums,
      GradientCall call,
      boolean gated,
      boolean colocated,
      Place place) {
    this.tf = tf;
    this.lookup = lookup;
    this.paths = paths;
    this.sums = sums;
    this.call = call;
    this.gated = gated;
    this.colocated = colocated;
    this.place = place;
  }

  /**
   * The gradients of tensors of a function's body, whose own gradient is being built, with respect
   * to others there.
   *
   * @param gradYs by y: null for none
   */
  List<Gradient> inFunction(List<Output> ys, List<Tensor> gradYs, List<Output> xs) {
    GradientPaths inside = new GradientPaths(ys, xs, List.of(), lookup);
    return new Backpropagation(tf, lookup, inside, sums, call, gated, false, null)
        .sweep(ys, gradYs, xs);
  }

  /** As {@link #inFunction}, of the body of a loop of TensorFlow 1. */
  private List<Gradient> inLoop(
      BackwardLoop there,
      List<Output> ys,
      List<Tensor> gradYs,
      List<Output> xs,
      List<Output> stops) {
    GradientPaths inside =
        new GradientPaths(ys, xs, stops, lookup, place.frames(), there.forward());
    return new Backpropagation(tf, lookup, inside, sums, call, gated, colocated, there)
        .sweep(ys, gradYs, xs);
  }

  private List<Gradient> sweep(List<Output> ys, List<Tensor> gradYs, List<Output> xs) {
    for (int i = 0; i < ys.size(); i++) {
      if (gradYs.get(i) != null && paths.carries(ys.get(i))) {
        seed(ys.get(i), gradYs.get(i));
      }
    }
    run();
    return xs.stream().map(this::gradient).toList();
  }

  /** How gradients go through the choice {@code op} of TensorFlow 1. */
  Choices choices(Operation op) {
    if (place == null || op.graph() != place.frames().graph()) {
      throw new UnimplementedException(
              "gradients are not taken through Switch and Merge in the body of a function")
          .at(op);
    }
    return new Choices(place);
  }

  GradientCall call() {
    return call;
  }

  GradientLookup lookup() {
    return lookup;
  }

  /** Begins with {@code gradient} at {@code y}. */
  void seed(Output y, Tensor gradient) {
    receive(y, Gradient.of(gradient));
    if (paths.propagates(y)) {
      seeds.add(y.op());
    }
  }

  /** Visits everything. */
  void run() {
    Deque<Operation> ready = new ArrayDeque<>();
    for (Operation op : seeds) {
      if (paths.isReady(op)) {
        ready.add(op);
      }
    }
    Set<Frame> done = new HashSet<>();
    while (!ready.isEmpty()) {
      Operation op = ready.remove();
      Frame loop = paths.loop(op);
      if (loop != null && !done.add(loop)) {
        continue; // by another of its results
      }
      List<Output> inputs = op.inputs();
      if (loop == null) {
        visit(op);
      } else {
        inputs = loop.enters().stream().filter(paths::isReached).map(e -> e.input(0)).toList();
        visitLoop(loop);
      }
      paths.visited(op);
      for (Output in : inputs) {
        if (paths.propagates(in) && paths.arrived(in.op())) {
          ready.add(in.op());
        }
      }
    }
    Operation left = paths.unvisited();
    if (left != null) {
      throw new UnimplementedException(
              "'" + left.name() + "' waits for itself: it lies on a circle that is no loop")
          .at(left);
    }
  }

  /** The sum of what arrived at {@code x}; disconnected if nothing did. */
  Gradient gradient(Output x) {
    Gradient g = results.get(x);
    return g != null ? g : sumOf(x);
  }

  private void receive(Output t, Gradient g) {
    received.computeIfAbsent(t, k -> new ArrayList<>(1)).add(g);
  }

  private Gradient sumOf(Output t) {
    List<Gradient> parts = received.remove(t);
    Gradient g = parts == null ? Gradient.disconnected() : sums.sum(parts);
    if (paths.isX(t)) {
      results.put(t, g);
    }
    return g;
  }

  private void visitLoop(Frame loop) {
    Map<Output, Gradient> exits = new LinkedHashMap<>();
    for (Operation op : loop.ops()) {
      if (Frames.isExit(op) && paths.propagates(op.output(0))) {
        Gradient g = gradient(op.output(0));
        if (g.isConnected()) {
          exits.put(op.output(0), g);
        }
      }
    }
    if (exits.isEmpty()) {
      return;
    }
    FrameGradient.Surroundings here =
        new FrameGradient.Surroundings() {
          @Override
          public boolean carries(Output x) {
            return paths.carries(x);
          }

          @Override
          public List<Gradient> inside(
              BackwardLoop there,
              List<Output> ys,
              List<Tensor> gradYs,
              List<Output> xs,
              List<Output> stops) {
            return inLoop(there, ys, gradYs, xs, stops);
          }
        };
    Choices choices = new Choices(place);
    try (Scope scope = tf.graph().nameScope("backward")) {
      new FrameGradient(here, place, loop, call)
          .build(exits)
          .forEach(
              (enter, g) -> {
                Output x = enter.input(0);
                if (paths.carries(x)) {
                  Set<Guard> by = new LinkedHashSet<>(place.frames().guards(loop));
                  by.removeAll(place.frames().guards(x));
                  Gradient r = choices.completed(g, by, x);
                  check(enter, 0, r);
                  receive(x, r);
                }
              });
    }
  }

  /** {@code g}, which is there where {@code op} runs, with zeros where its input is there, too. */
  private Gradient everywhere(Operation op, int i, Gradient g) {
    if (place == null || !g.isConnected() || Frames.isSwitch(op)) {
      return g;
    }
    Gradient here = g.isSparse() ? g : Gradient.of(tf.tensor(place.use(g.dense().asOutput())));
    Set<Guard> by = new LinkedHashSet<>(place.frames().guards(op));
    by.removeAll(place.frames().guards(op.input(i)));
    return by.isEmpty() ? here : new Choices(place).completed(here, by, op.input(i));
  }

  private void visit(Operation op) {
    Gradient[] out = new Gradient[op.numOutputs()];
    boolean any = false;
    for (int i = 0; i < out.length; i++) {
      out[i] = paths.propagates(op.output(i)) ? gradient(op.output(i)) : Gradient.disconnected();
      any |= out[i].isConnected();
    }
    if (!any) {
      return;
    }
    int n = op.inputs().size();
    boolean[] needed = new boolean[n];
    for (int i = 0; i < n; i++) {
      needed[i] = paths.carries(op.input(i));
    }
    GradientFunction f = functionOf(op);
    try (Scope scope = tf.graph().nameScope(op.name() + "_grad");
        Scope where = colocated ? tf.graph().colocateWith(op) : null) {
      List<Gradient> in = f.gradients(new GradientContext(tf, op, this, out, needed));
      if (in.size() != n) {
        throw new InternalException(
            "the gradient function of '"
                + op.type()
                + "' gives "
                + in.size()
                + " gradients for "
                + n
                + " inputs");
      }
      List<Gradient> checked = new ArrayList<>(n);
      for (int i = 0; i < n; i++) {
        checked.add(
            needed[i]
                ? everywhere(op, i, checked(op, i, in.get(i), f.isBroadcasting()))
                : Gradient.disconnected());
      }
      List<Gradient> handed = gated ? Gates.together(tf, checked) : checked;
      for (int i = 0; i < n; i++) {
        if (handed.get(i).isConnected()) {
          receive(op.input(i), handed.get(i));
        }
      }
    }
  }

  private GradientFunction functionOf(Operation op) {
    GradientFunction f = lookup.find(op);
    if (f != null) {
      return f;
    }
    String reason = lookup.reason(op);
    String path = String.join(" -> ", paths.describe(op));
    if (reason != null) {
      throw new InvalidArgumentException(
              "the gradient of '"
                  + op.name()
                  + "' (op type "
                  + op.type()
                  + ") is not defined: "
                  + reason
                  + "; it lies on the path "
                  + path)
          .at(op);
    }
    throw new NotFoundException(
            lookup.whatIsMissing(op)
                + "; it lies on the path "
                + path
                + "; add one to the GradientRegistry, or cut the path with stopGradient")
        .at(op);
  }

  /** What the function gave for input {@code i}, summed where that was broadcast. */
  private Gradient checked(Operation op, int i, Gradient g, boolean broadcasting) {
    if (g.undefinedReason() != null) {
      throw new InvalidArgumentException(
              "the gradient of '"
                  + op.name()
                  + "' (op type "
                  + op.type()
                  + ") with respect to input "
                  + i
                  + " ('"
                  + op.input(i).name()
                  + "') is not defined: "
                  + g.undefinedReason()
                  + "; it lies on the path "
                  + String.join(" -> ", paths.describe(op)))
          .at(op);
    }
    if (!g.isConnected()) {
      return g;
    }
    Gradient r =
        broadcasting && !g.isSparse()
            ? Gradient.of(Broadcasting.sumToInput(tf, g.dense(), op, i))
            : g;
    check(op, i, r);
    return r;
  }

  /** A gradient has its input's dtype and shape; what the input knows of it, it learns. */
  private static void check(Operation op, int i, Gradient g) {
    Output in = op.input(i);
    HandleData h = in.dtype() == DataType.RESOURCE ? in.handleData() : null;
    DataType dtype = h != null ? h.dtype() : in.dtype();
    boolean value = dtype != DataType.RESOURCE && dtype != DataType.VARIANT;
    Shape want = h != null ? h.shape() : value ? in.shape() : Shape.unknown();
    Shape have = g.isSparse() ? g.slices().shape() : g.dense().shape();
    if ((value && g.dtype() != dtype) || !have.isCompatibleWith(want)) {
      throw new InvalidArgumentException(
              "the gradient of '"
                  + op.name()
                  + "' (op type "
                  + op.type()
                  + ") with respect to input "
                  + i
                  + " is "
                  + g.dtype()
                  + have
                  + ", but that input, '"
                  + in.name()
                  + "', is "
                  + dtype
                  + want)
          .at(op);
    }
    if (!g.isSparse()) {
      g.dense().setShape(want);
    }
  }
}
