package dev.millrace.session.plan;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.plan.FrameProgram.Item;
import dev.millrace.session.plan.FrameProgram.Use;
import dev.millrace.session.plan.Frames.Frame;
import dev.millrace.session.state.RunState;
import dev.millrace.session.state.Wait;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * One run of a graph with frames and dead values, as TensorFlow's executor runs it: every node of a
 * loop has a value for each iteration of each activation of its frame; the side of a {@code Switch}
 * that is not taken is dead, and so is what depends on something dead, but for a {@code Merge} that
 * has another live input. Iterations run one after another.
 */
final class FrameRun {
  private final FrameProgram program;
  private final ReferenceGraph graph;
  private final TensorValue[] feeds;
  private final RunState run;
  private final Map<Edge, TensorValue> fetched = new HashMap<>();
  private final PriorityQueue<Ready> queue =
      new PriorityQueue<>(Comparator.comparingInt(r -> r.item.node.id()));

  private final List<Wait> waiting = new ArrayList<>(); // nodes that wait for what others do

  /** A node that can run in an iteration. */
  private record Ready(Item item, Iteration iteration) {}

  /** A value that enters a frame, or returns from the end of an iteration; null if dead. */
  private record Delivery(Item from, TensorValue value) {}

  /** What a node of one iteration has got so far. */
  private static final class Pending {
    private final TensorValue[] inputs;
    private int data;
    private int controls;
    private int order;
    private int dead;
    private boolean fired;

    Pending(Item item) {
      inputs = new TensorValue[item.dataInputs];
      data = item.dataInputs;
      controls = item.controlInputs;
      order = item.orderInputs;
    }
  }

  /** A loop that runs, or the whole graph. */
  private static final class Activation {
    private final Frame frame;
    private final Iteration outside; // the iteration in which the loop runs
    private final List<Delivery> invariants = new ArrayList<>();
    private final List<Delivery> next = new ArrayList<>();
    private final List<Item> deadExits = new ArrayList<>();
    private Iteration current;
    private int missing; // values that have not entered yet

    Activation(Frame frame, Iteration outside, int size) {
      this.frame = frame;
      this.outside = outside;
      this.missing = frame.enters().size();
      this.current = new Iteration(this, size);
    }
  }

  private static final class Iteration {
    private final Activation activation;
    private final Pending[] pending;
    private final Map<Frame, Activation> loops = new HashMap<>();
    private int outstanding; // nodes that can run, and loops that run

    Iteration(Activation activation, int size) {
      this.activation = activation;
      this.pending = new Pending[size];
    }

    Pending of(Item item) {
      Pending p = pending[item.index];
      if (p == null) {
        p = new Pending(item);
        pending[item.index] = p;
      }
      return p;
    }
  }

  /**
   * @param graph computes nodes
   */
  FrameRun(FrameProgram program, ReferenceGraph graph, TensorValue[] feeds, RunState run) {
    this.program = program;
    this.graph = graph;
    this.feeds = feeds;
    this.run = run;
  }

  /**
   * Runs, and gives the values of {@code fetches}.
   *
   * @throws InvalidArgumentException if one of them is dead
   */
  TensorValue[] run(List<Edge> fetches) {
    fetches.forEach(e -> fetched.put(e, null));
    Frame root = program.root();
    Iteration all = new Activation(root, null, program.size(root)).current;
    for (Item item : program.items()) {
      if (item.isFirst()) {
        ready(item, all);
      }
    }
    try {
      runAll();
    } catch (MillraceException e) {
      giveUp(e);
      throw e;
    }
    TensorValue[] values = new TensorValue[fetches.size()];
    for (int k = 0; k < values.length; k++) {
      values[k] = fetched.get(fetches.get(k));
      if (values[k] == null) {
        throw dead(fetches.get(k));
      }
    }
    return values;
  }

