package dev.millrace.autodiff;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The frames of a graph's loops in the form of TensorFlow 1, found from its operations alone: an
 * {@code Enter} lies outside of the frame that it leads into, an {@code Exit} inside of the one
 * that it leads out of. What is made later is looked at when it is asked about.
 */
final class Frames {
  /** The whole graph, or a loop in it. */
  static final class Frame {
    private final Frame parent;
    private final String name;
    private final List<Operation> enters = new ArrayList<>();
    private final List<Operation> ops = new ArrayList<>();

    private Frame(Frame parent, String name) {
      this.parent = parent;
      this.name = name;
    }

    /** The frame around this one; null for the whole graph. */
    Frame parent() {
      return parent;
    }

    String name() {
      return name;
    }

    /** What leads into this frame. */
    List<Operation> enters() {
      return enters;
    }

    /** What lies in this frame itself. */
    List<Operation> ops() {
      return ops;
    }

    /** Whether this is {@code f} or inside of it. */
    boolean isInside(Frame f) {
      for (Frame x = this; x != null; x = x.parent) {
        if (x == f) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return parent == null ? "the graph" : "loop '" + name + "'";
    }
  }

  private final Graph graph;
  private final Frame root = new Frame(null, "");
  private final Map<List<Object>, Frame> children = new HashMap<>();
  private final List<Frame> of = new ArrayList<>(); // by id
  private final List<Set<Guard>> guards = new ArrayList<>(); // by id

  Frames(Graph graph) {
    this.graph = graph;
    update();
  }

  /** Whether the graph has loops or choices of this kind. */
  static boolean isNeeded(Graph graph) {
    return graph.operations().stream().anyMatch(op -> isEnter(op) || isMerge(op) || isSwitch(op));
  }

  Graph graph() {
    return graph;
  }

  Frame root() {
    return root;
  }

  /** The frame in which the operation lies. */
  Frame of(Operation op) {
    update();
    return of.get(op.id());
  }

  /** The frame in which the operation's outputs lie. */
  Frame outputFrame(Operation op) {
    Frame f = of(op);
    if (isEnter(op)) {
      return children.get(List.of(f, op.attrs().getString("frame_name")));
    }
    return isExit(op) && f.parent != null ? f.parent : f;
  }

  /** The choices by which it is decided, in each iteration, whether the operation runs. */
  Set<Guard> guards(Operation op) {
    update();
    return guards.get(op.id());
  }

  /** The choices by which it is decided, in each iteration, whether {@code x} has a value. */
  Set<Guard> guards(Output x) {
    Operation op = x.op();
    Set<Guard> g = guards(op);
    if (isEnter(op)) {
      return Set.of();
    }
    if (isExit(op)) {
      return guards(of(op));
    }
    if (isSwitch(op) && !isLoopSwitch(op)) {
      Set<Guard> more = new LinkedHashSet<>(g);
      more.add(Guard.of(op.input(1), x.index()));
      return more;
    }
    return g;
  }

  /** The choices by which it is decided whether a loop runs. */
  Set<Guard> guards(Frame loop) {
    Set<Guard> all = new LinkedHashSet<>();
    loop.enters.forEach(e -> all.addAll(guards(e)));
    return all;
  }

  /**
   * The choice between the inputs of a merge; null where it is not one between the two sides of a
   * predicate.
   *
   * @return the guard of the first input
   */
  Guard chosenBy(Operation merge) {
    if (merge.inputs().size() != 2) {
      return null;
    }
    Set<Guard> second = guards(merge.input(1));
    for (Guard g : guards(merge.input(0))) {
      if (second.contains(g.opposite())) {
        return g;
      }
    }
    return null;
  }

