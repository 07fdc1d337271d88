package dev.millrace.autodiff;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.UnimplementedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Refuses to differentiate gradients of loops of TensorFlow 1: they take values from stacks,
 * through which no gradient goes, so that the result would lack a part.
 */
final class SecondOrder {
  private SecondOrder() {}

  /**
   * Checks that nothing behind {@code ys} comes from {@code xs} by way of a stack.
   *
   * @throws UnimplementedException if something does
   */
  static void check(List<Output> ys, List<Output> xs, List<Output> stops, GradientLookup lookup) {
    for (Operation pop : pops(ys, stops)) {
      List<Output> pushed = pushed(pop);
      GradientPaths behind = new GradientPaths(pushed, xs, stops, lookup);
      if (pushed.stream().anyMatch(behind::carries)) {
        throw (UnimplementedException)
            new UnimplementedException(
                    "second-order gradients of while loops are not supported, as in TensorFlow 1: '"
                        + pop.name()
                        + "' takes a value of the forward pass that depends on what is"
                        + " differentiated by")
                .at(pop);
      }
    }
  }

  private static List<Operation> pops(List<Output> ys, List<Output> stops) {
    Set<Operation> seen = new HashSet<>();
    List<Operation> found = new ArrayList<>();
    Deque<Output> open = new ArrayDeque<>(ys);
    while (!open.isEmpty()) {
      Output x = open.pop();
      boolean real = x.dtype().isFloating() || x.dtype().isComplex();
      if (real && !stops.contains(x) && seen.add(x.op())) {
        if (x.op().type().startsWith("StackPop")) {
          found.add(x.op());
        } else if (!x.op().type().equals("StopGradient")) {
          x.op().inputs().forEach(open::push);
        }
      }
    }
    return found;
  }

  /** What is pushed on the stack that {@code pop} takes values from. */
  private static List<Output> pushed(Operation pop) {
    Set<Operation> seen = new HashSet<>();
    List<Output> found = new ArrayList<>();
    Output stack = pop.input(0);
    while (!stack.op().inputs().isEmpty() && passesOn(stack.op())) {
      stack = stack.op().input(0);
    }
    Deque<Operation> open = new ArrayDeque<>(List.of(stack.op()));
    while (!open.isEmpty()) {
      for (Operation c : open.pop().consumers()) {
        if (c.type().startsWith("StackPush") && c.inputs().size() == 2) {
          found.add(c.input(1));
        } else if (passesOn(c) && seen.add(c)) {
          open.push(c);
        }
      }
    }
    return found;
  }

  private static boolean passesOn(Operation op) {
    return Frames.isEnter(op) || Frames.isSwitch(op) || op.type().equals("Identity");
  }
}
