package dev.millrace.autodiff;

import dev.millrace.autodiff.Frames.Frame;
import dev.millrace.graph.FrameGrowth;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A loop that goes the steps of another one backward, in the form of TensorFlow 1. Values of the
 * forward steps are popped from stacks, values from around the loop enter it, and constants are
 * repeated in it.
 */
final class BackwardLoop extends Place {
  /** A variable of this loop. */
  final class Variable {
    private final Operation merge;
    private final Operation choice;
    private final Output value;

    private Variable(Output initial, Shape shape) {
      merge = FrameGrowth.merge(entered(initial, false), shape);
      choice = op("Switch", merge.output(0), condition);
      value = op("Identity", choice.output(1)).output(0);
    }

    /** Its value in a step. */
    Tensor value() {
      return tf().tensor(value);
    }

    /** Its value in the next step; gives its value after the loop. */
    Tensor next(Output x) {
      Output inBody = runsInBody(x) ? x : inBody(x);
      FrameGrowth.close(merge, op("NextIteration", inBody).output(0));
      return tf().tensor(op("Exit", choice.output(0)).output(0));
    }
  }

  private final Place around;
  private final FrameLoop loop;
  private final String name;
  private final Map<Output, Output> known = new HashMap<>();
  private final Choices choices = new Choices(this);
  private final List<Operation> pops = new ArrayList<>();
  private final List<Operation> guardedPops = new ArrayList<>();
  private Operation counter; // its merge
  private Output condition;
  private Output index; // the number of steps left, in the body
  private Operation next;
  private Frame frame;

  /**
   * @param around where the gradients of what is around the loop are computed
   */
  BackwardLoop(Place around, FrameLoop loop, String name) {
    super(around.tf(), around.frames(), loop.frame());
    this.around = around;
    this.loop = loop;
    this.name = name;
    makeCounter();
  }

  private Operation op(String type, Output... inputs) {
    try (Scope plain = plain()) {
      OpBuilder b = tf().op(type, null);
      for (Output in : inputs) {
        b.input(in);
      }
      return b.build();
    }
  }

  private void makeCounter() {
    Output enter = entered(around.use(loop.count()), false);
    frame = frames().outputFrame(enter.op());
    counter = FrameGrowth.merge(enter, Shape.scalar());
    Output left = counter.output(0);
    condition = op("LoopCond", op("GreaterEqual", left, one(counter)).output(0)).output(0);
    Operation choice = op("Switch", left, condition);
    index = op("Identity", choice.output(1)).output(0);
    next = op("Sub", index, one(index.op()));
    Operation end = op("Exit", choice.output(0));
    if (around instanceof BackwardLoop outer) {
      // What this loop pops is below what it popped in the step of the outer loop before.
      outer.guardedPops.add(end);
    }
  }

  private Output one(Operation after) {
    return constant(TensorValue.of(1), after);
  }

  private Output constant(TensorValue v, Operation after) {
    try (Scope plain = plain()) {
      return tf().op("Const", null)
          .attr("value", v)
          .attr("dtype", v.dtype())
          .controlInput(after)
          .build()
          .output(0);
    }
  }

  /** What {@code x}, a tensor of the place around, is inside. */
  private Output entered(Output x, boolean constant) {
    try (Scope outside = around.open()) {
      Output e =
          tf().op("Enter", null)
              .input(x)
              .attr("frame_name", name)
              .attr("is_constant", constant)
              .attr("parallel_iterations", loop.parallelIterations())
              .build()
              .output(0);
      e.setShape(x.shape());
      return e;
    }
  }

  /** Whether {@code x} has no value when the loop has ended. */
  private boolean runsInBody(Output x) {
    Set<Operation> seen = new HashSet<>();
    Deque<Operation> open = new ArrayDeque<>(List.of(x.op()));
    while (!open.isEmpty()) {
      Operation op = open.pop();
      if (op == index.op() || Frames.isLoopSwitch(op)) {
        return true;
      }
      if (seen.add(op) && !Frames.isEnter(op) && !Frames.isMerge(op)) {
        op.inputs().forEach(in -> open.push(in.op()));
        op.controlInputs().forEach(open::push);
      }
    }
    return false;
  }

  /** What stays the same in the loop would go round forever. */
  private Output inBody(Output x) {
    try (Scope plain = plain()) {
      return tf().op("Identity", null).input(x).controlInput(index.op()).build().output(0);
    }
  }

  @Override
  FrameLoop loop() {
    return loop;
  }