  /** Runs all that can run, and waits only when nothing can. */
  private void runAll() {
    while (!queue.isEmpty() || !waiting.isEmpty()) {
      long seen = run.control().changes();
      while (!queue.isEmpty()) {
        process(queue.poll());
      }
      boolean progress = false;
      for (Wait w : List.copyOf(waiting)) {
        if (w.isDone()) {
          waiting.remove(w);
          w.finish();
          progress = true;
        }
      }
      if (!progress && queue.isEmpty() && !waiting.isEmpty()) {
        run.control().await(seen);
      }
    }
  }

  private void giveUp(MillraceException why) {
    if (!waiting.isEmpty()) {
      run.control().stop(why);
      waiting.forEach(Wait::cancel);
    }
  }

  /** The failure of fetching what has no value. */
  static MillraceException dead(Edge e) {
    return new InvalidArgumentException(
            "'"
                + e
                + "' has no value in this run: it lies in a branch that was not taken; fetch what"
                + " merges the branches")
        .at(e.node().origin());
  }

  private void ready(Item item, Iteration in) {
    Pending p = in.of(item);
    if (!p.fired) {
      p.fired = true;
      in.outstanding++;
      queue.add(new Ready(item, in));
    }
  }

  // ---- what arrives at a node

  private void giveData(Use use, TensorValue v, boolean entering, Iteration in) {
    Item item = use.item();
    Pending p = in.of(item);
    if (v == null) {
      p.dead++;
    }
    p.inputs[use.input()] = v;
    p.data--;
    if (ControlTypes.isMerge(item.node)) {
      // A dead value that enters a loop makes its merge dead: no second one will come.
      if (v == null && entering) {
        p.dead = item.dataInputs;
      }
    }
    check(item, p, in);
  }

  private void giveControl(Item item, boolean dead, Iteration in) {
    Pending p = in.of(item);
    p.controls--;
    if (dead && !ControlTypes.isMerge(item.node)) {
      p.dead++;
    }
    check(item, p, in);
  }

  private void giveOrder(Item item, Iteration in) {
    Pending p = in.of(item);
    p.order--;
    check(item, p, in);
  }

  private void check(Item item, Pending p, Iteration in) {
    boolean data = p.data == 0;
    if (ControlTypes.isMerge(item.node)) {
      data = p.dead >= item.dataInputs || live(p) >= 0;
    }
    if (data && p.controls == 0 && p.order == 0) {
      ready(item, in);
    }
  }

  /** The number of the first input that has a value, or -1. */
  private static int live(Pending p) {
    for (int i = 0; i < p.inputs.length; i++) {
      if (p.inputs[i] != null) {
        return i;
      }
    }
    return -1;
  }

  // ---- running a node

  private void process(Ready r) {
    Item item = r.item;
    Iteration in = r.iteration;
    PlanNode n = item.node;
    Pending p = in.of(item);
    boolean merge = ControlTypes.isMerge(n);
    boolean dead = merge ? live(p) < 0 : p.dead > 0 && !ControlTypes.isControlTrigger(n);
    if (ControlTypes.isEnter(n)) {
      enter(item, dead ? null : p.inputs[0], in);
    } else if (ControlTypes.isExit(n)) {
      if (dead) {
        in.activation.deadExits.add(item);
      } else {
        giveAll(item, p.inputs[0], false, in.activation.outside);
      }
    } else if (ControlTypes.isNextIteration(n)) {
      if (!dead) {
        in.activation.next.add(new Delivery(item, p.inputs[0]));
      }
    } else if (!dead && n.mayWait()) {
      begin(item, p.inputs.clone(), in);
      Arrays.fill(p.inputs, null);
      return;
    } else {
      give(item, dead ? new TensorValue[n.numOutputs()] : outputs(item, p), dead, in);
    }
    Arrays.fill(p.inputs, null); // the entry stays, so that nothing runs twice
    over(item, in);
  }

  private void over(Item item, Iteration in) {
    for (Item f : item.followers) {
      giveOrder(f, in);
    }
    in.outstanding--;
    settle(in);
  }