  private synchronized void update() {
    if (of.size() == graph.size()) {
      return;
    }
    for (Operation op : graph.operationsFrom(of.size())) {
      int i = op.id();
      Frame f = null;
      for (Output in : op.inputs()) {
        if (!isBackEdge(op, in)) {
          f = inner(f, sourceFrame(in.op()));
        }
      }
      for (Operation c : op.controlInputs()) {
        if (c.id() < i) {
          f = inner(f, sourceFrame(c));
        }
      }
      f = f == null ? root : f;
      of.add(f);
      f.ops.add(op);
      if (isEnter(op)) {
        Frame parent = f;
        String name = op.attrs().getString("frame_name");
        children.computeIfAbsent(List.of(f, name), k -> new Frame(parent, name)).enters.add(op);
      }
      guards.add(guardsOf(op));
    }
  }

  /** Constants of the graph itself may be used without entering. */
  private static Frame inner(Frame a, Frame b) {
    return a == null || b.isInside(a) ? b : a;
  }

  private Frame sourceFrame(Operation op) {
    Frame f = of.get(op.id());
    if (isEnter(op)) {
      return children.get(List.of(f, op.attrs().getString("frame_name")));
    }
    return isExit(op) && f.parent != null ? f.parent : f;
  }

  private Set<Guard> guardsOf(Operation op) {
    Set<Guard> all = new LinkedHashSet<>();
    if (isMerge(op)) {
      boolean first = true;
      for (Output in : op.inputs()) {
        if (!isBackEdge(op, in)) {
          Set<Guard> g = guardsNow(in);
          if (first) {
            all.addAll(g);
          } else {
            all.retainAll(g);
          }
          first = false;
        }
      }
      return Set.copyOf(all);
    }
    op.inputs().forEach(in -> all.addAll(guardsNow(in)));
    for (Operation c : op.controlInputs()) {
      if (c.id() < op.id()) {
        all.addAll(isEnter(c) ? Set.of() : guards.get(c.id()));
      }
    }
    return all.isEmpty() ? Set.of() : all;
  }

  /** As {@link #guards(Output)}, while the operations up to this one are known only. */
  private Set<Guard> guardsNow(Output x) {
    Operation op = x.op();
    if (isEnter(op)) {
      return Set.of();
    }
    if (isExit(op)) {
      Set<Guard> all = new LinkedHashSet<>();
      of.get(op.id()).enters.forEach(e -> all.addAll(guards.get(e.id())));
      return all;
    }
    Set<Guard> g = guards.get(op.id());
    if (isSwitch(op) && !isLoopSwitch(op)) {
      g = new LinkedHashSet<>(g);
      g.add(Guard.of(op.input(1), x.index()));
    }
    return g;
  }

  // ---- what is what

  private static boolean isType(Operation op, String type) {
    String t = op.type();
    return t.equals(type)
        || (t.startsWith("Ref") && t.length() == type.length() + 3 && t.endsWith(type));
  }

  static boolean isEnter(Operation op) {
    return isType(op, "Enter");
  }

  static boolean isExit(Operation op) {
    return isType(op, "Exit");
  }

  static boolean isMerge(Operation op) {
    return isType(op, "Merge");
  }

  static boolean isSwitch(Operation op) {
    return isType(op, "Switch");
  }

  static boolean isNextIteration(Operation op) {
    return isType(op, "NextIteration");
  }

  static boolean isConstantEnter(Operation op) {
    return isEnter(op) && op.attrs().getBool("is_constant");
  }

  /** Whether the switch lets a loop go on or end. */
  static boolean isLoopSwitch(Operation op) {
    return isSwitch(op) && Guard.source(op.input(1)).op().type().equals("LoopCond");
  }

  static boolean isBackEdge(Operation op, Output in) {
    return in == null || (isMerge(op) && isNextIteration(in.op()));
  }

  /** Whether the merge is a variable of a loop. */
  static boolean isVariable(Operation op) {
    return isMerge(op) && op.inputs().stream().anyMatch(in -> isBackEdge(op, in));
  }

  /** The parts of a loop, by what they are. */
  Map<Operation, Operation> nextByMerge(Frame loop) {
    Map<Operation, Operation> r = new LinkedHashMap<>();
    for (Operation op : loop.ops) {
      if (isVariable(op)) {
        for (Output in : op.inputs()) {
          if (in != null && isNextIteration(in.op())) {
            r.put(op, in.op());
          }
        }
      }
    }
    return r;
  }
}