  @Override
  public Operation pivot() {
    return index.op();
  }

  /** A variable with that value at first. */
  Variable variable(Tensor initial, Shape shape) {
    return new Variable(initial.asOutput(), shape);
  }

  // ---- values of the forward pass

  @Override
  Output use(Output x) {
    Frame f = frames().outputFrame(x.op());
    if (f == frame) {
      return x;
    }
    Output key = f == forward() ? plainest(x) : x;
    Output here = known.get(key);
    if (here == null) {
      here = f == forward() ? kept(key) : entered(around.use(key), true);
      known.put(key, here);
    }
    return here;
  }

  /** Where the value comes from, unchanged, in the same step. */
  private Output plainest(Output x) {
    Output s = x;
    while (true) {
      Operation op = s.op();
      boolean same = op.type().equals("Identity") || (Frames.isLoopSwitch(op) && s.index() == 1);
      if (!same || op.input(0).isRef()) {
        return s;
      }
      s = op.input(0);
    }
  }

  private Output kept(Output x) {
    Operation op = x.op();
    if (op.type().equals("Const") && frames().guards(op).isEmpty()) {
      return constant(op.attrs().getTensor("value"), index.op());
    }
    if (Frames.isEnter(op)) {
      if (!Frames.isConstantEnter(op)) {
        throw FrameLoop.cannotKeep(x);
      }
      return entered(around.use(op.input(0)), true);
    }
    if (op.type().equals("Const")) {
      return constant(op.attrs().getTensor("value"), index.op());
    }
    return popped(x);
  }

  private Output popped(Output x) {
    Output stack = use(loop.push(x));
    Set<Guard> by = frames().guards(x);
    try (Scope here = open()) {
      Output behind = choices.behind(by, stack);
      Operation pop =
          tf().op("StackPopV2", null)
              .input(behind)
              .attr("elem_type", x.dtype())
              .controlInput(index.op())
              .build();
      (by.isEmpty() ? pops : guardedPops).add(pop);
      Output value = pop.output(0);
      value.setShape(x.shape());
      if (x.handleData() != null) {
        FrameGrowth.describe(value, x.handleData());
      }
      return value;
    }
  }

  // ---- sums over the steps

  /**
   * The sum over all steps of the gradient with respect to what enters and stays the same.
   *
   * @param g the gradient in a step
   */
  Gradient sum(Operation enter, Gradient g) {
    return g.isSparse()
        ? Gradient.of(joined(enter, g.slices()))
        : Gradient.of(added(enter, g.dense()));
  }

  private Tensor added(Operation enter, Tensor g) {
    Output outer = enter.input(0);
    Tensor zeros;
    try (Scope outside = around.open()) {
      zeros = Choices.zeros(tf(), outer);
    }
    Variable sum = variable(zeros, zeros.shape());
    return sum.next(op("Add", sum.value, g.asOutput()).output(0));
  }

  /** The slices of all steps, one after the other. */
  private IndexedSlices joined(Operation enter, IndexedSlices g) {
    Output outer = enter.input(0);
    Tensor noValues;
    Tensor noIndices;
    Tensor sizes;
    try (Scope outside = around.open()) {
      Ops tf = tf();
      sizes = Choices.sizes(tf, outer);
      Tensor row = sizes.slice(new int[] {1}, new int[] {-1});
      Tensor none = tf.concat(List.of(tf.constant(new int[] {0}), row), 0);
      noValues = tf.zeros(g.values().dtype(), none);
      noIndices = tf.zeros(g.indices().dtype(), 0);
    }
    Variable values = variable(noValues, Shape.unknown());
    Variable indices = variable(noIndices, Shape.vector(Shape.UNKNOWN));
    Tensor v;
    Tensor i;
    try (Scope here = open()) {
      v = tf().concat(List.of(values.value(), g.values()), 0);
      i = tf().concat(List.of(indices.value(), g.indices()), 0);
    }
    return new IndexedSlices(values.next(v.asOutput()), indices.next(i.asOutput()), sizes);
  }

  /** A step ends when all its values are popped. */
  void finish() {
    try (Scope plain = plain()) {
      OpBuilder again = tf().op("NextIteration", null).input(next.output(0)).controlInputs(pops);
      if (!guardedPops.isEmpty()) {
        again.controlInput(tf().op("ControlTrigger", null).controlInputs(guardedPops).build());
      }
      FrameGrowth.close(counter, again.build().output(0));
    }
  }
}