  /** Begins a node that may have to wait; its iteration is not over before it. */
  private void begin(Item item, TensorValue[] inputs, Iteration in) {
    boolean alone = queue.isEmpty() && waiting.isEmpty();
    TensorValue[][] out = new TensorValue[1][];
    Wait w = graph.begin(item.node, inputs, feeds, run, alone, values -> out[0] = values);
    waiting.add(
        new Wait() {
          @Override
          public boolean isDone() {
            return w.isDone();
          }

          @Override
          public void finish() {
            w.finish();
            give(item, out[0], false, in);
            over(item, in);
          }

          @Override
          public void cancel() {
            w.cancel();
          }
        });
  }

  /** The outputs of a live node; null for those that are dead. */
  private TensorValue[] outputs(Item item, Pending p) {
    PlanNode n = item.node;
    if (ControlTypes.isSwitch(n)) {
      TensorValue[] out = new TensorValue[2];
      out[p.inputs[1].getBoolean(0) ? 1 : 0] = p.inputs[0];
      return out;
    }
    if (ControlTypes.isMerge(n)) {
      int i = live(p);
      return new TensorValue[] {p.inputs[i], TensorValue.of(i)};
    }
    if (ControlTypes.isLoopCond(n)) {
      return p.inputs.clone();
    }
    return graph.compute(n, p.inputs.clone(), feeds, run);
  }

  private void give(Item item, TensorValue[] outputs, boolean dead, Iteration to) {
    for (int i = 0; i < outputs.length; i++) {
      Edge e = new Edge(item.node, i);
      if (outputs[i] != null && fetched.containsKey(e)) {
        fetched.put(e, outputs[i]);
      }
      for (Use u : item.uses.get(i)) {
        giveData(u, outputs[i], false, to);
      }
    }
    for (Item c : item.controls) {
      giveControl(c, dead, to);
    }
  }

  /** Gives the one output of a node that moves values between frames or iterations. */
  private void giveAll(Item item, TensorValue v, boolean entering, Iteration to) {
    Edge e = new Edge(item.node, 0);
    if (v != null && fetched.containsKey(e)) {
      fetched.put(e, v);
    }
    for (Use u : item.uses.get(0)) {
      giveData(u, v, entering, to);
    }
    for (Item c : item.controls) {
      giveControl(c, v == null, to);
    }
  }

  // ---- frames

  private void enter(Item item, TensorValue v, Iteration in) {
    Activation loop = in.loops.get(item.outputFrame);
    if (loop == null) {
      loop = new Activation(item.outputFrame, in, program.size(item.outputFrame));
      in.loops.put(item.outputFrame, loop);
      in.outstanding++;
    }
    loop.missing--;
    if (item.node.attrs().getBool("is_constant")) {
      loop.invariants.add(new Delivery(item, v));
    }
    giveAll(item, v, true, loop.current);
    settle(loop.current);
  }

  /** Goes on to the next iteration, or ends the loop, where nothing of this one is left. */
  private void settle(Iteration in) {
    Activation a = in.activation;
    if (in.outstanding > 0 || a.missing > 0 || a.outside == null) {
      return;
    }
    if (!a.next.isEmpty()) {
      run.control().check();
      List<Delivery> next = List.copyOf(a.next);
      a.next.clear();
      a.deadExits.clear();
      a.current = new Iteration(a, program.size(a.frame));
      a.current.outstanding++; // so that it is not over before it has begun
      for (Delivery d : a.invariants) {
        giveAll(d.from, d.value, true, a.current);
      }
      for (Delivery d : next) {
        giveAll(d.from, d.value, false, a.current);
      }
      a.current.outstanding--;
      settle(a.current);
      return;
    }
    a.outside.loops.remove(a.frame);
    for (Item exit : a.deadExits) {
      giveAll(exit, null, false, a.outside);
    }
    for (Item f : program.followers(a.frame)) {
      giveOrder(f, a.outside);
    }
    a.outside.outstanding--;
    settle(a.outside);
  }
}
