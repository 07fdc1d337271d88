package dev.millrace.autodiff;

import dev.millrace.autodiff.Frames.Frame;
import dev.millrace.graph.FrameGrowth;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.ops.Ops;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A loop of the forward pass in the form of TensorFlow 1, to which one call of {@link Gradients}
 * adds what its gradient needs: a counter of its steps, and stacks that the values of each step are
 * pushed on.
 */
final class FrameLoop {
  /** A variable: its merge, what enters, its switch and what comes back. */
  record Variable(Operation merge, Operation enter, Operation choice, Operation next) {
    Output value() {
      return merge.output(0);
    }
  }

  private final Ops tf;
  private final Frames frames;
  private final Frame frame;
  private final FrameLoop around;
  private final List<Variable> variables = new ArrayList<>();
  private final Map<Operation, Output> exits = new HashMap<>(); // by switch
  private Operation condition;

  private Operation counter; // its merge
  private Output index; // the number of this step, in the body
  private Operation add;
  private Output count;
  private final List<Operation> pushes = new ArrayList<>();
  private final List<Operation> guardedPushes = new ArrayList<>();

  /**
   * @param around the loop around this one; null for none
   */
  FrameLoop(Ops tf, Frames frames, Frame frame, FrameLoop around) {
    this.tf = tf;
    this.frames = frames;
    this.frame = frame;
    this.around = around;
    findParts();
    makeCounter();
  }

  // ---- what is there

  private void findParts() {
    Map<Operation, Operation> choices = new HashMap<>(); // by merge
    for (Operation op : frame.ops()) {
      String type = op.type();
      if (type.equals("LoopCond")) {
        if (condition != null) {
          throw cannot(op, "it has two conditions");
        }
        condition = op;
      } else if (type.equals("StackPop") || type.equals("StackPopV2")) {
        throw cannot(
            op,
            "it is the gradient of another loop, and second-order gradients of while loops are not"
                + " supported, as in TensorFlow 1");
      } else if (Frames.isSwitch(op) && Frames.isLoopSwitch(op)) {
        choices.put(op.input(0).op(), op);
      } else if (Frames.isExit(op)) {
        exits.put(op.input(0).op(), op.output(0));
      }
    }
    if (condition == null) {
      throw cannot(frame.enters().get(0), "it has no condition");
    }
    frames
        .nextByMerge(frame)
        .forEach(
            (merge, next) -> {
              Operation enter =
                  merge.input(0).op() == next ? merge.input(1).op() : merge.input(0).op();
              Operation choice = choices.get(merge);
              if (merge.inputs().size() != 2 || !frame.enters().contains(enter)) {
                throw cannot(merge, "it does not merge what enters with what comes back");
              }
              if (choice == null) {
                throw cannot(merge, "the condition does not decide about it");
              }
              variables.add(new Variable(merge, enter, choice, next));
            });
  }

  private UnimplementedException cannot(Operation op, String why) {
    return (UnimplementedException)
        new UnimplementedException(
                "the gradient of "
                    + frame
                    + " cannot be built: of '"
                    + op.name()
                    + "' ("
                    + op.type()
                    + "), "
                    + why)
            .at(op);
  }

  Frame frame() {
    return frame;
  }

  List<Variable> variables() {
    return variables;
  }

  /** What leaves the loop when it ends; null where nothing takes it. */
  Output exit(Variable v) {
    return exits.get(v.choice());
  }

  /** The last value of a variable. */
  Output lastValue(Variable v) {
    return exits.computeIfAbsent(
        v.choice(),
        s -> {
          try (Scope plain = tf.graph().translating(null)) {
            return tf.op("Exit", null).input(s.output(0)).build().output(0);
          }
        });
  }

  /** What steps run at the same time. */
  long parallelIterations() {
    return frame.enters().get(0).attrs().getInt("parallel_iterations");
  }

  // ---- the counter

  private void makeCounter() {
    try (Scope plain = tf.graph().translating(null);
        Scope name = tf.graph().nameScope("f_count")) {
      Output zero = outside(TensorValue.of(0));
      counter = FrameGrowth.merge(enter(zero), Shape.scalar());
      Operation choice =
          tf.op("Switch", null).input(counter.output(0)).input(condition.output(0)).build();
      index = tf.op("Identity", null).input(choice.output(1)).build().output(0);
      Output one = constant(TensorValue.of(1), List.of(index.op()));
      add = tf.op("Add", null).input(index).input(one).build();
      count = tf.op("Exit", null).input(choice.output(0)).build().output(0);
    }
  }

  private Output constant(TensorValue v, List<Operation> after) {
    return tf.op("Const", null)
        .attr("value", v)
        .attr("dtype", v.dtype())
        .controlInputs(after)
        .build()
        .output(0);
  }

  /** A constant that is made as often as the loop runs. */
  private Output outside(TensorValue v) {
    List<Operation> after = new ArrayList<>();
    if (around != null) {
      after.add(around.add);
    }
    for (Guard g : frames.guards(frame)) {
      Operation s = tf.op("Switch", null).input(g.predicate()).input(g.predicate()).build();
      after.add(tf.op("Identity", null).input(s.output(g.side())).build());
    }
    return constant(v, after);
  }

  private Output enter(Output x) {
    return enter(x, false);
  }

  private Output enter(Output x, boolean constant) {
    return tf.op("Enter", null)
        .input(x)
        .attr("frame_name", frame.name())
        .attr("is_constant", constant)
        .attr("parallel_iterations", parallelIterations())
        .build()
        .output(0);
  }

  /** The number of steps that the loop has made. */
  Output count() {
    return count;
  }

  // ---- stacks

  /**
   * A stack, outside of all loops, that {@code x} is pushed on in each step. If there are loops
   * around this one, the values of its runs lie on each other.
   *
   * @return its handle
   */
  Output push(Output x) {
    try (Scope plain = tf.graph().translating(null);
        Scope name = tf.graph().nameScope("f_acc")) {
      Output size = constant(TensorValue.of(-1), List.of());
      Output stack =
          tf.op("StackV2", null).input(size).attr("elem_type", x.dtype()).build().output(0);
      Operation push =
          tf.op("StackPushV2", null).input(inside(stack)).input(x).controlInput(add).build();
      (frames.guards(x).isEmpty() ? pushes : guardedPushes).add(push);
      return stack;
    }
  }

  private Output inside(Output handle) {
    return enter(around == null ? handle : around.inside(handle), true);
  }

  /** A step ends when all its values are pushed. */
  void finish() {
    try (Scope plain = tf.graph().translating(null);
        Scope name = tf.graph().nameScope("f_count")) {
      OpBuilder next = tf.op("NextIteration", null).input(add.output(0)).controlInputs(pushes);
      if (!guardedPushes.isEmpty()) {
        next.controlInput(tf.op("ControlTrigger", null).controlInputs(guardedPushes).build());
      }
      FrameGrowth.close(counter, next.build().output(0));
    }
  }

  /** The error that a value of the loop cannot be kept. */
  static InvalidArgumentException cannotKeep(Output x) {
    return (InvalidArgumentException)
        new InvalidArgumentException(
                "the gradient of a loop needs '"
                    + x.name()
                    + "', which is there in its first step only")
            .at(x.op());
  }
}
